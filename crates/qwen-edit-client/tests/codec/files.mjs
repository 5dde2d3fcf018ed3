// Files as programs write them, reduced to their headers.

const encoder = new TextEncoder();
export const ascii = (text) => encoder.encode(text);

/** Joins strings of Latin-1, numbers (bytes) and arrays of bytes. */
export function bytes(...parts) {
  const lists = parts.map((part) => {
    if (typeof part === 'number') return [part];
    return typeof part === 'string' ? Array.from(part, (char) => char.charCodeAt(0)) : Array.from(part);
  });
  return Uint8Array.from(lists.flat());
}

export const be16 = (value) => [value >> 8, value & 255];
export const be32 = (value) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
export const le16 = (value) => be16(value).reverse();
export const le32 = (value) => be32(value).reverse();
const zeros = (count) => new Uint8Array(count);

export const png = (width, height, chunks = []) =>
  bytes('\x89PNG\r\n\x1a\n', be32(13), 'IHDR', be32(width), be32(height), 8, 6, 0, 0, 0, 0, 0, 0, 0, ...chunks);

export const pngChunk = (name, content) => bytes(be32(content.length), name, content, be32(0));

export const segment = (marker, content) => bytes(0xff, marker, be16(content.length + 2), content);

/** `before`: segments between the start and the frame. */
export const jpeg = (width, height, before = []) =>
  bytes(
    [0xff, 0xd8],
    ...before,
    segment(0xe0, bytes('JFIF\0', 1, 1, 0, 0, 1, 0, 1, 0, 0)),
    segment(0xc2, bytes(8, be16(height), be16(width), 3, zeros(9))),
    segment(0xda, zeros(10)),
    [1, 2, 3, 0xff, 0xd9],
  );

export const gif = (width, height) => bytes('GIF89a', le16(width), le16(height), zeros(8));
export const webp = (kind, header) => bytes('RIFF', zeros(4), 'WEBP', kind, le32(header.length), header, zeros(16));
export const bmp = (length, sides) => bytes('BM', zeros(12), le32(length), sides, zeros(128));

/** `pixels`: bytes between the header and the directory, where writers put the pixels. */
export function tiff({ big = false, pixels = 0, entries }) {
  const [u16, u32] = big ? [be16, be32] : [le16, le32];
  const fields = entries.map(([tag, value]) => bytes(u16(tag), u16(3), u32(1), u16(value), 0, 0));
  return bytes(big ? 'MM' : 'II', u16(42), u32(8 + pixels), zeros(pixels), u16(entries.length), ...fields, u32(0));
}

/** EXIF with an orientation and, if wanted, the directory of a place with these tags. */
export function exif({ orientation = 1, place, big = true }) {
  const [u16, u32] = big ? [be16, be32] : [le16, le32];
  const entry = (tag, value) => bytes(u16(tag), u16(4), u32(1), tag === 0x112 ? [...u16(value), 0, 0] : u32(value));
  const second = 8 + 2 + 2 * 12 + 4;
  const first = bytes(u16(2), entry(0x112, orientation), entry(0x8825, place ? second : 0xffffffff), u32(0));
  const directory = place ? bytes(u16(place.length), ...place.map((tag) => entry(tag, 0))) : [];
  return bytes(big ? 'MM' : 'II', u16(42), u32(8), first, directory);
}
