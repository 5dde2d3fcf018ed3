//! Why a picture was not taken.

use std::borrow::Cow;

/// What is wrong with a picture the user gave. The text names the file and the way out; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "`name` is the file everywhere; the other fields are explained at their variants"
)]
pub enum PictureError {
    /// The bytes are of no known picture format, whatever the name says.
    #[error("\"{name}\" is not a picture: choose a PNG, JPEG, WebP, GIF, BMP or TIFF file")]
    NotAPicture { name: String },
    /// `detected` is the usual name of the format: "HEIC", "AVIF", "SVG", "video"...
    #[error(
        "\"{name}\" is of a kind the API does not take ({detected}): save it as JPEG or PNG and choose that file"
    )]
    UnsupportedFormat { name: String, detected: Cow<'static, str> },
    /// `bytes` is the size of the file, `max` the limit.
    #[error("\"{name}\" has {}, over the limit of {}: shrink it, or save it as JPEG", megabytes(*bytes), megabytes(*max))]
    TooLarge { name: String, bytes: u64, max: u64 },
    /// A side is shorter than the model works with. Sizes in pixels, as the picture is seen.
    #[error(
        "\"{name}\" is too small ({width} × {height} pixels): choose one with at least {min} on each side"
    )]
    TooSmall { name: String, width: u32, height: u32, min: u32 },
    /// More pixels than can be decoded safely. Sizes in pixels.
    #[error("\"{name}\" has {width} × {height} pixels, over the limit of 100 megapixels: make it smaller")]
    TooManyPixels { name: String, width: u32, height: u32 },
    /// It has to be changed to be fit, and this page cannot; `detail` says what failed, for support.
    #[error(
        "\"{name}\" cannot be converted here ({detail}): save it as JPEG with sides of at most 2048 pixels"
    )]
    CannotConvert { name: String, detail: String },
    /// No bytes at all.
    #[error("\"{name}\" is empty: choose another file")]
    Empty { name: String },
    /// Recognised by its first bytes, but it makes no sense or ends too early. `format` is its usual name: "JPEG".
    #[error(
        "\"{name}\" is damaged ({format} that cannot be read): open it in a picture program and save it again"
    )]
    Damaged { name: String, format: Cow<'static, str> },
    /// The browser could not read the file; `detail` is the name of the browser's error.
    #[error("\"{name}\" cannot be read ({detail}): it may have been moved or changed, choose it again")]
    Unreadable { name: String, detail: String },
    /// Not an absolute http or https link. `url` lacks the query string, which may be secret.
    #[error("\"{url}\" is not a picture link: give a full link that begins with https:// or http://")]
    UrlInvalid { url: String },
    /// The pictures handed over are not the ones the request was made from. `number` counts from 1.
    #[error("picture {number} is not the one the request was made from: make the request again")]
    Mismatch { number: usize },
}

impl PictureError {
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

/// Rounded up to a tenth, so that one byte over the limit does not read like the limit.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1024 * 1024);
    match tenths % 10 {
        0 => format!("{} MB", tenths / 10),
        rest => format!("{}.{rest} MB", tenths / 10),
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
