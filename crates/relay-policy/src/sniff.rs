//! What a picture really is, by its first bytes.

use http::HeaderValue;
use http::header::{CONTENT_TYPE, HeaderMap};

/// The formats the relay passes on. None of them can run code in a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    WebP,
}

impl Picture {
    /// How many first bytes [`Picture::sniff`] needs to know every format.
    pub const MAGIC_BYTES: usize = 12;

    /// Recognises a picture by its signature.
    #[must_use]
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else {
            None
        }
    }

    /// The type the answer is labelled with.
    #[must_use]
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        })
    }

    /// The file name extension, and other spellings of it that are as true.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::WebP => &["webp"],
        }
    }
}

/// Whether the label does not speak against a picture: one image type, unlabelled bytes, or nothing. Object
/// stores label pictures as plain bytes; an error document or two types at once are no picture.
#[must_use]
pub fn may_be_picture(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else { return true };
    let Ok(text) = value.to_str() else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = essence.starts_with("image/")
        || matches!(essence.as_str(), "application/octet-stream" | "binary/octet-stream");
    known && !text.contains(',') && values.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_bytes() {
        assert_eq!(Picture::sniff(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some(Picture::Png));
        assert_eq!(Picture::sniff(b"\xff\xd8\xff\xe0\0\x10JFIF\0"), Some(Picture::Jpeg));
        assert_eq!(Picture::sniff(b"RIFF\x10\0\0\0WEBPVP8 "), Some(Picture::WebP));
        for other in [
            &b""[..],
            b"\x89PNG",
            b"<svg onload=alert(1)>",
            b"<html><script>",
            b"RIFF\0\0\0\0WAVE",
            b"GIF89a",
            b"BM",
            b"%PDF-1.7",
            b"\0\0\0\x1cftypavif",
        ] {
            assert_eq!(Picture::sniff(other), None, "{other:?}");
        }
    }

    #[test]
    fn labels_that_speak_against_a_picture_are_heard() {
        let label = |values: &[&'static str]| {
            may_be_picture(
                &values.iter().map(|value| (CONTENT_TYPE, HeaderValue::from_static(value))).collect(),
            )
        };
        assert!(label(&[]));
        for good in
            ["image/png", "image/PNG; charset=\"x\"", "application/octet-stream", "binary/octet-stream"]
        {
            assert!(label(&[good]), "{good}");
        }
        for bad in ["image/png, text/html", "text/html", "application/xml", "", "image"] {
            assert!(!label(&[bad]), "{bad}");
        }
        assert!(!label(&["image/png", "text/html"]));
    }
}
