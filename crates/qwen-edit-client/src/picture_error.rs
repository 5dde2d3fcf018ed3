//! Why a picture was not taken.

use std::borrow::Cow;
use std::fmt;

use qwen_edit_api::fit::Misfit;
use qwen_edit_api::phrase;

/// What is wrong with a picture the user gave. The text names the file and the way out; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "`name` is the file everywhere; the other fields are explained at their variants"
)]
pub enum PictureError {
    /// The bytes are of no known picture format, whatever the name says.
    NotAPicture { name: String },
    /// `detected` is the usual name of the format: "HEIC", "AVIF", "SVG", "video"...
    UnsupportedFormat { name: String, detected: Cow<'static, str> },
    /// `bytes` is the size of the file, `max` the limit.
    TooLarge { name: String, bytes: u64, max: u64 },
    /// A side is shorter than the model works with. Sizes in pixels, as the picture is seen.
    TooSmall { name: String, width: u32, height: u32, min: u32 },
    /// More pixels than can be decoded safely. Sizes in pixels.
    TooManyPixels { name: String, width: u32, height: u32 },
    /// It has to be changed to be fit, and this page cannot; `detail` says what failed, for support.
    CannotConvert { name: String, detail: String },
    /// No bytes at all.
    Empty { name: String },
    /// Recognised by its first bytes, but it makes no sense or ends too early. `format` is its usual name: "JPEG".
    Damaged { name: String, format: Cow<'static, str> },
    /// The browser could not read the file; `detail` is the name of the browser's error.
    Unreadable { name: String, detail: String },
    /// Not an absolute http or https link. `url` lacks the query string, which may be secret.
    UrlInvalid { url: String },
    /// The pictures handed over are not the ones the request was made from. `number` counts from 1.
    Mismatch { number: usize },
}

impl PictureError {
    /// What a misfit means for the file of this name.
    #[must_use]
    pub fn of_misfit(name: &str, misfit: Misfit) -> PictureError {
        let name = name.to_owned();
        match misfit {
            Misfit::TooSmall { width, height, min } => PictureError::TooSmall { name, width, height, min },
            Misfit::TooManyPixels { width, height } => PictureError::TooManyPixels { name, width, height },
        }
    }

    /// A stable name, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            PictureError::NotAPicture { .. } => "picture-not-a-picture",
            PictureError::UnsupportedFormat { .. } => "picture-unsupported-format",
            PictureError::TooLarge { .. } => "picture-too-large",
            PictureError::TooSmall { .. } => "picture-too-small",
            PictureError::TooManyPixels { .. } => "picture-too-many-pixels",
            PictureError::CannotConvert { .. } => "picture-cannot-convert",
            PictureError::Empty { .. } => "picture-empty",
            PictureError::Damaged { .. } => "picture-damaged",
            PictureError::Unreadable { .. } => "picture-unreadable",
            PictureError::UrlInvalid { .. } => "picture-url-invalid",
            PictureError::Mismatch { .. } => "picture-mismatch",
        }
    }
}

impl PictureError {
    /// What is wrong, with the file's name, and the way out; in English.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            PictureError::NotAPicture { name } => {
                phrase!(
                    "\"",
                    name,
                    "\" is not a picture: choose a JPEG, PNG, WebP, HEIC or another picture file"
                )
            }
            PictureError::UnsupportedFormat { name, detected } => phrase!(
                "\"",
                name,
                "\" is of a kind the API does not take (",
                **detected,
                "): save it as JPEG or PNG and choose that file"
            ),
            PictureError::TooLarge { name, bytes, max } => phrase!(
                "\"",
                name,
                "\" has ",
                megabytes(*bytes),
                ", over the limit of ",
                megabytes(*max),
                ": shrink it, or save it as JPEG"
            ),
            PictureError::TooSmall { name, width, height, min } => phrase!(
                "\"",
                name,
                "\" is too small (",
                width,
                " × ",
                height,
                " pixels): choose one with at least ",
                min,
                " on each side"
            ),
            PictureError::TooManyPixels { name, width, height } => phrase!(
                "\"",
                name,
                "\" has ",
                width,
                " × ",
                height,
                " pixels, over the limit of 100 megapixels: make it smaller"
            ),
            PictureError::CannotConvert { name, detail } => phrase!(
                "\"",
                name,
                "\" cannot be converted here (",
                detail,
                "): save it as JPEG with sides of at most 2048 pixels"
            ),
            PictureError::Empty { name } => phrase!("\"", name, "\" is empty: choose another file"),
            PictureError::Damaged { name, format } => phrase!(
                "\"",
                name,
                "\" is damaged (",
                **format,
                " that cannot be read): open it in a picture program and save it again"
            ),
            PictureError::Unreadable { name, detail } => phrase!(
                "\"",
                name,
                "\" cannot be read (",
                detail,
                "): it may have been moved or changed, choose it again"
            ),
            PictureError::UrlInvalid { url } => phrase!(
                "\"",
                url,
                "\" is not a picture link: give a full link that begins with https:// or http://"
            ),
            PictureError::Mismatch { number } => phrase!(
                "picture ",
                number,
                " is not the one the request was made from: make the request again"
            ),
        }
    }
}

impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for PictureError {}

/// Rounded up to a tenth, so that one byte over the limit does not read like the limit.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1024 * 1024);
    match tenths % 10 {
        0 => phrase!(tenths / 10, " MB"),
        rest => phrase!(tenths / 10, ".", rest, " MB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_too_many_reads_as_more_than_the_limit() {
        let max = 10 * 1024 * 1024;
        let error = PictureError::TooLarge { name: "a.png".into(), bytes: max + 1, max };
        assert_eq!(
            error.to_string(),
            "\"a.png\" has 10.1 MB, over the limit of 10 MB: shrink it, or save it as JPEG"
        );
    }
}
