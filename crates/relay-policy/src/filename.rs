//! A download name that is safe on every system and in a header.

use std::fmt::Write as _;

use http::HeaderValue;

use crate::sniff::Picture;

/// Longest stem in characters. File systems stop at 255 bytes, and a character has at most four.
const MAX_CHARS: usize = 60;

/// Names Windows keeps for devices.
const DEVICES: [&str; 8] = ["con", "prn", "aux", "nul", "com", "lpt", "conin$", "conout$"];

/// `Content-Disposition` for a picture: always a download, with a safe form of the wanted name and the
/// extension of what the bytes are.
#[must_use]
pub fn content_disposition(wanted: Option<&str>, picture: Picture) -> HeaderValue {
    let name = safe_name(wanted.unwrap_or_default(), picture);
    let ascii: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ()".contains(c) { c } else { '_' })
        .collect();
    let mut value = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
                value.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

fn safe_name(wanted: &str, picture: Picture) -> String {
    let last = wanted.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, extension) = match last.rsplit_once('.') {
        Some((stem, extension))
            if picture.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension)) =>
        {
            (stem, extension)
        }
        _ => (last, picture.extensions().first().copied().unwrap_or_default()),
    };
    let stem: String = stem.chars().filter(|c| is_safe(*c)).take(MAX_CHARS).collect();
    let stem = stem.trim_matches(['.', ' ']);
    let stem = if stem.is_empty() { "picture" } else { stem };
    let guard = if is_device(stem) { "_" } else { "" };
    format!("{guard}{stem}.{extension}")
}

/// Leaves out control characters, the separators and wildcards of any system, and the invisible characters
/// that can turn a name around (`gnp.exe`).
fn is_safe(c: char) -> bool {
    !c.is_control()
        && !"\"*/:<>?\\|;%".contains(c)
        && !matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}')
}

/// Windows ignores spaces in front of the first dot, and takes raised digits for digits.
fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    DEVICES.contains(&first.trim_end_matches(|c: char| c.is_ascii_digit() || "¹²³".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(wanted: &str, picture: Picture) -> String {
        content_disposition(Some(wanted), picture).to_str().unwrap().to_owned()
    }

    #[test]
    fn a_plain_name_is_kept() {
        assert_eq!(header("edit-1.png", Picture::Png), "attachment; filename=\"edit-1.png\"");
        assert_eq!(header("a.JPG", Picture::Jpeg), "attachment; filename=\"a.JPG\"");
        assert_eq!(content_disposition(None, Picture::WebP), "attachment; filename=\"picture.webp\"");
    }

    #[test]
    fn the_extension_is_the_one_of_the_bytes() {
        for (wanted, expected) in [
            ("a", "a.png"),
            ("a.html", "a.html.png"),
            ("a.png.exe", "a.png.exe.png"),
            ("a.jpg", "a.jpg.png"),
            ("page.svg", "page.svg.png"),
            (".png", "picture.png"),
            ("..", "picture.png"),
        ] {
            assert_eq!(
                header(wanted, Picture::Png),
                format!("attachment; filename=\"{expected}\""),
                "{wanted}"
            );
        }
    }

    #[test]
    fn paths_quotes_and_line_breaks_do_not_survive() {
        for (wanted, expected) in [
            ("../../etc/passwd", "passwd.png"),
            ("C:\\Windows\\x.png", "x.png"),
            ("a\"; filename=\"b.exe", "a filename=b.exe.png"),
            ("a\r\nX-Injected: 1", "aX-Injected 1.png"),
            ("\u{202e}gnp.exe", "gnp.exe.png"),
            ("CON", "_CON.png"),
            ("com1.png", "_com1.png"),
            ("nul .tar.png", "_nul .tar.png"),
            ("LPT².png", "_LPT².png"),
            (".hidden", "hidden.png"),
        ] {
            assert_eq!(safe_name(wanted, Picture::Png), expected, "{wanted:?}");
        }
        assert!(!header("a\r\nX-Injected: 1", Picture::Png).contains(['\r', '\n']));
    }

    #[test]
    fn other_scripts_are_kept_in_the_encoded_form() {
        assert_eq!(
            header("图1.png", Picture::Png),
            "attachment; filename=\"_1.png\"; filename*=UTF-8''%E5%9B%BE1.png"
        );
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(safe_name(&"图".repeat(500), Picture::Png).chars().count(), 64);
    }
}
