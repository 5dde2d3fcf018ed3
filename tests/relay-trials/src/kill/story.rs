//! All that is known of one job: what its caller, the relay and the simulator said about it.

use http::StatusCode;

use crate::client::{Answer, sha256};
use crate::sim::Seen;

/// How far a job was, as its caller knew, when the relay went down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Its body was leaving.
    Uploading,
    /// Its body had left; there was no answer yet.
    Dispatching,
    /// `202`.
    Running,
    /// The API's answer was there.
    Done,
}

/// What the relay says about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// The API's answer, with the SHA-256 of its body.
    Done(String),
    Running,
    /// `outcome_unknown`.
    Unknown,
    NotFound,
    /// Something no caller should see here.
    Other(String),
}

impl Said {
    /// Reads an answer to a call or to a question for its result.
    pub(crate) fn of(answer: &Answer) -> Self {
        match (answer.status, answer.code().as_deref()) {
            (StatusCode::OK, _) => Self::Done(sha256(&answer.body)),
            (StatusCode::ACCEPTED, _) | (StatusCode::CONFLICT, Some("idempotency_running")) => Self::Running,
            (StatusCode::CONFLICT, Some("outcome_unknown")) => Self::Unknown,
            (StatusCode::NOT_FOUND, Some("not_found")) => Self::NotFound,
            (status, code) => Self::Other(format!("{status} {}", code.unwrap_or_default())),
        }
    }
}

/// What the caller heard before the relay went down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// There was a `202`.
    pub(crate) accepted: bool,
    /// The SHA-256 of the answer that was delivered.
    pub(crate) done: Option<String>,
    /// What should not have happened.
    pub(crate) oddities: Vec<String>,
}

/// The whole story.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) key: String,
    pub(crate) body_sha256: String,
    pub(crate) phase: Phase,
    pub(crate) before: Account,
    /// Asked for after the restart.
    pub(crate) after: Said,
    /// How many complete requests the simulator had until then.
    pub(crate) dispatched_before: usize,
    /// The same request again; when the relay knew nothing of the job, how that attempt ended.
    pub(crate) repeated: Said,
    /// Asked for when all rounds were over.
    pub(crate) at_end: Said,
    /// Complete requests at the simulator, when all rounds were over.
    pub(crate) dispatched: Vec<Seen>,
    /// When the relay went down, in milliseconds since 1970.
    pub(crate) down_ms: u64,
}

impl Story {
    /// For how long the simulator's answer had been on its way when the relay went down with it.
    pub(crate) fn answer_age_ms(&self) -> Option<u64> {
        let answered = self.dispatched.first()?.answered_ms?;
        self.down_ms.checked_sub(answered)
    }
}
