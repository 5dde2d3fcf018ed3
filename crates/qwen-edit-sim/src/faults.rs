//! Faults on demand: what `PUT /_sim/faults` accepts, and the queue that the next generation calls draw from.

use std::collections::VecDeque;
use std::time::Duration;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::failure::ApiFailure;

/// How one generation call shall go wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    /// Waited before anything is answered, on top of the usual latency.
    pub(crate) delay: Duration,
    pub(crate) outcome: Outcome,
    pub(crate) delivery: Delivery,
}

/// What the call answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The usual checks and pictures.
    Pictures(PictureFault),
    /// An error in the vendor's shape, whatever was asked. With status 200 it is the "code in 200" case.
    Failure(ApiFailure),
    /// What a load balancer shows.
    Html(StatusCode),
    Empty(StatusCode),
    /// The connection closes after the complete body was read.
    HangUp,
}

/// What is wrong with an answer that is otherwise a success.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct PictureFault {
    /// At most this many pictures succeed.
    pub(crate) partial: Option<usize>,
    /// Links start with `http://`, even when the public URL is https.
    pub(crate) http_links: bool,
    /// Links point to a host that no relay knows and that does not exist.
    pub(crate) unknown_host_links: bool,
    pub(crate) link_life: Option<Duration>,
}

/// How the answer's body travels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Delivery {
    #[default]
    Whole,
    Slow(Duration),
    BrokenMidway,
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            outcome: Outcome::Pictures(PictureFault::default()),
            delivery: Delivery::Whole,
        }
    }
}

/// First in, first out; every generation call takes one.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue(VecDeque<Fault>);

impl FaultQueue {
    pub(crate) fn extend(&mut self, faults: Vec<Fault>) {
        self.0.extend(faults);
    }

    /// The fault for the call that just arrived; the fault-free default when none is queued.
    pub(crate) fn next(&mut self) -> Fault {
        self.0.pop_front().unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Reads one fault or an array of them.
///
/// # Errors
/// A sentence that names the field.
pub(crate) fn parse_faults(json: &[u8]) -> Result<Vec<Fault>, String> {
    let value: Value =
        serde_json::from_slice(json).map_err(|error| format!("the body is not JSON: {error}"))?;
    let items = match value {
        Value::Array(items) => items,
        single => vec![single],
    };
    let mut faults = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let spec: FaultSpec = serde_path_to_error::deserialize(item)
            .map_err(|error| format!("faults[{index}].{}: {}", error.path(), error.inner()))?;
        let times = spec.times.unwrap_or(1);
        if !(1..=MAX_TIMES).contains(&times) {
            return Err(format!("faults[{index}].times: must be 1 to {MAX_TIMES}"));
        }
        let fault = spec.into_fault().map_err(|problem| format!("faults[{index}].{problem}"))?;
        faults.extend(std::iter::repeat_n(fault, times));
    }
    Ok(faults)
}

const MAX_TIMES: usize = 1000;

/// The JSON form. Flat, because tests write it by hand.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FaultSpec {
    status: Option<u16>,
    code: Option<String>,
    message: Option<String>,
    delay_ms: u64,
    drop: Option<DropWhen>,
    html: Option<u16>,
    empty: Option<u16>,
    code_in_200: Option<String>,
    partial: Option<usize>,
    slow_body: Option<u64>,
    http_links: bool,
    unknown_host_links: bool,
    link_life_ms: Option<u64>,
    times: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DropWhen {
    Before,
    Mid,
}

impl FaultSpec {
    fn into_fault(self) -> Result<Fault, String> {
        let delivery = match (self.drop, self.slow_body) {
            (Some(DropWhen::Mid), Some(_)) => return Err("slow_body: cannot go with `drop`".to_owned()),
            (Some(DropWhen::Mid), None) => Delivery::BrokenMidway,
            (_, Some(ms)) => Delivery::Slow(Duration::from_millis(ms)),
            (_, None) => Delivery::Whole,
        };
        Ok(Fault { delay: Duration::from_millis(self.delay_ms), outcome: self.into_outcome()?, delivery })
    }

    fn into_outcome(self) -> Result<Outcome, String> {
        let picture_fault = PictureFault {
            partial: self.partial,
            http_links: self.http_links,
            unknown_host_links: self.unknown_host_links,
            link_life: self.link_life_ms.map(Duration::from_millis),
        };
        let names_failure = self.status.is_some() || self.code_in_200.is_some();
        if self.code.is_some() && self.status.is_none() {
            return Err("code: needs `status` (or use `code_in_200`)".to_owned());
        }
        if self.message.is_some() && !names_failure {
            return Err("message: needs `status` or `code_in_200`".to_owned());
        }
        let mut outcomes = Vec::new();
        if let Some(status) = self.status {
            outcomes.push(("status", failure("status", status, self.code, self.message.as_deref())?));
        }
        if let Some(code) = self.code_in_200 {
            outcomes.push(("code_in_200", failure("code_in_200", 200, Some(code), self.message.as_deref())?));
        }
        if let Some(status) = self.html {
            outcomes.push(("html", Outcome::Html(status_code("html", status)?)));
        }
        if let Some(status) = self.empty {
            outcomes.push(("empty", Outcome::Empty(status_code("empty", status)?)));
        }
        if self.drop == Some(DropWhen::Before) {
            outcomes.push(("drop", Outcome::HangUp));
        }
        if picture_fault != PictureFault::default() {
            outcomes.push((
                "partial, http_links, unknown_host_links, link_life_ms",
                Outcome::Pictures(picture_fault),
            ));
        }
        match outcomes.as_slice() {
            [(first, _), (second, _), ..] => Err(format!("{first}: cannot go with `{second}`")),
            _ => {
                Ok(outcomes.pop().map_or(Outcome::Pictures(PictureFault::default()), |(_, outcome)| outcome))
            }
        }
    }
}

fn failure(field: &str, status: u16, code: Option<String>, message: Option<&str>) -> Result<Outcome, String> {
    let status = status_code(field, status)?;
    let code = code.unwrap_or_else(|| usual_code(status).to_owned());
    let message = message.unwrap_or("A fault that was asked for.");
    Ok(Outcome::Failure(ApiFailure::new(status, code, message)))
}

fn status_code(field: &str, status: u16) -> Result<StatusCode, String> {
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| (200..600).contains(&status.as_u16()))
        .ok_or_else(|| format!("{field}: must be an HTTP status from 200 to 599, not {status}"))
}

/// The code that usually comes with a status, so that `{"status":429}` alone is a believable answer.
fn usual_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "InvalidParameter",
        401 => "InvalidApiKey",
        403 => "AccessDenied",
        404 => "ModelNotFound",
        408 => "RequestTimeOut",
        413 => "BadRequest.TooLarge",
        429 => "Throttling.RateQuota",
        503 => "ServiceUnavailable",
        _ => "InternalError",
    }
}

#[cfg(test)]
mod tests;
