//! From an HTTP answer to a result or an error. Pure: no browser here.

use qwen_edit_api::json::Json;
use qwen_edit_api::{Answer, Charged, Shape, UpstreamFailure, https_link, parse_answer, read_answer};

use crate::links::expires_at;
use crate::{EditResult, Error, ErrorKind, ResultImage};

/// What an HTTP answer says before its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The status; 0 for a redirect, which browsers hide.
    pub status: u16,
    /// The relay marks what it says itself; the vendor's words pass through unmarked.
    pub from_relay: bool,
    /// The media type with its parameters.
    pub content_type: Option<String>,
    /// What the relay calls this request.
    pub request_id: Option<String>,
}

impl Head {
    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error { kind, status: Some(self.status), request_id: self.request_id.clone() }
    }
}

/// Reads the answer to an edit of `model` that asked for `requested` pictures.
pub(crate) fn edit_answer(
    head: &Head,
    body: &[u8],
    model: &str,
    requested: u32,
) -> Result<EditResult, Error> {
    match relay_error(head, Json::parse(body).ok().as_ref()) {
        Some(error) => Err(error),
        None => {
            outcome(head, parse_answer(head.status, head.content_type.as_deref(), body), model, requested)
        }
    }
}

fn outcome(head: &Head, answer: Answer, model: &str, requested: u32) -> Result<EditResult, Error> {
    match answer {
        Answer::Done(response) => Ok(EditResult {
            images: response.images.iter().map(|url| result_image(url)).collect(),
            usage: response.usage,
            request_id: response.request_id.or_else(|| head.request_id.clone()),
            model: model.to_owned(),
            requested,
        }),
        Answer::Failed(failure) if is_not_a_relay(&failure) => Err(head.error(ErrorKind::NotARelay)),
        Answer::Failed(failure) => {
            let request_id = failure.request_id.clone().or_else(|| head.request_id.clone());
            Err(Error { request_id, ..head.error(ErrorKind::Upstream(failure)) })
        }
    }
}

/// Reads the answer to a question after a job. A job that was not executed is the failure that kept it from being:
/// `error.last_error = {"status", "body"}` is the answer that it had ended with.
pub(crate) fn job_answer(head: &Head, body: &[u8], model: &str, requested: u32) -> Result<EditResult, Error> {
    if head.status == 404
        && let Ok(answer) = Json::parse(body)
        && let last = answer.field("error").field("last_error")
        && let Some(status) = last.field("status").count().and_then(|status| u16::try_from(status).ok())
    {
        let body = last.field("body");
        let head = Head { status, from_relay: *body.field("error") != Json::Null, ..head.clone() };
        return match relay_error(&head, Some(body)) {
            Some(error) => Err(error),
            None => outcome(&head, read_answer(status, body), model, requested),
        };
    }
    edit_answer(head, body, model, requested)
}

/// Reads the refusal of a request that is free, such as fetching a picture.
pub(crate) fn free_refusal(head: &Head, body: &[u8]) -> Error {
    relay_error(head, Json::parse(body).ok().as_ref()).unwrap_or_else(|| {
        match parse_answer(head.status, head.content_type.as_deref(), body) {
            Answer::Failed(failure) if is_not_a_relay(&failure) => head.error(ErrorKind::NotARelay),
            // A gateway before the relay: what it says about money does not apply to a request that is free.
            _ => head.error(ErrorKind::Unreachable),
        }
    })
}

/// Whether the answer of the relay's image route is a picture. `refusal` is its body when it has another status than 200.
///
/// # Errors
/// With what came instead.
pub fn image_answer(head: &Head, refusal: &[u8]) -> Result<(), Error> {
    match (head.status, head.content_type.as_deref().unwrap_or_default()) {
        (200, media_type) if media_type.starts_with("image/") => Ok(()),
        // Without the status: a page in place of an edit's answer may hide a paid one, in place of a picture it does not.
        (200, media_type) if media_type.starts_with("text/html") => Err(ErrorKind::NotARelay.into()),
        (200, _) => {
            Err(head.error(ErrorKind::Decode { detail: "its content type is not image/*".to_owned() }))
        }
        _ => Err(free_refusal(head, refusal)),
    }
}

fn result_image(url: &str) -> ResultImage {
    ResultImage { url: https_link(url).into_owned(), expires_at: expires_at(url) }
}

/// A web server without the relay's routes: a page that says 404 or 405 to a POST, or its start page for any address.
/// The vendor's own 404 (an unknown model) is JSON with a code.
fn is_not_a_relay(failure: &UpstreamFailure) -> bool {
    match failure.status {
        // Status 0 is a redirect that was not followed: the relay never redirects.
        0 | 404 | 405 => failure.code.is_none() && failure.shape != Shape::Truncated,
        200..300 => failure.shape == Shape::Html,
        _ => false,
    }
}

struct RelayErrorFields {
    code: String,
    message: String,
    request_id: Option<String>,
    charged: Option<String>,
}

impl RelayErrorFields {
    /// Nothing when the answer is not `{"error": {"code": …}}`.
    fn read(answer: &Json) -> Option<RelayErrorFields> {
        let error = answer.field("error");
        let text = |name: &str| error.field(name).text().map(str::to_owned);
        Some(RelayErrorFields {
            code: text("code")?,
            message: text("message").unwrap_or_default(),
            request_id: text("request_id"),
            charged: text("charged"),
        })
    }
}

/// The relay's own error, known by its mark, or by its shape where a proxy in between hides the header.
fn relay_error(head: &Head, answer: Option<&Json>) -> Option<Error> {
    if !head.from_relay && head.status < 400 {
        return None;
    }
    let fields = match answer.and_then(RelayErrorFields::read) {
        // No other server in this conversation says "charged".
        Some(fields) if head.from_relay || fields.charged.is_some() => fields,
        _ if head.from_relay && head.status >= 400 => cut_short(),
        _ => return None,
    };
    let request_id = fields.request_id.or_else(|| head.request_id.clone());
    let charged = match fields.charged.as_deref() {
        Some("no") => Charged::No,
        Some("yes") => Charged::Yes,
        _ => Charged::Unknown,
    };
    let kind = ErrorKind::Relay { code: fields.code, message: fields.message, charged };
    Some(Error { request_id, ..head.error(kind) })
}

/// The relay's error when its body did not arrive whole.
fn cut_short() -> RelayErrorFields {
    RelayErrorFields {
        code: "internal".to_owned(),
        message: "the relay's explanation did not arrive whole".to_owned(),
        request_id: None,
        charged: None,
    }
}

#[cfg(test)]
mod tests;
