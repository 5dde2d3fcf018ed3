//! What is wrong with a draft, by field. Codes and numbers, no prose for users: the screen has its own words.

use std::borrow::Cow;
use std::fmt;

use crate::phrase;
use crate::size::{Size, SizeProblem};

/// A field of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The model id.
    Model,
    /// The pictures together.
    Pictures,
    /// One picture, counted from 0.
    Picture(usize),
    /// The instruction.
    Prompt,
    /// The number of results.
    N,
    /// The size of results.
    Size,
    /// The seed.
    Seed,
    /// The negative prompt.
    NegativePrompt,
    /// The prompt rewriting switch.
    PromptExtend,
    /// The watermark switch.
    Watermark,
}

impl Field {
    /// Stable name for programs: `images`, `images[0]`, `negative_prompt`.
    #[must_use]
    pub fn as_str(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Model => "model",
            Self::Pictures => "images",
            Self::Picture(index) => return Cow::Owned(phrase!("images[", index, "]")),
            Self::Prompt => "prompt",
            Self::N => "n",
            Self::Size => "size",
            Self::Seed => "seed",
            Self::NegativePrompt => "negative_prompt",
            Self::PromptExtend => "prompt_extend",
            Self::Watermark => "watermark",
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str())
    }
}

/// One thing that must be mended before a request can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub field: Field,
    /// What.
    pub kind: ViolationKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// Fewer pictures than the model needs.
    TooFewPictures {
        /// Fewest.
        min: u32,
    },
    /// More pictures than the model takes.
    TooManyPictures {
        /// Most.
        max: u32,
        /// How many there are.
        got: u32,
    },
    /// A file is too large.
    PictureTooLarge {
        /// Its length.
        bytes: u64,
        /// The largest length.
        max: u64,
    },
    /// Not a link the API can use.
    PictureUrlInvalid,
    /// Nothing to do.
    EmptyPrompt,
    /// A number outside its range.
    OutOfRange {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// What was given.
        got: i64,
    },
    /// Not `width*height`.
    SizeFormat {
        /// What was given.
        got: String,
    },
    /// Too few or too many pixels.
    SizeArea {
        /// Fewest pixels.
        min: u64,
        /// Most pixels.
        max: u64,
        /// Pixels asked for.
        got: u64,
    },
    /// A side is too short or too long.
    SizeSide {
        /// Shortest side in pixels.
        min: u32,
        /// Longest side in pixels.
        max: u32,
        /// What was asked for.
        got: Size,
    },
    /// Too long and narrow.
    SizeRatio {
        /// The longer side may be this many times the shorter one.
        max: u32,
    },
    /// A text with too many characters.
    TooLong {
        /// Most characters.
        max: u32,
        /// How many there are.
        got: u32,
    },
    /// The model does not take this parameter.
    NotSupported,
    /// No model was named.
    EmptyModel,
}

impl ViolationKind {
    /// Stable name for programs: `too-many-pictures`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooFewPictures { .. } => "too-few-pictures",
            Self::TooManyPictures { .. } => "too-many-pictures",
            Self::PictureTooLarge { .. } => "picture-too-large",
            Self::PictureUrlInvalid => "picture-url-invalid",
            Self::EmptyPrompt => "empty-prompt",
            Self::OutOfRange { .. } => "out-of-range",
            Self::SizeFormat { .. } => "size-format",
            Self::SizeArea { .. } => "size-area",
            Self::SizeSide { .. } => "size-side",
            Self::SizeRatio { .. } => "size-ratio",
            Self::TooLong { .. } => "too-long",
            Self::NotSupported => "not-supported",
            Self::EmptyModel => "empty-model",
        }
    }
}

impl From<SizeProblem> for ViolationKind {
    fn from(problem: SizeProblem) -> Self {
        match problem {
            SizeProblem::NotAccepted => Self::NotSupported,
            SizeProblem::Area { min, max, got } => Self::SizeArea { min, max, got },
            SizeProblem::Side { min, max, got } => Self::SizeSide { min, max, got },
            SizeProblem::Ratio { max } => Self::SizeRatio { max },
        }
    }
}

