use image::codecs::gif::GifEncoder;
use image::{Delay, Frame, Rgb, Rgba, RgbaImage};

use super::*;

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(20, 10, Rgb([200, 40, 30]));
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn all_documented_formats_are_decoded() {
    for format in FORMATS {
        let picture = decode(&encoded(format)).unwrap();
        assert_eq!(picture.dimensions(), (20, 10), "{format:?}");
        let [red, green, blue] = picture.get_pixel(5, 5).0;
        assert!(red > 180 && green < 60 && blue < 60, "{format:?} {red} {green} {blue}");
    }
}

#[test]
fn only_the_first_frame_of_an_animation_counts() {
    let mut gif = Vec::new();
    let mut encoder = GifEncoder::new(&mut gif);
    for colour in [[255, 0, 0, 255], [0, 0, 255, 255]] {
        let frame = RgbaImage::from_pixel(8, 8, Rgba(colour));
        encoder.encode_frame(Frame::from_parts(frame, 0, 0, Delay::from_numer_denom_ms(100, 1))).unwrap();
    }
    drop(encoder);
    assert_eq!(decode(&gif).unwrap().get_pixel(4, 4).0, [255, 0, 0]);
}

#[test]
fn transparent_parts_become_white() {
    let mut png = Cursor::new(Vec::new());
    let clear = RgbaImage::from_pixel(4, 4, Rgba([0, 0, 0, 0]));
    clear.write_to(&mut png, ImageFormat::Png).unwrap();
    assert_eq!(decode(png.get_ref()).unwrap().get_pixel(1, 1).0, [255, 255, 255]);
}

#[test]
fn a_sideways_photo_is_turned_upright() {
    let jpeg = encoded(ImageFormat::Jpeg);
    // An EXIF segment with one entry: orientation 6, "turn a quarter to the right".
    let exif = b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
    assert_eq!(decode(&turned).unwrap().dimensions(), (10, 20));
}

#[test]
fn what_is_no_picture_gets_the_format_error() {
    for bytes in [&b""[..], b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\0\0\x01\0\x01\0"] {
        assert_eq!(decode(bytes), Err(not_accepted()));
    }
}

#[test]
fn a_cut_off_picture_is_corrupt() {
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Tiff] {
        let bytes = encoded(format);
        assert_eq!(decode(&bytes[..bytes.len() / 2]), Err(corrupted()), "{format:?}");
    }
}

#[test]
fn a_header_that_claims_a_huge_picture_does_not_cost_memory() {
    let mut bmp = encoded(ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&30_000_u32.to_le_bytes());
    assert_eq!(decode(&bmp), Err(too_many_pixels()));
}
