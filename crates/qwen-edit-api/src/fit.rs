//! Making any picture fit for the API: what has to be done to a file and why, decided from facts about it.
//!
//! Nothing is decoded here. The caller reads a file's header, asks for a [`Plan`], carries it out with whatever codecs
//! it has, and keeps the [`Receipt`].
//!
//! ```
//! use qwen_edit_api::fit::{self, Limits, Original, Plan, Reason, SourceFormat};
//! use qwen_edit_api::{MediaType, find_model};
//!
//! let limits = Limits::of(find_model("qwen-image-2.0-pro"), None);
//! let photo = Original {
//!     format: SourceFormat::Taken(MediaType::Jpeg),
//!     bytes: 3_000_000,
//!     size: Some((4032, 3024)),
//!     orientation: 6,
//!     has_location: true,
//! };
//! let Plan::Convert(conversion) = fit::plan(&photo, &limits, limits.picture_bytes).unwrap() else { panic!() };
//! assert_eq!(conversion.max_side, 3072);
//! assert!(conversion.reasons.contains(&Reason::Sideways));
//! ```

mod attempts;
mod share;

use std::fmt;

use crate::catalogue::{Model, Span};
use crate::picture::{MAX_PICTURE_BYTES, MediaType, SAFE_BODY_BYTES};

pub use attempts::{Attempt, attempts};
pub use share::shares;

/// Largest file that is taken in, in bytes (60 MB, read as 60 × 1024 × 1024).
pub const MAX_SOURCE_BYTES: u64 = 60 * 1024 * 1024;
/// Most pixels of a picture that is taken in: 100 megapixels, 400 MB once decoded.
pub const MAX_SOURCE_PIXELS: u64 = 100_000_000;
/// Largest re-encoded file, in bytes. Its data URL stays below 10 485 760 bytes, which the service was seen to enforce
/// for data URLs as a whole (S12); a file that goes through untouched may have the documented 10 MB.
const CONVERTED_BYTES: u64 = 7_800_000;
/// Sides when nothing is known about the model: those of the current models (S1).
const USUAL_SIDE: Span = Span { min: 384, max: 3072 };

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceFormat {
    /// The API takes it.
    Taken(MediaType),
    /// AVIF; browsers read it.
    Avif,
    /// HEIC, the format of iPhone photos; only Safari reads it.
    Heic,
    /// A drawing without pixels of its own.
    Svg,
}

impl SourceFormat {
    /// The usual name: "JPEG".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Taken(MediaType::Png) => "PNG",
            Self::Taken(MediaType::Jpeg) => "JPEG",
            Self::Taken(MediaType::Webp) => "WebP",
            Self::Taken(MediaType::Gif) => "GIF",
            Self::Taken(MediaType::Bmp) => "BMP",
            Self::Taken(MediaType::Tiff) => "TIFF",
            Self::Avif => "AVIF",
            Self::Heic => "HEIC",
            Self::Svg => "SVG",
        }
    }
}

/// What the header of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original {
    /// By its bytes, not by its name.
    pub format: SourceFormat,
    /// Length of the file.
    pub bytes: u64,
    /// Width and height as stored, in pixels; `None` where only decoding tells.
    pub size: Option<(u32, u32)>,
    /// How the stored picture is to be turned: 1 (upright) to 8, as EXIF counts.
    pub orientation: u8,
    /// Whether it tells where it was taken.
    pub has_location: bool,
}

/// What pictures have to fit into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub picture_bytes: u64,
    /// Largest request body with all pictures as base64, in bytes.
    pub body_bytes: u64,
    /// Sides, in pixels, that give good results.
    pub side: Span,
}

impl Limits {
    /// The limits of a model, and of the relay when it states one for the body; else the 6 MB that are safe everywhere.
    #[must_use]
    pub fn of(model: Option<&Model>, relay_body_bytes: Option<u64>) -> Self {
        Self {
            picture_bytes: MAX_PICTURE_BYTES,
            body_bytes: relay_body_bytes.unwrap_or(SAFE_BODY_BYTES),
            side: model.map_or(USUAL_SIDE, |model| model.recommended_side),
        }
    }
}

/// What is to be done with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// It goes as it is, byte for byte.
    AsIs,
    /// Its pixels go as they are; only the file's metadata is taken out. For JPEG.
    WithoutMetadata,
    /// It is decoded and encoded anew.
    Convert(Conversion),
}

/// How a file is to be encoded anew. Metadata does not survive that; colours become sRGB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Never empty.
    pub reasons: Vec<Reason>,
    /// A longer side is scaled down to this, in pixels. The aspect ratio stays.
    pub max_side: u32,
    /// The result may have this many bytes.
    pub max_bytes: u64,
}

