//! The only place where a failure gets the form that `npm/error.js` makes a JavaScript error of:
//! `{ message, code, retry, charged, violations, status?, requestId? }`.

use qwen_edit_api::json::{ObjectWriter, list};
use qwen_edit_api::{Charged, Retry, Violation, Violations, phrase};
use qwen_edit_client::{Error, ErrorKind, PictureError};

use crate::violation::{field_name, refused_picture, violation};

/// `{"error": …}`, in place of an answer.
pub(crate) fn instead(error: &str) -> String {
    let mut object = ObjectWriter::new();
    object.json("error", error);
    object.end()
}

/// What came out of an edit, or of a request that is free.
pub(crate) fn edit_error(error: &Error) -> String {
    let (message, violations) = match &error.kind {
        ErrorKind::Invalid(violations) => (described(violations), list(violations.iter().map(violation))),
        _ => (error.text(), list([])),
    };
    let mut object = written(&message, &error.code(), error.retry(), error.charged(), &violations);
    object.number_if_any("status", error.status.map(u64::from));
    object.text_if_any("requestId", error.request_id.as_deref());
    object.end()
}

/// Pictures that were refused, by their place, as the client would say it of the first; with all of them and everything
/// else as violations.
pub(crate) fn pictures_error(refused: &[(usize, PictureError)], violations: Option<&Violations>) -> String {
    let mut messages: Vec<String> =
        refused.iter().map(|(index, error)| phrase!("images[", index, "]: ", error.text())).collect();
    messages.extend(violations.map(described));
    let code = match refused {
        [(_, first), ..] if violations.is_none() => first.code(),
        _ => "invalid-request",
    };
    let others = violations.into_iter().flatten().map(violation);
    let all = list(others.chain(refused.iter().map(|(index, error)| refused_picture(*index, error))));
    written(&joined(&messages), code, Retry::Safe, Charged::No, &all).end()
}

/// Refused before anything was sent, for a reason that the same call would meet again.
pub(crate) fn refusal(code: &str, message: &str) -> String {
    written(message, code, Retry::Never, Charged::No, &list([])).end()
}

fn described(violations: &Violations) -> String {
    let one = |it: &Violation| phrase!(*field_name(it.field), ": ", it.kind.text());
    joined(&violations.iter().map(one).collect::<Vec<_>>())
}

fn joined(texts: &[String]) -> String {
    let mut all = String::new();
    for text in texts {
        if !all.is_empty() {
            all.push_str("; ");
        }
        all.push_str(text);
    }
    all
}

fn written(message: &str, code: &str, retry: Retry, charged: Charged, violations: &str) -> ObjectWriter {
    let mut object = ObjectWriter::new();
    object.text("message", message);
    object.text("code", code);
    object.text("retry", retry.as_str());
    object.text("charged", charged.as_str());
    object.json("violations", violations);
    object
}
