//! Decoding of input pictures: what the vendor accepts, recognised by content and never by name.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, ImageResult, Limits, RgbImage,
};

use crate::failure::ApiFailure;

/// The documented formats. Which others the build could read does not matter.
const FORMATS: [ImageFormat; 6] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::WebP,
    ImageFormat::Gif,
    ImageFormat::Bmp,
    ImageFormat::Tiff,
];

/// Decodes a picture, turned upright, on white where it is transparent. Of an animation only the first frame counts.
/// Takes a while for large pictures: not for an async thread.
///
/// # Errors
/// The documented texts for a format that is not accepted, a corrupt file, and a picture beyond all measure.
pub(crate) fn decode(bytes: &[u8]) -> Result<RgbImage, ApiFailure> {
    let format = image::guess_format(bytes).ok().filter(|format| FORMATS.contains(format));
    let format = format.ok_or_else(not_accepted)?;
    let picture = read(bytes, format).map_err(|error| match error {
        ImageError::Limits(_) => too_many_pixels(),
        _ => corrupted(),
    })?;
    Ok(on_white(&picture))
}

/// Whether the vendor turns pictures by their EXIF orientation is unknown; people expect what they see elsewhere.
fn read(bytes: &[u8], format: ImageFormat) -> ImageResult<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Guards this process; the vendor's hard limits are unknown.
fn limits() -> Limits {
    const MAX_SIDE: u32 = 20_000;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(512 * 1024 * 1024);
    limits
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let transparent = picture.to_rgba8();
    RgbImage::from_fn(transparent.width(), transparent.height(), |x, y| {
        let [red, green, blue, alpha] = transparent.get_pixel(x, y).0;
        let on_white = |channel: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        image::Rgb([on_white(red), on_white(green), on_white(blue)])
    })
}

fn not_accepted() -> ApiFailure {
    ApiFailure::invalid_parameter("Image format error")
}

pub(super) fn corrupted() -> ApiFailure {
    ApiFailure::invalid_parameter("Invalid image format or corrupted file")
}

fn too_many_pixels() -> ApiFailure {
    ApiFailure::invalid_parameter("the size of input image is too small or too large.")
}

#[cfg(test)]
mod tests;