/// Why a file does not go as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The API does not take the format.
    Format,
    /// The file is larger than the API takes; `max` in bytes.
    FileTooLarge {
        /// In bytes.
        max: u64,
    },
    /// With the other pictures the request would become too large.
    BodyTooLarge {
        /// The limit of the whole request, in bytes.
        max: u64,
    },
    /// A side is longer than the model works with well.
    SideTooLong {
        /// In pixels.
        max: u32,
    },
    /// It is stored lying on its side, or mirrored.
    Sideways,
    /// It tells where it was taken.
    Location,
}

/// A picture that cannot be made fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A side is shorter than the model works with, or would be once the long side has been scaled down.
    TooSmall {
        /// As it would be seen, in pixels.
        width: u32,
        /// As it would be seen, in pixels.
        height: u32,
        /// The shortest side, in pixels.
        min: u32,
    },
    /// More than [`MAX_SOURCE_PIXELS`].
    TooManyPixels {
        /// As stored, in pixels.
        width: u32,
        /// As stored, in pixels.
        height: u32,
    },
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall { width, height, min } => {
                write!(
                    f,
                    "{width} × {height} pixels is too small: choose one with at least {min} on each side"
                )
            }
            Self::TooManyPixels { width, height } => {
                write!(f, "{width} × {height} pixels is too large: choose one with at most 100 megapixels")
            }
        }
    }
}

/// What was done with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What was given.
    pub before: Facts,
    /// What goes to the API.
    pub after: Facts,
    /// Why they differ; empty when the file goes byte for byte.
    pub reasons: Vec<Reason>,
    /// The encoder's quality in percent, where it lost anything.
    pub quality: Option<u8>,
}

/// One side of a [`Receipt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The file's format.
    pub format: SourceFormat,
    /// Length of the file.
    pub bytes: u64,
    /// As it is seen, in pixels.
    pub width: u32,
    /// As it is seen, in pixels.
    pub height: u32,
}

impl Receipt {
    /// Whether the file goes byte for byte.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// Decides about one file that may have `share` bytes of the request; see [`shares`].
///
/// # Errors
/// [`Misfit`] when no codec could help.
pub fn plan(original: &Original, limits: &Limits, share: u64) -> Result<Plan, Misfit> {
    if let Some(size) = original.size {
        check_size(size, original.orientation, limits)?;
    }
    let reasons = reasons(original, limits, share);
    Ok(match reasons.as_slice() {
        [] => Plan::AsIs,
        [Reason::Location] if is_jpeg(original) => Plan::WithoutMetadata,
        _ => Plan::Convert(Conversion {
            reasons,
            max_side: limits.side.max,
            max_bytes: share.min(limits.picture_bytes).min(CONVERTED_BYTES),
        }),
    })
}

/// The bytes a file needs to lose nothing: its own when it may go as it is, else as many as an encoding may have.
#[must_use]
pub fn demand(original: &Original, limits: &Limits) -> u64 {
    match reasons(original, limits, u64::MAX).as_slice() {
        [] => original.bytes,
        [Reason::Location] if is_jpeg(original) => original.bytes,
        _ => CONVERTED_BYTES,
    }
}

/// Whether a picture of this size can be used at all. For formats whose size only decoding tells.
///
/// # Errors
/// [`Misfit`].
pub fn check_size((width, height): (u32, u32), orientation: u8, limits: &Limits) -> Result<(), Misfit> {
    if u64::from(width) * u64::from(height) > MAX_SOURCE_PIXELS {
        return Err(Misfit::TooManyPixels { width, height });
    }
    let (short, long) = (width.min(height), width.max(height));
    // As it will be sent: of a long panorama, little height is left.
    let sent = if long > limits.side.max {
        (u64::from(short) * u64::from(limits.side.max) / u64::from(long)) as u32
    } else {
        short
    };
    if sent < limits.side.min {
        let (width, height) = upright((width, height), orientation);
        return Err(Misfit::TooSmall { width, height, min: limits.side.min });
    }
    Ok(())
}

/// Width and height as they are seen.
#[must_use]
pub const fn upright((width, height): (u32, u32), orientation: u8) -> (u32, u32) {
    if matches!(orientation, 5..=8) { (height, width) } else { (width, height) }
}

/// Its metadata can be taken out without touching a pixel.
fn is_jpeg(original: &Original) -> bool {
    original.format == SourceFormat::Taken(MediaType::Jpeg)
}

fn reasons(original: &Original, limits: &Limits, share: u64) -> Vec<Reason> {
    let max_side = limits.side.max;
    let too_long = original.size.is_some_and(|(width, height)| width.max(height) > max_side);
    let found = [
        (!matches!(original.format, SourceFormat::Taken(_)), Reason::Format),
        (original.bytes > limits.picture_bytes, Reason::FileTooLarge { max: limits.picture_bytes }),
        (
            original.bytes <= limits.picture_bytes && original.bytes > share,
            Reason::BodyTooLarge { max: limits.body_bytes },
        ),
        (too_long, Reason::SideTooLong { max: max_side }),
        (matches!(original.orientation, 2..=8), Reason::Sideways),
        (original.has_location, Reason::Location),
    ];
    found.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason).collect()
}

#[cfg(test)]
mod tests;
