//! What the API's answer is worth: passed on unchanged when it is one, replaced by an error when it is not.

use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};

use crate::reject::{Charged, Code, Reject};
use crate::sniff;

/// Who owns the key of a call; only for the relay's own key is a 401 the operator's problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHolder {
    /// The caller sends the key.
    Client,
    /// The relay adds the key.
    Server,
}

/// Judges an answer by its head, before its body is read.
///
/// # Errors
/// Switching protocols, statuses and transfer codings that HTTP does not know, redirects, compressed bodies, and the relay's own key being refused.
pub fn check_head(status: StatusCode, headers: &HeaderMap, holder: KeyHolder) -> Result<(), Reject> {
    // There are no statuses from 600 on: whoever sends one does not speak HTTP as the caller knows it.
    if status.is_informational() || status.as_u16() >= 600 || !is_framed(headers) {
        return Err(Code::UpstreamInvalid.into());
    }
    if status.is_redirection() {
        // Nobody documents whether a redirected call was taken first, so it is not called free.
        return Err(Reject::from(Code::RedirectRefused).with_charged(Charged::Unknown));
    }
    if status == StatusCode::UNAUTHORIZED && holder == KeyHolder::Server {
        return Err(Code::ServerKeyRejected.into());
    }
    let plain = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        return Err(Reject::from(Code::UpstreamEncoded).with_charged(charged(status)));
    }
    Ok(())
}

/// Whether it can be told where the body ends: with any transfer coding but `chunked`, it ends where the connection does,
/// and a body that was cut looks complete.
fn is_framed(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        _ => false,
    }
}

/// Judges a complete body. The bytes decide, not the label: a paid answer with a wrong label is still one.
///
/// # Errors
/// `upstream_not_json` for anything but one JSON object (an HTML page of a load balancer, an empty body).
pub fn check_body(status: StatusCode, body: &[u8]) -> Result<(), Reject> {
    let is_object = body.trim_ascii_start().first() == Some(&b'{')
        && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    if is_object {
        return Ok(());
    }
    let message = format!("The API answered with status {} and a body that is not JSON.", status.as_u16());
    Err(Reject::from(Code::UpstreamNotJson).with_message(message).with_charged(charged(status)))
}

/// Judges an image host's answer by its head and returns the announced length.
///
/// # Errors
/// Redirects, expired links, error answers, labels that speak against a picture, pictures over `max_bytes`.
/// The host's own error text is never passed on: it repeats parts of the signed link.
pub fn check_picture_head(
    status: StatusCode,
    headers: &HeaderMap,
    max_bytes: u64,
) -> Result<Option<u64>, Reject> {
    let failed = |code: Code| Err(Reject::from(code).with_charged(Charged::No));
    match status {
        StatusCode::OK => {}
        status if status.is_redirection() => return failed(Code::RedirectRefused),
        // Object stores answer 403 when the signature's time is over.
        StatusCode::FORBIDDEN | StatusCode::GONE => return failed(Code::LinkExpired),
        StatusCode::NOT_FOUND => return failed(Code::ImageNotFound),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            return failed(Code::ImageHostBusy);
        }
        status if status.is_success() => return failed(Code::NotAnImage),
        _ => return failed(Code::ImageFailed),
    }
    if !is_framed(headers) {
        return failed(Code::ImageFailed);
    }
    if headers.contains_key(CONTENT_ENCODING) || !sniff::may_be_picture(headers) {
        return failed(Code::NotAnImage);
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|bytes| bytes > max_bytes) { failed(Code::ImageTooLarge) } else { Ok(length) }
}

