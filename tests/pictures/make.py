"""Makes the pictures of the fitting tests from the photos beside it: python3 make.py PHOTOS OUT. Needs pillow, pillow-heif."""
import struct, sys, zlib
from pathlib import Path
from PIL import Image, ImageDraw, ImageCms
from PIL.TiffImagePlugin import IFDRational
import pillow_heif

photos, out = Path(sys.argv[1]), Path(sys.argv[2])
pillow_heif.register_heif_opener()
rgb = lambda name: Image.open(photos / name).convert("RGB")

def exif(orientation, location):
    data = Image.Exif()
    data[0x010F], data[0x0110], data[0x0112] = "Qwen Edit", "test camera", orientation
    if location:
        gps = data.get_ifd(0x8825)
        gps.update({1: "N", 2: (IFDRational(31), IFDRational(13), IFDRational(50)), 3: "E",
                    4: (IFDRational(121), IFDRational(28), IFDRational(25))})
    return data

# As a phone writes it: stored lying on its side, red mark in the upper left corner of the upright picture.
upright = rgb("astronaut.png").resize((3024, 4032), Image.LANCZOS)
ImageDraw.Draw(upright).rectangle((0, 0, 600, 600), fill=(255, 0, 0))
lying = upright.transpose(Image.ROTATE_90)
lying.save(out / "phone.jpg", quality=62, exif=exif(6, True))
rgb("rocket.jpg").save(out / "located.jpg", quality=85, exif=exif(1, True))
rgb("rocket.jpg").save(out / "camera.jpg", quality=85, exif=exif(1, False))
whole = (out / "located.jpg").read_bytes()
(out / "truncated.jpg").write_bytes(whole[: len(whole) * 3 // 5])

cat = rgb("chelsea.png")
cat.save(out / "photo.heic", quality=60)
rgb("coffee.png").save(out / "coffee.heic", quality=60)

cat.save(out / "photo.avif", quality=60)
layer = cat.resize((900, 600)).convert("RGBA")
mask = Image.new("L", layer.size, 0)
ImageDraw.Draw(mask).ellipse((100, 50, 800, 550), fill=255)
layer.putalpha(mask)
layer.save(out / "transparent.webp", quality=80)
square = Image.new("RGB", (900, 900), "white")
square.paste("red", (0, 0, 300, 300))
square.save(out / "sideways.webp", quality=80, exif=exif(6, False))
frames = [Image.new("RGB", (500, 400), c) for c in ("red", "green", "blue")]
frames[0].save(out / "animated.gif", save_all=True, append_images=frames[1:], duration=200, loop=0)
Image.new("RGB", (200, 100), "teal").save(out / "small.png")

def png16(path, width, height):
    rows = b"".join(b"\0" + b"".join(struct.pack(">3H", x * 65535 // width, y * 65535 // height, 40000) for x in range(width)) for y in range(height))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 16, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))

png16(out / "deep.png", 640, 480)
rgb("coffee.png").save(out / "lzw.tiff", compression="tiff_lzw")
(out / "text.png").write_text("This is not a picture, whatever its name says.\n")
(out / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200"><rect width="300" height="200" fill="#c3321e"/><circle cx="150" cy="100" r="60" fill="#faf8f4"/></svg>\n')
