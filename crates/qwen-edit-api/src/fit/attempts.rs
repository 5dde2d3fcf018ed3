//! In which order encodings are tried until one fits: the best first.

use super::SourceFormat;
use crate::picture::MediaType;

/// One encoding to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What to encode as.
    pub media_type: MediaType,
    /// The encoder's quality in percent; `None` for lossless PNG.
    pub quality: Option<u8>,
    /// Sides in percent of the planned ones.
    pub scale: u8,
}

const fn lossy(media_type: MediaType, quality: u8, scale: u8) -> Attempt {
    Attempt { media_type, quality: Some(quality), scale }
}

const fn lossless(scale: u8) -> Attempt {
    Attempt { media_type: MediaType::Png, quality: None, scale }
}

/// First less quality, down to where it begins to show; then fewer pixels, which the model minds less.
const QUALITY_THEN_SCALE: [(u8, u8); 10] =
    [(95, 100), (92, 100), (88, 100), (84, 100), (80, 100), (80, 80), (80, 64), (80, 50), (80, 36), (75, 25)];
/// For pictures with transparent parts where the browser writes no WebP.
const SCALES: [u8; 6] = [80, 64, 50, 36, 25, 15];

/// The encodings to try for a picture, best first.
///
/// Photos become JPEG. What came without loss stays so where it fits, because drawings and screens suffer from JPEG.
/// Transparency is kept: PNG, or WebP where that is too large.
#[must_use]
pub fn attempts(source: SourceFormat, transparent: bool) -> Vec<Attempt> {
    let loses_nothing = matches!(
        source,
        SourceFormat::Svg
            | SourceFormat::Taken(MediaType::Png | MediaType::Gif | MediaType::Bmp | MediaType::Tiff)
    );
    let mut list = Vec::new();
    if loses_nothing || transparent {
        list.push(lossless(100));
    }
    let photo = if transparent { MediaType::Webp } else { MediaType::Jpeg };
    list.extend(QUALITY_THEN_SCALE.map(|(quality, scale)| lossy(photo, quality, scale)));
    if transparent {
        list.extend(SCALES.map(lossless));
    }
    list
}