impl ViolationKind {
    /// What is wrong and how to mend it, in English, for developers.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::TooFewPictures { min } => phrase!("add at least ", min, " picture(s)"),
            Self::TooManyPictures { max, got } => {
                phrase!(got, " pictures, the model takes ", max, ": remove ", got.saturating_sub(*max))
            }
            Self::PictureTooLarge { bytes, max } => {
                phrase!(bytes, " bytes, the limit is ", max, ": make the picture smaller")
            }
            Self::PictureUrlInvalid => {
                phrase!("use an http(s) or oss link, or data:image/<type>;base64,<data>")
            }
            Self::EmptyPrompt => phrase!("is empty: say what to change"),
            Self::OutOfRange { min, max, got } => phrase!("is ", got, ", must be ", min, " to ", max),
            Self::SizeFormat { got } => {
                // Typed by hand, so of any length.
                let shown: String = got.chars().take(40).collect();
                phrase!("is \"", shown, "\": write width*height in pixels, such as 1024*1024")
            }
            Self::SizeArea { min, max, got } => {
                phrase!("has ", got, " pixels, width times height must be ", min, " to ", max)
            }
            Self::SizeSide { min, max, got } => {
                phrase!("is ", got, ", width and height must each be ", min, " to ", max)
            }
            Self::SizeRatio { max } => {
                phrase!("is too narrow: the longer side may be at most ", max, " times the shorter one")
            }
            Self::TooLong { max, got } => {
                phrase!("has ", got, " characters, the limit is ", max, ": shorten it")
            }
            Self::NotSupported => phrase!("is not a parameter of this model: leave it out"),
            Self::EmptyModel => phrase!("is empty: name a model"),
        }
    }
}

impl fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.kind)
    }
}

/// Everything that is wrong with a draft: one or more violations, in the order of the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// `None` when there is nothing wrong.
    #[must_use]
    pub fn collected(violations: Vec<Violation>) -> Option<Self> {
        (!violations.is_empty()).then_some(Self(violations))
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// Those of one field.
    pub fn of(&self, field: Field) -> impl Iterator<Item = &Violation> {
        self.0.iter().filter(move |violation| violation.field == field)
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Violations {
    /// All of them in one line.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for violation in &self.0 {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(&phrase!(*violation.field.as_str(), ": ", violation.kind.text()));
        }
        text
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for Violations {}

/// Something that may go wrong, or cost quality, but does not stop a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub field: Field,
    /// What.
    pub kind: WarningKind,
}

/// What may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningKind {
    /// The vendor will probably cut the end of the prompt.
    PromptLong {
        /// Limit of the model.
        limit_tokens: u32,
        /// Our guess for this prompt.
        estimated_tokens: u32,
    },
    /// A side is shorter than recommended: the result may be blurry.
    PictureSmall {
        /// The shorter side in pixels.
        side: u32,
        /// The shortest recommended side.
        min: u32,
    },
    /// A side is longer than recommended: the run may be slow.
    PictureLarge {
        /// The longer side in pixels.
        side: u32,
        /// The longest recommended side.
        max: u32,
    },
    /// The model is not in the catalogue, so its limits are not checked.
    UnknownModel,
    /// The rules of the model are less sure.
    ExperimentalModel,
    /// The vendor lists the model among its old ones.
    LegacyModel,
    /// The whole JSON is larger than every gateway is sure to take.
    BodyLarge {
        /// About how large it will be.
        bytes: u64,
        /// Safe everywhere.
        safe: u64,
    },
    /// The prompt speaks of a picture that is not there.
    MentionsMissingPicture {
        /// The picture's number, counted from 1.
        number: u32,
    },
}

impl WarningKind {
    /// Stable name for programs: `prompt-long`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PromptLong { .. } => "prompt-long",
            Self::PictureSmall { .. } => "picture-small",
            Self::PictureLarge { .. } => "picture-large",
            Self::UnknownModel => "unknown-model",
            Self::ExperimentalModel => "experimental-model",
            Self::LegacyModel => "legacy-model",
            Self::BodyLarge { .. } => "body-large",
            Self::MentionsMissingPicture { .. } => "mentions-missing-picture",
        }
    }
}

impl WarningKind {
    /// What may go wrong, in English, for developers.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::PromptLong { limit_tokens, estimated_tokens } => phrase!(
                "has about ",
                estimated_tokens,
                " tokens, the model reads ",
                limit_tokens,
                ": the end may be cut"
            ),
            Self::PictureSmall { side, min } => {
                phrase!("has a side of ", side, " pixels, below ", min, ": the result may be blurry")
            }
            Self::PictureLarge { side, max } => {
                phrase!("has a side of ", side, " pixels, above ", max, ": the run may be slow")
            }
            Self::UnknownModel => phrase!("is not in the catalogue: its limits are not checked"),
            Self::ExperimentalModel => phrase!("is new: its rules are less sure"),
            Self::LegacyModel => phrase!("is among the vendor's old models"),
            Self::BodyLarge { bytes, safe } => phrase!(
                "make a request of about ",
                bytes,
                " bytes; more than ",
                safe,
                " may be refused on the way"
            ),
            Self::MentionsMissingPicture { number } => {
                phrase!("speaks of picture ", number, ", which is not there")
            }
        }
    }
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
