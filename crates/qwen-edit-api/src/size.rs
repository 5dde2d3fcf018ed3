//! Output sizes: the wire form `width*height`, the rules of the models, the recommended presets.

use std::fmt;
use std::str::FromStr;

use crate::phrase;

include!(concat!(env!("OUT_DIR"), "/sizes.rs"));

/// Sides of results are multiples of this many pixels (D).
const GRID: u32 = 16;

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// Area in pixels.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Aspect ratio for people, such as `3:4`: a preset's own name, else the fraction in lowest terms.
    #[must_use]
    pub fn ratio(self) -> String {
        if let Some(preset) = PRESETS.iter().find(|preset| preset.small == self || preset.large == self) {
            return preset.ratio.to_owned();
        }
        let divisor = greatest_common_divisor(self.width, self.height).max(1);
        format!("{}:{}", self.width / divisor, self.height / divisor)
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&phrase!(self))
    }
}

impl FromStr for Size {
    type Err = ParseSizeError;

    /// Reads `1024*1024`: two whole numbers from 1 and an asterisk, nothing else.
    fn from_str(text: &str) -> Result<Self, ParseSizeError> {
        let (width, height) = text.split_once('*').ok_or(ParseSizeError)?;
        Ok(Self { width: parse_side(width)?, height: parse_side(height)? })
    }
}

fn parse_side(text: &str) -> Result<u32, ParseSizeError> {
    // `u32::from_str` alone would accept "+5", and "007" would not survive a round trip.
    if text.starts_with(|first: char| !matches!(first, '1'..='9')) {
        return Err(ParseSizeError);
    }
    text.parse().map_err(|_| ParseSizeError)
}

/// The text is not of the form `1024*1024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseSizeError;

impl fmt::Display for ParseSizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write width and height in pixels with an asterisk between, such as 1024*1024")
    }
}

impl std::error::Error for ParseSizeError {}

/// What sizes a model makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeRule {
    /// The model chooses; `size` must not be sent.
    NotAccepted,
    /// Limits on width times height, and perhaps on the longer side over the shorter one.
    Area {
        /// Fewest pixels.
        min: u64,
        /// Most pixels.
        max: u64,
        /// The longer side may be this many times the shorter one.
        max_ratio: Option<u32>,
    },
    /// Limits on each side.
    Side {
        /// Shortest side in pixels.
        min: u32,
        /// Longest side in pixels.
        max: u32,
    },
}

impl SizeRule {
    /// Whether a size may be asked for. Checked before the sides are [`snapped`]: which comes first at the vendor
    /// is unknown, and the bounds are multiples of 16 either way.
    ///
    /// # Errors
    /// The first rule that the size breaks.
    pub fn check(self, size: Size) -> Result<(), SizeProblem> {
        match self {
            Self::NotAccepted => Err(SizeProblem::NotAccepted),
            Self::Area { min, max, max_ratio } => {
                let got = size.pixels();
                if got < min || got > max {
                    return Err(SizeProblem::Area { min, max, got });
                }
                let (short, long) = (size.width.min(size.height), size.width.max(size.height));
                match max_ratio {
                    Some(max) if u64::from(long) > u64::from(short) * u64::from(max) => {
                        Err(SizeProblem::Ratio { max })
                    }
                    _ => Ok(()),
                }
            }
            Self::Side { min, max } => {
                let fits = |side: u32| (min..=max).contains(&side);
                if fits(size.width) && fits(size.height) {
                    Ok(())
                } else {
                    Err(SizeProblem::Side { min, max, got: size })
                }
            }
        }
    }
}

/// Why a model does not make this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeProblem {
    /// The model takes no size at all.
    NotAccepted,
    /// Too few or too many pixels in all.
    Area {
        /// Fewest pixels.
        min: u64,
        /// Most pixels.
        max: u64,
        /// Pixels asked for.
        got: u64,
    },
    /// A side is too short or too long.
    Side {
        /// Shortest side in pixels.
        min: u32,
        /// Longest side in pixels.
        max: u32,
        /// What was asked for.
        got: Size,
    },
    /// Too long and narrow.
    Ratio {
        /// The longer side may be this many times the shorter one.
        max: u32,
    },
}

/// A recommended aspect ratio in two sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizePreset {
    /// Width to height, such as `3:4`.
    pub ratio: &'static str,
    /// About one megapixel.
    pub small: Size,
    /// About two megapixels.
    pub large: Size,
}

/// The sizes that the vendor recommends.
#[must_use]
pub fn size_presets() -> &'static [SizePreset] {
    PRESETS
}

/// The side that a result really has: the nearest multiple of 16, at least 16.
///
/// The only documented example has one tie, 1032 to 1024: it goes down, or to the even multiple. That ties go
/// **down** here is a guess. Read real sizes from the answer's usage.
#[must_use]
pub const fn snapped(side: u32) -> u32 {
    let below = side / GRID * GRID;
    let nearest = if side % GRID > GRID / 2 { below.saturating_add(GRID) } else { below };
    if nearest < GRID { GRID } else { nearest }
}
