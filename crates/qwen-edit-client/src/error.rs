//! What can go wrong, as values the page can hold, match and show.

use std::fmt;

use qwen_edit_api::{Advice, Charged, Retry, UpstreamFailure, Violations, advice_for_relay, phrase};

use crate::{ApiKeyError, PictureError, advice};

/// Why there is no result. Holds no JavaScript value, so signals and stores can keep it.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The HTTP status, when an answer came.
    pub status: Option<u16>,
    /// What to quote to the vendor's support, when an answer named it.
    pub request_id: Option<String>,
}

/// The kinds of failure. Deliberately not `#[non_exhaustive]`: a new kind must stop the page from compiling until the
/// page has words for it.
#[derive(Clone, Debug, PartialEq)]
pub enum ErrorKind {
    /// Refused before sending: the settings break a rule of the model.
    Invalid(Violations),
    /// Refused before sending: a picture.
    Picture(PictureError),
    /// Refused before sending: the key.
    Key(ApiKeyError),
    /// The vendor (or a gateway before it) answered with a failure.
    Upstream(UpstreamFailure),
    /// The relay itself refused or failed; `code` is stable, `message` is for people.
    Relay {
        /// Stable: `overloaded`.
        code: String,
        /// In English.
        message: String,
        /// Whether the call was paid for, as the relay says.
        charged: Charged,
    },
    /// The connection broke after the request had been handed to the browser: the outcome is unknown.
    Network,
    /// No answer within the time limit: the outcome is unknown.
    Timeout,
    /// The browser gave the call up (the page was being left, for instance): the outcome is unknown.
    Aborted,
    /// Nothing that could cost anything was sent: the request could not be made, or it was one that is free.
    Unreachable,
    /// A page answered where the relay should be.
    NotARelay,
    /// A fetched picture is not one.
    Decode {
        /// What was there instead, in English.
        detail: String,
    },
}

impl Error {
    /// A stable name for programs: the vendor's code verbatim, `relay:<code>`, or a kebab-case name of this crate.
    pub fn code(&self) -> String {
        match &self.kind {
            ErrorKind::Upstream(UpstreamFailure { code: Some(code), .. }) => code.clone(),
            ErrorKind::Relay { code, .. } => phrase!("relay:", code),
            ErrorKind::Picture(error) => error.code().to_owned(),
            _ => self.advice().id.to_owned(),
        }
    }

    /// What to do next, whether to send again, whether it was charged, and where the sentences about it are.
    pub fn advice(&self) -> &'static Advice {
        match &self.kind {
            ErrorKind::Invalid(_) => advice::by_id(advice::INVALID_REQUEST),
            ErrorKind::Picture(_) => advice::by_id(advice::PICTURE_REFUSED),
            ErrorKind::Key(_) => advice::by_id(advice::INVALID_API_KEY),
            ErrorKind::Upstream(failure) => failure.advice(),
            ErrorKind::Relay { code, .. } => advice_for_relay(code),
            ErrorKind::Network => advice::by_id(advice::NETWORK_LOST),
            ErrorKind::Timeout => advice::by_id(advice::TIMEOUT),
            ErrorKind::Aborted => advice::by_id(advice::CANCELLED),
            ErrorKind::Unreachable => advice::by_id(advice::RELAY_UNREACHABLE),
            ErrorKind::NotARelay => advice::by_id(advice::RELAY_NOT_FOUND),
            ErrorKind::Decode { .. } => advice::by_id(advice::UNREADABLE_ANSWER),
        }
    }

    /// Whether pressing Run again can cost twice.
    pub fn retry(&self) -> Retry {
        match (self.advice().retry, self.charged()) {
            (Retry::Safe, Charged::Unknown | Charged::Yes) => Retry::Ask,
            (retry, _) => retry,
        }
    }

    /// Whether this call was paid for.
    pub fn charged(&self) -> Charged {
        match &self.kind {
            ErrorKind::Relay { charged, .. } => *charged,
            // A static host says 404 or 405 to a POST. A page with status 200 may also have replaced a real answer.
            ErrorKind::NotARelay if self.status.is_some_and(|status| status < 300) => Charged::Unknown,
            _ => self.advice().charged,
        }
    }
}

impl From<ErrorKind> for Error {
    /// An error without an answer.
    fn from(kind: ErrorKind) -> Error {
        Error { kind, status: None, request_id: None }
    }
}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Error {
        ErrorKind::Invalid(violations).into()
    }
}

impl From<PictureError> for Error {
    fn from(error: PictureError) -> Error {
        ErrorKind::Picture(error).into()
    }
}

impl From<ApiKeyError> for Error {
    fn from(error: ApiKeyError) -> Error {
        ErrorKind::Key(error).into()
    }
}

impl std::error::Error for Error {}

