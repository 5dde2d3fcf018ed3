//! The only place where a failure becomes a JavaScript error.

use js_sys::{Array, Object, TypeError};
use qwen_edit_api::{Charged, Retry, Violations};
use qwen_edit_client::{Error, ErrorKind, PictureError};
use wasm_bindgen::JsValue;

use crate::object::{array, set, text};
use crate::options::joined;
use crate::violation::{field_name, refused_picture, violation};

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A value of the wrong type, or a name that does not exist: a mistake in the calling code. Says which option.
    Misuse(String),
    /// What came out of the edit.
    Edit(Error),
    /// Pictures that were refused, by their place, and what else is wrong.
    Pictures { refused: Vec<(usize, PictureError)>, violations: Option<Violations> },
    /// A key of the vendor's, which everybody who opens the page could read.
    BrowserKey,
    /// Not the name of a job.
    InvalidJobId,
    /// The caller's own: the reason of an abort, or what a getter threw. Passed on as it is.
    Thrown(JsValue),
}

impl Failure {
    pub(crate) fn misuse(message: String) -> Failure {
        Failure::Misuse(message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Edit(error)
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> JsValue {
        match failure {
            Failure::Misuse(message) => TypeError::new(&message).into(),
            Failure::Edit(error) => edit_error(&error).into(),
            Failure::Pictures { refused, violations } => pictures_error(&refused, violations.as_ref()).into(),
            Failure::BrowserKey => refusal(
                "browser-key",
                "key: this is a key of the vendor's, and everybody who opens the page can read it: let a relay hold \
                 it, or set allowBrowserKey: true where only its owner opens the page",
            )
            .into(),
            Failure::InvalidJobId => refusal(
                "invalid-job-id",
                "jobId: must be 16 to 128 of A-Z, a-z, 0-9, \"_\" and \"-\", for example crypto.randomUUID()",
            )
            .into(),
            Failure::Thrown(thrown) => thrown,
        }
    }
}

fn edit_error(error: &Error) -> js_sys::Error {
    let (message, violations) = match &error.kind {
        ErrorKind::Invalid(violations) => (described(violations), violations_to_js(Some(violations))),
        _ => (error.to_string(), Array::new()),
    };
    let js = qwen_edit_error(&message, &error.code(), error.retry(), error.charged(), &violations);
    set(&js, "status", &error.status.into());
    set(&js, "requestId", &text(error.request_id.as_deref()));
    js
}

/// As the client would say it of the first picture, with all pictures and everything else as violations.
fn pictures_error(refused: &[(usize, PictureError)], violations: Option<&Violations>) -> js_sys::Error {
    let list = violations_to_js(violations);
    let mut messages: Vec<String> =
        refused.iter().map(|(index, error)| format!("images[{index}]: {error}")).collect();
    messages.extend(violations.map(described));
    let code = match refused {
        [(_, first), ..] if violations.is_none() => first.code(),
        _ => "invalid-request",
    };
    for (index, error) in refused {
        list.push(&refused_picture(*index, error));
    }
    qwen_edit_error(&joined(&messages, "; "), code, Retry::Safe, Charged::No, &list)
}

/// Refused before anything was sent, for a reason that the same call would meet again.
fn refusal(code: &str, message: &str) -> js_sys::Error {
    qwen_edit_error(message, code, Retry::Never, Charged::No, &Array::new())
}

fn described(violations: &Violations) -> String {
    let one = |it: &qwen_edit_api::Violation| format!("{}: {}", field_name(it.field), it.kind);
    joined(&violations.iter().map(one).collect::<Vec<_>>(), "; ")
}

fn violations_to_js(violations: Option<&Violations>) -> Array {
    array(&mut violations.into_iter().flatten().map(|it| violation(it).into()))
}

/// A real `Error`: with a stack, and for every tool that knows errors.
fn qwen_edit_error(
    message: &str,
    code: &str,
    retry: Retry,
    charged: Charged,
    violations: &Array,
) -> js_sys::Error {
    let error = js_sys::Error::new(message);
    error.set_name("QwenEditError");
    let fields: &Object = &error;
    set(fields, "code", &JsValue::from_str(code));
    set(fields, "retry", &JsValue::from_str(retry.as_str()));
    set(fields, "charged", &JsValue::from_str(charged.as_str()));
    set(fields, "violations", violations);
    error
}
