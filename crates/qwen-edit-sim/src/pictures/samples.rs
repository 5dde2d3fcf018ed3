//! The two sample URLs of the vendor's help page, answered from built-in scenes so that its examples run offline.

use std::io::Cursor;
use std::sync::LazyLock;

use bytes::Bytes;
use image::{ImageFormat, RgbImage};

use crate::painting::scenes;

const CITY_URL: &str =
    "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20260310/rdsgaa/image+%2815%29.png";
const CHARACTER_URL: &str =
    "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20260310/qokhtl/image+%2816%29.png";

static CITY: LazyLock<Bytes> = LazyLock::new(|| png(&scenes::city()));
static CHARACTER: LazyLock<Bytes> = LazyLock::new(|| png(&scenes::character()));

/// The built-in picture for a URL, if it is one of the two, however its brackets are escaped.
pub(super) fn find(reference: &str) -> Option<Bytes> {
    let decoded = |text| percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let asked = decoded(reference);
    if asked == decoded(CITY_URL) {
        Some(CITY.clone())
    } else if asked == decoded(CHARACTER_URL) {
        Some(CHARACTER.clone())
    } else {
        None
    }
}

/// Empty when the encoder fails; the call then fails as for a corrupt picture.
fn png(scene: &RgbImage) -> Bytes {
    let mut png = Cursor::new(Vec::new());
    match scene.write_to(&mut png, ImageFormat::Png) {
        Ok(()) => png.into_inner().into(),
        Err(_) => Bytes::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sample_urls_are_pictures_in_either_escaping() {
        for url in [CITY_URL, CHARACTER_URL] {
            let sample = find(url).unwrap();
            assert!(image::load_from_memory(&sample).is_ok());
            assert_eq!(find(&url.replace("%28", "(").replace("%29", ")")), Some(sample));
        }
        assert_ne!(find(CITY_URL), find(CHARACTER_URL));
    }

    #[test]
    fn other_urls_are_not_samples() {
        for url in [
            "https://help-static-aliyun-doc.aliyuncs.com/other.png",
            "https://example.com/image+%2815%29.png",
        ] {
            assert_eq!(find(url), None);
        }
    }
}
