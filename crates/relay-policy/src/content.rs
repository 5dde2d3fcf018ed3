//! Whether a request body may be sent on, judged by its headers alone, before a byte of it is read.

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING};

use crate::reject::{Code, Reject};

/// A body whose headers passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyHead {
    /// The announced length in bytes; `None` for a chunked body.
    pub length: Option<u64>,
}

/// Checks type, encoding, framing and announced length.
///
/// # Errors
/// `content_type`, `content_encoding`, `bad_request`, `bad_json` for an empty body, `body_too_large`.
pub fn check(headers: &HeaderMap, max_bytes: u64) -> Result<BodyHead, Reject> {
    check_type(headers)?;
    check_encoding(headers)?;
    check_framing(headers)?;
    let length = length(headers)?;
    match length {
        Some(0) => Err(Code::BadJson.into()),
        Some(bytes) if bytes > max_bytes => Err(Code::BodyTooLarge.into()),
        _ => Ok(BodyHead { length }),
    }
}

/// Exactly one `application/json`, parameters allowed. A form or text type would let a foreign page spend
/// money without a preflight.
fn check_type(headers: &HeaderMap) -> Result<(), Reject> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Code::ContentType.into());
    };
    let text = value.to_str().map_err(|_| Code::ContentType)?;
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let is_json = essence.trim().eq_ignore_ascii_case("application/json") && !parameters.contains(',');
    if is_json { Ok(()) } else { Err(Code::ContentType.into()) }
}

/// The relay never inflates, so it also never passes on what it could not check.
fn check_encoding(headers: &HeaderMap) -> Result<(), Reject> {
    let plain = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        Ok(())
    } else {
        Err(Code::ContentEncoding.into())
    }
}

/// `Transfer-Encoding` is absent or exactly `chunked`: two readings of one frame are how requests are smuggled.
fn check_framing(headers: &HeaderMap) -> Result<(), Reject> {
    let mut values = headers.get_all(TRANSFER_ENCODING).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(()),
        (Some(value), None)
            if value.as_bytes().eq_ignore_ascii_case(b"chunked") && !headers.contains_key(CONTENT_LENGTH) =>
        {
            Ok(())
        }
        _ => Err(Reject::from(Code::BadRequest)
            .with_message("Send Content-Length, or Transfer-Encoding: chunked alone.")),
    }
}

fn length(headers: &HeaderMap) -> Result<Option<u64>, Reject> {
    let mut values = headers.get_all(CONTENT_LENGTH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let bad = || Reject::from(Code::BadRequest).with_message("Send one Content-Length, in digits.");
    if values.next().is_some() {
        return Err(bad());
    }
    let text = value.to_str().map_err(|_| bad())?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    // Digits that do not fit 64 bits are a length too: far over any cap.
    Ok(Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn verdict(headers: &[(&'static str, &str)]) -> Result<Option<u64>, Code> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        check(&map, 1000).map(|head| head.length).map_err(|reject| reject.code())
    }

    #[test]
    fn json_is_taken_in_every_usual_spelling() {
        for kind in [
            "application/json",
            "APPLICATION/JSON",
            "application/json; charset=utf-8",
            "application/json;x=\"y\"",
        ] {
            assert_eq!(verdict(&[("content-type", kind), ("content-length", "2")]), Ok(Some(2)), "{kind}");
        }
    }

    #[test]
    fn every_other_type_is_415() {
        for kind in [
            "text/plain",
            "",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json, text/plain",
            "application/jsonx",
            "application/json;a,text/plain",
            "json",
            "text/plain;application/json",
            "application/ json",
        ] {
            assert_eq!(verdict(&[("content-type", kind)]), Err(Code::ContentType), "{kind:?}");
        }
        assert_eq!(verdict(&[]), Err(Code::ContentType));
        let twice = [("content-type", "application/json"), ("content-type", "application/json")];
        assert_eq!(verdict(&twice), Err(Code::ContentType));
    }

    #[test]
    fn compressed_bodies_are_415() {
        let json = ("content-type", "application/json");
        for encoding in ["gzip", "br", "deflate, gzip", "identity, gzip", "x-gzip", ""] {
            assert_eq!(
                verdict(&[json, ("content-encoding", encoding)]),
                Err(Code::ContentEncoding),
                "{encoding:?}"
            );
        }
        assert_eq!(verdict(&[json, ("content-encoding", "identity")]), Ok(None));
    }

    #[test]
    fn only_unambiguous_framing_passes() {
        let json = ("content-type", "application/json");
        assert_eq!(verdict(&[json, ("transfer-encoding", "chunked")]), Ok(None));
        for te in ["gzip, chunked", "chunked, chunked", "identity", "xchunked", "\"chunked\"", "chunked;x"] {
            assert_eq!(verdict(&[json, ("transfer-encoding", te)]), Err(Code::BadRequest), "{te}");
        }
        let both = [json, ("transfer-encoding", "chunked"), ("content-length", "2")];
        assert_eq!(verdict(&both), Err(Code::BadRequest));
        for length in ["+5", "5, 5", "0x5", "-1", "", " 5", "٥"] {
            assert_eq!(verdict(&[json, ("content-length", length)]), Err(Code::BadRequest), "{length:?}");
        }
        assert_eq!(verdict(&[json, ("content-length", "5"), ("content-length", "5")]), Err(Code::BadRequest));
    }

    #[test]
    fn the_announced_length_is_held_to_the_cap() {
        let json = ("content-type", "application/json");
        assert_eq!(verdict(&[json, ("content-length", "999")]), Ok(Some(999)));
        assert_eq!(verdict(&[json, ("content-length", "1000")]), Ok(Some(1000)));
        for over in ["1001", "1099511627776", "99999999999999999999999999"] {
            assert_eq!(verdict(&[json, ("content-length", over)]), Err(Code::BodyTooLarge), "{over}");
        }
        assert_eq!(verdict(&[json, ("content-length", "0")]), Err(Code::BadJson));
    }
}
