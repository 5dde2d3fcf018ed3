//! What the API's answer is worth: passed on unchanged when it is one, replaced by an error when it is not.

use http::StatusCode;
use http::header::{CONTENT_ENCODING, HeaderMap};

use crate::reject::{Charged, Code, Reject};

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
/// Switching protocols, redirects, compressed bodies, and the relay's own key being refused.
pub fn check_head(status: StatusCode, headers: &HeaderMap, holder: KeyHolder) -> Result<(), Reject> {
    if status.is_informational() {
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

/// A client error is an answer given before the work; everything else may have been executed.
#[must_use]
pub fn charged(status: StatusCode) -> Charged {
    if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT { Charged::No } else { Charged::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn head(status: u16, holder: KeyHolder) -> Result<(), Code> {
        check_head(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), holder).map_err(|reject| reject.code())
    }

    #[test]
    fn statuses_pass_except_those_that_are_no_answer() {
        for status in [200, 400, 401, 403, 429, 500, 503] {
            assert_eq!(head(status, KeyHolder::Client), Ok(()), "{status}");
        }
        assert_eq!(head(101, KeyHolder::Client), Err(Code::UpstreamInvalid));
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
        for (status, expected) in
            [(413, Charged::No), (400, Charged::No), (408, Charged::Unknown), (502, Charged::Unknown), (200, Charged::Unknown)]
        {
            let reject = check_body(StatusCode::from_u16(status).unwrap(), b"<html>").unwrap_err();
            assert_eq!(reject.charged(), expected, "{status}");
            let body = reject.into_response("x").into_body();
            assert!(body.contains(&status.to_string()) && !body.contains("<html"), "{body}");
        }
    }
}
