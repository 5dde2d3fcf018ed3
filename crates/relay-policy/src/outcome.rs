//! What the end of a paid call means: for a repeated request, and for the budget.

use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::idempotency::JobState;
use crate::reject::{Charged, Reject};

/// The end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What a repeated request finds.
    pub state: JobState,
    /// Pictures to count; `None` keeps the reservation because nobody can tell.
    pub made: Option<u32>,
}

impl Outcome {
    /// The outcome that must be assumed of a call nobody hears from again.
    pub const UNKNOWN: Self = Self { state: JobState::Unknown, made: None };

    /// The outcome of a call that surely was not executed.
    pub const NOT_EXECUTED: Self = Self { state: JobState::Released, made: Some(0) };

    /// Of a complete answer of the API.
    #[must_use]
    pub fn of_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let busy = status == StatusCode::TOO_MANY_REQUESTS
            || status == StatusCode::SERVICE_UNAVAILABLE && headers.contains_key(RETRY_AFTER);
        if busy {
            return Self::NOT_EXECUTED;
        }
        let refused = status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT;
        let made = if refused { Some(0) } else { pictures(body).filter(|_| status.is_success()) };
        Self { state: JobState::Done, made }
    }

    /// Of a call that ended with an error of the relay.
    #[must_use]
    pub fn of_failure(reject: &Reject) -> Self {
        match reject.charged() {
            Charged::No => Self::NOT_EXECUTED,
            Charged::Yes | Charged::Unknown => Self::UNKNOWN,
        }
    }
}

/// How many pictures an answer carries. The vendor charges for pictures made: an error inside a 200 has none. `None` for
/// a shape nobody knows, which may have cost.
fn pictures(body: &[u8]) -> Option<u32> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let links = parts_with_pictures(&answer).map(|parts| parts.count() as u64);
    let counted = COUNTS.iter().filter_map(|pointer| answer.pointer(pointer)?.as_u64()).max();
    // The vendor also writes an empty code, or null, into answers that went well.
    let names_an_error = answer.get("code").and_then(Value::as_str).is_some_and(|code| !code.is_empty());
    let is_error = names_an_error && links.is_none();
    let most = links.filter(|links| *links > 0).max(counted).or(is_error.then_some(0))?;
    Some(u32::try_from(most).unwrap_or(u32::MAX))
}

/// Where the models' answers say how many pictures were made.
const COUNTS: [&str; 2] = ["/usage/image_count", "/usage/output_image_count"];

/// The links to the pictures of an answer. Each is a secret while it lives.
#[must_use]
pub fn picture_links(body: &[u8]) -> Vec<String> {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let links = parts_with_pictures(&answer).into_iter().flatten().filter_map(Value::as_str);
    links.map(str::to_owned).collect()
}

/// `None` when the answer has no list of choices at all.
fn parts_with_pictures(answer: &Value) -> Option<impl Iterator<Item = &Value>> {
    let choices = answer.pointer("/output/choices")?.as_array()?;
    let contents = choices.iter().filter_map(|choice| choice.pointer("/message/content")?.as_array());
    Some(contents.flatten().filter_map(|part| part.get("image")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reject::Code;
    use http::HeaderValue;

    fn of(status: u16, body: &str) -> (JobState, Option<u32>) {
        let status = StatusCode::from_u16(status).unwrap();
        let outcome = Outcome::of_answer(status, &HeaderMap::new(), body.as_bytes());
        (outcome.state, outcome.made)
    }

    const TWO: &str = r#"{"output":{"choices":[{"message":{"content":[{"image":"https://a"}]}},
        {"message":{"content":[{"image":"https://b"},{"text":"x"}]}}]},"usage":{"image_count":1}}"#;

    #[test]
    fn a_success_counts_the_pictures_it_carries() {
        assert_eq!(of(200, TWO), (JobState::Done, Some(2)));
        assert_eq!(
            of(200, r#"{"output":{"choices":[]},"usage":{"image_count":3}}"#),
            (JobState::Done, Some(3))
        );
        assert_eq!(of(200, r#"{"code":"InternalError","message":"x"}"#), (JobState::Done, Some(0)));
    }

    #[test]
    fn a_shape_nobody_knows_keeps_the_reservation() {
        for body in [
            "{}",
            r#"{"code":"","message":""}"#,
            r#"{"code":null}"#,
            r#"{"code":200}"#,
            r#"{"output":{"choices":[]}}"#,
            r#"{"output":{"choices":[{"message":{"content":[{"picture":"https://a"}]}}]}}"#,
            r#"{"code":"","output":{"task_id":"1","task_status":"PENDING"}}"#,
        ] {
            assert_eq!(of(200, body), (JobState::Done, None), "{body}");
        }
        assert_eq!(of(200, r#"{"usage":{"output_image_count":2}}"#), (JobState::Done, Some(2)));
        assert_eq!(
            of(200, r#"{"usage":{"image_count":0},"output":{"choices":[]}}"#),
            (JobState::Done, Some(0))
        );
    }

    #[test]
    fn links_are_found_in_the_order_of_the_answer() {
        assert_eq!(picture_links(TWO.as_bytes()), ["https://a", "https://b"]);
        assert!(picture_links(b"{}").is_empty() && picture_links(b"<html>").is_empty());
    }

    #[test]
    fn a_refusal_is_final_and_free() {
        for status in [400, 401, 403, 404, 413, 422] {
            assert_eq!(of(status, "{}"), (JobState::Done, Some(0)), "{status}");
        }
        assert_eq!(of(408, "{}"), (JobState::Done, None));
    }

    #[test]
    fn a_busy_api_executed_nothing() {
        assert_eq!(of(429, "{}"), (JobState::Released, Some(0)));
        assert_eq!(of(503, "{}"), (JobState::Done, None), "without Retry-After it is an error like others");
        let wait = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("5"))]);
        let outcome = Outcome::of_answer(StatusCode::SERVICE_UNAVAILABLE, &wait, b"{}");
        assert_eq!(outcome.state, JobState::Released);
    }

    #[test]
    fn a_complete_server_error_is_final_and_may_have_cost() {
        for status in [500, 502, 504] {
            assert_eq!(of(status, TWO), (JobState::Done, None), "{status}");
        }
    }

    #[test]
    fn a_failure_follows_what_it_says_about_money() {
        assert_eq!(Outcome::of_failure(&Code::UpstreamUnreachable.into()).state, JobState::Released);
        assert_eq!(Outcome::of_failure(&Code::UpstreamTimeout.into()), Outcome::UNKNOWN);
        assert_eq!(Outcome::of_failure(&Code::AnswerBroken.into()), Outcome::UNKNOWN);
    }
}
