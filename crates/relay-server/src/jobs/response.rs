//! How jobs are answered.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use http::{Response, StatusCode};
use relay_policy::headers::X_REQUEST_ID;
use relay_policy::idempotency::{IDEMPOTENCY_REPLAYED, JobKey};
use relay_policy::prefer::PREFERENCE_APPLIED;
use relay_policy::reject::{Charged, Code, OWN_ANSWER, Reject};
use relay_policy::security;
use serde_json::{Value, json};

use crate::body::{Body, full};
use crate::store::StoredAnswer;

/// A stored answer: the API's status and bytes, as they came.
pub(crate) fn replay(answer: StoredAnswer) -> Response<Body> {
    let mut response = Response::new(full(answer.body));
    *response.status_mut() = answer.status;
    json_headers(response.headers_mut());
    response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    if let Some(id) = answer.request_id.and_then(|id| HeaderValue::try_from(id).ok()) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

/// `202`: the call is on its way, and written down.
pub(crate) fn accepted(key: &JobKey) -> Response<Body> {
    let mut response = running(key);
    response.headers_mut().insert(PREFERENCE_APPLIED, HeaderValue::from_static("respond-async"));
    response
}

/// `202`: ask again.
pub(super) fn running(key: &JobKey) -> Response<Body> {
    let body = json!({"job": {"key": key.as_str(), "status": "running"}});
    let mut response = Response::new(full(body.to_string()));
    *response.status_mut() = StatusCode::ACCEPTED;
    let headers = response.headers_mut();
    json_headers(headers);
    headers.insert(OWN_ANSWER, HeaderValue::from_static("1"));
    headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    // The key's characters are all fit for a path.
    if let Ok(location) = HeaderValue::try_from(format!("/relay/jobs/{}", key.as_str())) {
        headers.insert(LOCATION, location);
    }
    response
}

/// The same for a key nobody used and for one of somebody else. Whether the call was charged cannot be told: an old job
/// is forgotten, too.
pub(super) fn not_found() -> Reject {
    Reject::from(Code::NotFound)
        .with_message(
            "There is no job with this key for this credential: it was never sent here, or too long ago.",
        )
        .with_charged(Charged::Unknown)
}

/// Whether there is a job with this key, and what it cost, cannot be told now.
pub(super) fn unreadable() -> Reject {
    Reject::from(Code::StateUnavailable)
        .with_message("The relay cannot read its jobs at the moment. Ask again with the same key.")
        .with_charged(Charged::Unknown)
}

/// The answer was handed out before, and went when room was needed.
pub(super) fn no_longer_kept() -> Reject {
    Reject::from(Code::JobUnknown).with_message(
        "The answer of this call was handed out before and is no longer kept. It may have been charged, and is not sent \
         again; a new attempt needs a new Idempotency-Key.",
    )
}

/// What stops a request says nothing about the call that it repeats.
pub(crate) fn of_repeated(reject: Reject) -> Reject {
    reject
        .with_message(
            "This call was sent before, and the request that repeats it could not be taken. Ask again with the same key.",
        )
        .with_charged(Charged::Unknown)
}

/// The API did not execute the call.
pub(super) fn released(last: Option<&StoredAnswer>) -> Reject {
    let reject = Reject::from(Code::NotFound)
        .with_message("The call with this key was not executed. It may be sent again with the same key.");
    with_last(reject, last)
}

/// The end of the call is not known.
pub(super) fn unknown(last: Option<&StoredAnswer>) -> Reject {
    with_last(Code::JobUnknown.into(), last)
}

fn with_last(reject: Reject, last: Option<&StoredAnswer>) -> Reject {
    let body = |answer: &StoredAnswer| serde_json::from_slice::<Value>(&answer.body).ok();
    match last.and_then(|answer| Some((answer.status, body(answer)?))) {
        Some((status, body)) => reject.with_last_error(status, &body),
        None => reject,
    }
}

fn json_headers(headers: &mut HeaderMap) {
    security::for_data(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
}
