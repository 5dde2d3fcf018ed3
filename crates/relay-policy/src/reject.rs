//! The relay's own errors, ready to be answered.

mod code;

use std::borrow::Cow;

use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::security;
pub use code::{Charged, Code};

/// Marks an answer as the relay's own, so a client can tell it from the vendor's errors.
pub const OWN_ANSWER: HeaderName = HeaderName::from_static("x-qwen-edit-relay");

/// Seconds to wait where nothing more exact is known.
const SHORT_WAIT: u32 = 5;

/// The `error` object of the answer.
#[derive(Debug, Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
    request_id: &'a str,
    charged: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<&'a Value>,
}

/// One refusal or failure, ready to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    code: Code,
    charged: Charged,
    message: Cow<'static, str>,
    allow: Option<&'static str>,
    last_error: Option<Box<Value>>,
    retry_after: Option<u32>,
}

impl From<Code> for Reject {
    fn from(code: Code) -> Self {
        let (_, _, charged, message) = code.row();
        let retry_after = match code {
            Code::Overloaded
            | Code::ImageHostBusy
            | Code::RateLimited
            | Code::StateUnavailable
            | Code::IdempotencyRunning => Some(SHORT_WAIT),
            _ => None,
        };
        Self { code, charged, message: Cow::Borrowed(message), allow: None, last_error: None, retry_after }
    }
}

impl Reject {
    /// A 405 that names the methods the path does take.
    #[must_use]
    pub fn method_not_allowed(allow: &'static str) -> Self {
        Self { allow: Some(allow), ..Code::MethodNotAllowed.into() }
    }

    /// The same refusal with a more exact message. The message is public: it must hold no secret and no
    /// text chosen by someone else.
    #[must_use]
    pub fn with_message(self, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// The same refusal with another statement about money.
    #[must_use]
    pub fn with_charged(self, charged: Charged) -> Self {
        Self { charged, ..self }
    }

    /// The same refusal with a `Retry-After` of so many seconds.
    #[must_use]
    pub fn with_retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The same refusal with the answer an earlier attempt ended with: `{"status", "body"}`.
    #[must_use]
    pub fn with_last_error(self, status: StatusCode, body: &Value) -> Self {
        Self { last_error: Some(Box::new(json!({"status": status.as_u16(), "body": body}))), ..self }
    }

    /// Why.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whether the call may have been charged.
    #[must_use]
    pub fn charged(&self) -> Charged {
        self.charged
    }

    /// The JSON answer. `request_id` is the relay's own id, also found in its log.
    #[must_use]
    pub fn into_response(self, request_id: &str) -> Response<String> {
        let error = ErrorBody {
            code: self.code.as_str(),
            message: &self.message,
            request_id,
            charged: self.charged.as_str(),
            last_error: self.last_error.as_deref(),
        };
        let mut response = Response::new(json!({ "error": error }).to_string());
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        security::for_data(headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(OWN_ANSWER, HeaderValue::from_static("1"));
        if self.code.status() == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_answers_with_an_error_status_json_and_the_own_answer_mark() {
        for &code in Code::ALL {
            let response = Reject::from(code).into_response("id-1");
            let status = response.status();
            assert!(status.is_client_error() || status.is_server_error(), "{code:?}");
            assert_eq!(response.headers()["x-qwen-edit-relay"], "1");
            assert_eq!(response.headers()["cache-control"], "no-store");
            let body: serde_json::Value = serde_json::from_str(response.body()).unwrap();
            assert_eq!(body["error"]["code"], code.as_str());
            assert_eq!(body["error"]["request_id"], "id-1");
            assert!(["no", "yes", "unknown"].contains(&body["error"]["charged"].as_str().unwrap()));
            assert!(!body["error"]["message"].as_str().unwrap().is_empty());
        }
    }

    #[test]
    fn a_message_cannot_break_out_of_the_json() {
        let reject = Reject::from(Code::BadRequest).with_message("a\"}\r\n<script>");
        let body: serde_json::Value = serde_json::from_str(reject.into_response("x").body()).unwrap();
        assert_eq!(body["error"]["message"], "a\"}\r\n<script>");
    }

    #[test]
    fn a_wrong_method_names_the_right_ones() {
        let response = Reject::method_not_allowed("POST").into_response("x");
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], "POST");
    }

    #[test]
    fn a_waiting_time_is_said_in_seconds() {
        let waits = |reject: Reject| reject.into_response("x").headers().get("retry-after").cloned();
        assert_eq!(waits(Code::Overloaded.into()).unwrap(), "5");
        assert_eq!(waits(Reject::from(Code::RateLimited).with_retry_after(42)).unwrap(), "42");
        assert_eq!(waits(Code::BadRequest.into()), None);
    }

    #[test]
    fn whatever_may_have_reached_the_api_is_never_called_free() {
        for code in [Code::UpstreamTimeout, Code::AnswerTimeout, Code::AnswerBroken, Code::UpstreamInvalid] {
            assert_eq!(Reject::from(code).charged(), Charged::Unknown, "{code:?}");
        }
    }
}
