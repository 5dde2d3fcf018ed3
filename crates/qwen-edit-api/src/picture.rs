//! Input pictures: what the API accepts as a file.

/// Largest file per picture, in bytes: the documented "10 MB" (S1).
///
/// Read as 10 × 1024 × 1024, because the one byte count the service was seen to name in an error for pictures is
/// 10 485 760 (observed by others, S12).
pub const MAX_PICTURE_BYTES: u64 = 10 * 1024 * 1024;

/// Size of the whole JSON body, in bytes, that is safe on every gateway seen so far.
///
/// A cap of 6 291 456 bytes was observed on chat endpoints of the same hosts (S12); whether it holds for pictures is
/// unknown, so more than this is a warning and never an error.
pub const SAFE_BODY_BYTES: u64 = 6_000_000;

/// The picture formats of the API (D, S1). Of a GIF only the first frame is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF.
    Tiff,
}

impl MediaType {
    /// Every format, the common ones first.
    pub const ALL: [Self; 6] = [Self::Png, Self::Jpeg, Self::Webp, Self::Gif, Self::Bmp, Self::Tiff];

    /// `image/png`
    #[must_use]
    pub const fn as_mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
        }
    }

    /// The usual file name ending, without a dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
        }
    }

    /// The format with this MIME type, in any case and without parameters.
    #[must_use]
    pub fn from_mime(mime: &str) -> Option<Self> {
        // Old programs write `image/jpg`, which was never registered.
        if mime.eq_ignore_ascii_case("image/jpg") {
            return Some(Self::Jpeg);
        }
        Self::ALL.into_iter().find(|media_type| media_type.as_mime().eq_ignore_ascii_case(mime))
    }
}