/// A client error is an answer given before the work; everything else may have been executed.
#[must_use]
pub fn charged(status: StatusCode) -> Charged {
    if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT {
        Charged::No
    } else {
        Charged::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn head(status: u16, holder: KeyHolder) -> Result<(), Code> {
        check_head(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), holder)
            .map_err(|reject| reject.code())
    }

    #[test]
    fn statuses_pass_except_those_that_are_no_answer() {
        for status in [200, 400, 401, 403, 429, 500, 503] {
            assert_eq!(head(status, KeyHolder::Client), Ok(()), "{status}");
        }
        for status in [101, 600, 799, 999] {
            assert_eq!(head(status, KeyHolder::Client), Err(Code::UpstreamInvalid), "{status}");
        }
        for status in [301, 302, 303, 307, 308] {
            assert_eq!(head(status, KeyHolder::Client), Err(Code::RedirectRefused), "{status}");
        }
        assert_eq!(head(401, KeyHolder::Server), Err(Code::ServerKeyRejected));
    }

    #[test]
    fn a_compressed_answer_is_refused() {
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
        let reject = check_head(StatusCode::OK, &headers, KeyHolder::Client).unwrap_err();
        assert_eq!((reject.code(), reject.charged()), (Code::UpstreamEncoded, Charged::Unknown));
    }

    #[test]
    fn a_transfer_coding_nobody_asked_for_is_refused() {
        for (codings, passes) in [
            (&["chunked"][..], true),
            (&["Chunked"], true),
            (&["cow"], false),
            (&["gzip, chunked"], false),
            (&["chunked", "chunked"], false),
            (&["chunked, identity"], false),
            (&[""], false),
        ] {
            let coding = |coding: &&'static str| (TRANSFER_ENCODING, HeaderValue::from_static(coding));
            let headers = HeaderMap::from_iter(codings.iter().map(coding));
            let api = check_head(StatusCode::OK, &headers, KeyHolder::Client);
            let picture = check_picture_head(StatusCode::OK, &headers, 1000);
            assert_eq!((api.is_ok(), picture.is_ok()), (passes, passes), "{codings:?}");
        }
    }

    #[test]
    fn only_one_json_object_is_an_answer() {
        for body in ["{}", " {\"output\":{}} \n", "{\"code\":\"InvalidApiKey\"}"] {
            assert_eq!(check_body(StatusCode::OK, body.as_bytes()), Ok(()), "{body}");
        }
        for body in ["", "<html>nginx</html>", "[]", "null", "\"x\"", "{", "{}x", "{\"a\":1,}", "data: {}"] {
            let reject = check_body(StatusCode::OK, body.as_bytes()).unwrap_err();
            assert_eq!(reject.code(), Code::UpstreamNotJson, "{body}");
        }
    }

    #[test]
    fn an_html_page_says_its_status_and_whether_the_call_was_free() {
        for (status, expected) in [
            (413, Charged::No),
            (400, Charged::No),
            (408, Charged::Unknown),
            (502, Charged::Unknown),
            (200, Charged::Unknown),
        ] {
            let reject = check_body(StatusCode::from_u16(status).unwrap(), b"<html>").unwrap_err();
            assert_eq!(reject.charged(), expected, "{status}");
            let body = reject.into_response("x").into_body();
            assert!(body.contains(&status.to_string()) && !body.contains("<html"), "{body}");
        }
    }

    #[test]
    fn image_hosts_errors_become_the_relays_own() {
        let check = |status: u16, headers: &[(http::HeaderName, &'static str)]| {
            let headers =
                headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
            check_picture_head(StatusCode::from_u16(status).unwrap(), &headers, 1000)
                .map_err(|reject| reject.code())
        };
        let png = (http::header::CONTENT_TYPE, "image/png");
        assert_eq!(check(200, &[png.clone(), (CONTENT_LENGTH, "1000")]), Ok(Some(1000)));
        assert_eq!(check(200, &[]), Ok(None));
        assert_eq!(check(200, &[png.clone(), (CONTENT_LENGTH, "1001")]), Err(Code::ImageTooLarge));
        assert_eq!(check(200, &[png.clone(), (CONTENT_ENCODING, "gzip")]), Err(Code::NotAnImage));
        assert_eq!(check(200, &[(http::header::CONTENT_TYPE, "application/xml")]), Err(Code::NotAnImage));
        for (status, code) in [
            (204, Code::NotAnImage),
            (206, Code::NotAnImage),
            (301, Code::RedirectRefused),
            (302, Code::RedirectRefused),
            (307, Code::RedirectRefused),
            (304, Code::RedirectRefused),
            (403, Code::LinkExpired),
            (404, Code::ImageNotFound),
            (400, Code::ImageFailed),
            (429, Code::ImageHostBusy),
            (503, Code::ImageHostBusy),
            (500, Code::ImageFailed),
        ] {
            assert_eq!(check(status, std::slice::from_ref(&png)), Err(code), "{status}");
        }
    }
}
