//! Reading links without keeping their secrets: the query string of a signed link opens the picture to anyone.

use qwen_edit_api::text::split_once;

/// When a signed link dies, in seconds since 1970: the `Expires` parameter of OSS signature V1.
pub(crate) fn expires_at(url: &str) -> Option<u64> {
    let (_, query) = split_once(before(url, b'#'), "?")?;
    let mut pairs = query.as_bytes().split(|byte| *byte == b'&');
    let digits = pairs.find_map(|pair| pair.strip_prefix(b"Expires="))?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The link as it may appear in messages and logs: no query, no fragment, no `user:password@`, at most 200 characters.
#[must_use]
pub fn presentable(url: &str) -> String {
    let path = before(before(url, b'#'), b'?');
    let (scheme, rest) = split_once(path, "//").unwrap_or(("", path));
    let authority = before(rest, b'/');
    let tail = rest.get(authority.len()..).unwrap_or_default();
    let host_at = authority.bytes().rposition(|byte| byte == b'@').map_or(0, |at| at + 1);
    let host = authority.get(host_at..).unwrap_or_default();
    let slashes = if scheme.is_empty() { "" } else { "//" };
    [scheme, slashes, host, tail].concat().chars().take(200).collect()
}

/// A name for the picture behind a link: the last part of its path, or its host.
pub(crate) fn file_name(url: &str) -> String {
    let shown = presentable(url);
    shown.split('/').rev().find(|part| !part.is_empty()).unwrap_or_default().to_owned()
}

/// The text before the first `end`, or all of it. By bytes: the standard library's search is made for long texts and
/// weighs more in the wasm.
fn before(text: &str, end: u8) -> &str {
    let at = text.bytes().position(|byte| byte == end).unwrap_or(text.len());
    text.get(..at).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "https://dashscope-result-sz.oss-cn-shenzhen.aliyuncs.com/7d/a.png?Expires=1795000000&OSSAccessKeyId=id&Signature=s%2Bx%3D";

    #[test]
    fn the_expiry_is_read_wherever_it_stands() {
        assert_eq!(expires_at(SIGNED), Some(1_795_000_000));
        assert_eq!(expires_at("https://h/a.png?Signature=s&Expires=7#top"), Some(7));
    }

    #[test]
    fn a_link_without_a_readable_expiry_has_none() {
        for url in [
            "https://h/a.png",
            "https://h/a.png?Expires=soon",
            "https://h/a.png?NotExpires=1",
            "https://h/#?Expires=1",
        ] {
            assert_eq!(expires_at(url), None, "{url}");
        }
    }

    #[test]
    fn a_presentable_link_has_lost_its_secrets() {
        assert_eq!(presentable(SIGNED), "https://dashscope-result-sz.oss-cn-shenzhen.aliyuncs.com/7d/a.png");
        assert_eq!(presentable("http://me:pw@h.example/a@b.png#x"), "http://h.example/a@b.png");
        assert_eq!(presentable("not a url?secret"), "not a url");
    }

    #[test]
    fn a_picture_behind_a_link_is_called_by_its_file_or_host() {
        assert_eq!(file_name(SIGNED), "a.png");
        assert_eq!(file_name("https://h.example/"), "h.example");
    }
}
