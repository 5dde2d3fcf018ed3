//! Makes the result pictures. No AI: the inputs are laid out on one canvas, toned in one of a few looks, and sealed
//! with a DEMO mark. The same inputs, prompt, seed and index give the same bytes.

mod canvas;
mod look;
pub(crate) mod scenes;
mod seal;
mod shapes;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, ImageError, RgbImage};
use sha2::{Digest as _, Sha256};

pub(crate) use canvas::lay_out;

/// Decides which look each picture of a call gets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style(u64);

impl Style {
    pub(crate) fn of(prompt: &str, seed: u32) -> Self {
        let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(prompt).finalize();
        Self(digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }
}

/// Paints picture number `index` of a call and encodes it. Takes 50 to 500 ms: not for an async thread.
///
/// # Errors
/// When the encoder fails, which it has no reason to.
pub(crate) fn paint(canvas: &RgbImage, style: Style, index: usize) -> Result<Vec<u8>, ImageError> {
    let mut picture = look::apply(canvas, look::choose(style.0, index));
    seal::stamp(&mut picture);
    encode(&picture)
}

/// PNG, quick to make rather than small.
fn encode(picture: &RgbImage) -> Result<Vec<u8>, ImageError> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Paeth).write_image(
        picture.as_raw(),
        picture.width(),
        picture.height(),
        ExtendedColorType::Rgb8,
    )?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canvas() -> RgbImage {
        lay_out(&[scenes::character()], (512, 640))
    }

    #[test]
    fn the_same_style_and_index_give_the_same_bytes() {
        let canvas = canvas();
        let style = Style::of("make it snow", 7);
        assert_eq!(paint(&canvas, style, 1).unwrap(), paint(&canvas, style, 1).unwrap());
    }

    #[test]
    fn the_six_pictures_of_a_call_all_differ() {
        let canvas = canvas();
        let style = Style::of("make it snow", 7);
        let pictures: Vec<_> = (0..6).map(|index| paint(&canvas, style, index).unwrap()).collect();
        for (index, picture) in pictures.iter().enumerate() {
            assert!(!pictures[..index].contains(picture), "picture {index}");
        }
    }

    #[test]
    fn prompt_and_seed_both_matter() {
        let style = Style::of("a", 1).0;
        assert_ne!(style, Style::of("a", 2).0);
        assert_ne!(style, Style::of("b", 1).0);
    }

    #[test]
    fn a_painted_picture_is_a_png_of_the_canvas_size() {
        let png = paint(&canvas(), Style::of("", 0), 0).unwrap();
        let decoded = image::load_from_memory_with_format(&png, image::ImageFormat::Png).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (512, 640));
    }
}