impl Error {
    /// What happened, in English, with status and request where they are known.
    pub fn text(&self) -> String {
        let said = match &self.kind {
            ErrorKind::Invalid(violations) => violations.text(),
            ErrorKind::Picture(error) => error.text(),
            ErrorKind::Key(error) => error.text().to_owned(),
            ErrorKind::Upstream(UpstreamFailure { code: Some(code), message: Some(message), .. }) => {
                phrase!(code, ": ", message)
            }
            ErrorKind::Upstream(UpstreamFailure { code: Some(code), .. }) => code.clone(),
            ErrorKind::Upstream(_) => phrase!("an answer without pictures or a reason: ", self.advice().id),
            ErrorKind::Relay { code, message, .. } => phrase!("relay: ", code, ": ", message),
            ErrorKind::Network => {
                phrase!("the connection was lost before an answer came; it may have been charged")
            }
            ErrorKind::Timeout => phrase!("no answer came in time; it may have been charged"),
            ErrorKind::Aborted => phrase!("the wait was given up; it may have been charged"),
            ErrorKind::Unreachable => phrase!("the relay cannot be reached"),
            ErrorKind::NotARelay => phrase!("there is no relay at this address"),
            ErrorKind::Decode { detail } => phrase!("the answer cannot be read: ", detail),
        };
        match (self.status, &self.request_id) {
            (Some(status), Some(id)) => phrase!(said, " (HTTP ", status, ", request ", id, ")"),
            (Some(status), None) => phrase!(said, " (HTTP ", status, ")"),
            (None, _) => said,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use qwen_edit_api::EditDraft;

    use super::*;

    fn is_plain_data<T: Clone + Send + Sync + PartialEq + 'static>() {}

    fn relay(code: &str, charged: Charged) -> Error {
        Error::from(ErrorKind::Relay { code: code.into(), message: "no".into(), charged })
    }

    #[test]
    fn errors_are_plain_data() {
        is_plain_data::<Error>();
    }

    #[test]
    fn codes_are_stable_names() {
        let cases = [
            (ErrorKind::Network, "network-lost"),
            (ErrorKind::Timeout, "timeout"),
            (ErrorKind::Aborted, "cancelled"),
            (ErrorKind::Unreachable, "relay-unreachable"),
            (ErrorKind::NotARelay, "relay-not-found"),
            (ErrorKind::Decode { detail: String::new() }, "unreadable-answer"),
            (ErrorKind::Picture(PictureError::Empty { name: "a".into() }), "picture-empty"),
            (ErrorKind::Key(ApiKeyError::Empty), "invalid-api-key"),
        ];
        for (kind, code) in cases {
            assert_eq!(Error::from(kind).code(), code);
        }
        assert_eq!(relay("overloaded", Charged::No).code(), "relay:overloaded");
    }

    #[test]
    fn the_relay_knows_best_whether_a_call_was_paid() {
        assert_eq!(relay("overloaded", Charged::Yes).charged(), Charged::Yes);
        assert_eq!(relay("upstream_timeout", Charged::No).charged(), Charged::No);
    }

    #[test]
    fn nothing_that_may_have_been_paid_is_called_safe_to_repeat() {
        for charged in [Charged::Yes, Charged::Unknown] {
            assert_ne!(relay("overloaded", charged).retry(), Retry::Safe, "{charged:?}");
        }
    }

    #[test]
    fn a_page_with_status_200_may_hide_a_paid_answer() {
        let page = |status| Error { status: Some(status), ..Error::from(ErrorKind::NotARelay) };
        assert_eq!((page(404).charged(), page(405).charged()), (Charged::No, Charged::No));
        assert_eq!(page(200).charged(), Charged::Unknown);
        assert_ne!(page(200).retry(), Retry::Safe);
    }

    #[test]
    fn refusals_before_sending_cost_nothing() {
        let violations = EditDraft::default().validate().unwrap_err();
        let refusals: [Error; 3] =
            [violations.into(), PictureError::Mismatch { number: 2 }.into(), ApiKeyError::Empty.into()];
        for error in refusals {
            assert_eq!(error.charged(), Charged::No, "{error}");
        }
    }

    #[test]
    fn what_may_have_been_charged_says_so() {
        for kind in [ErrorKind::Network, ErrorKind::Timeout, ErrorKind::Aborted] {
            let error = Error::from(kind);
            assert_eq!(error.charged(), Charged::Unknown);
            assert!(error.to_string().contains("may have been charged"), "{error}");
        }
    }

    #[test]
    fn the_text_carries_status_and_request() {
        let error =
            Error { status: Some(503), request_id: Some("r-1".into()), ..relay("overloaded", Charged::No) };
        assert_eq!(error.to_string(), "relay: overloaded: no (HTTP 503, request r-1)");
    }
}
