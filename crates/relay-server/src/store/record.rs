//! One stored job, and the answer kept for it.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use relay_policy::idempotency::{Fingerprint, JobState};
use serde::{Deserialize, Serialize};

/// What is known about a job besides its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    state: State,
    fingerprint: [u8; 32],
    /// When it last changed, in seconds since 1970.
    pub(super) changed: u64,
    /// Bytes of its answer.
    pub(super) answer_bytes: u64,
    /// When the answer was last handed out, in seconds since 1970.
    #[serde(default)]
    pub(super) handed_out: Option<u64>,
    /// Whether pictures were made, or may have been.
    pub(super) paid: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Dispatching,
    Done,
    Released,
    OutcomeUnknown,
}

impl Record {
    /// A call that goes out now.
    pub(super) fn dispatching(fingerprint: Fingerprint, now: u64) -> Self {
        Self {
            state: State::Dispatching,
            fingerprint: fingerprint.0,
            changed: now,
            answer_bytes: 0,
            handed_out: None,
            paid: true,
        }
    }

    pub(super) fn state(&self) -> JobState {
        match self.state {
            State::Dispatching => JobState::Dispatching,
            State::Done => JobState::Done,
            State::Released => JobState::Released,
            State::OutcomeUnknown => JobState::Unknown,
        }
    }

    pub(super) fn set_state(&mut self, state: JobState) {
        self.state = match state {
            JobState::Dispatching => State::Dispatching,
            JobState::Done => State::Done,
            JobState::Released => State::Released,
            JobState::Unknown => State::OutcomeUnknown,
        };
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.fingerprint)
    }

    pub(super) fn encode(&self) -> Result<Vec<u8>, redb::Error> {
        serde_json::to_vec(self).map_err(|error| redb::Error::Corrupted(error.to_string()))
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, redb::Error> {
        serde_json::from_slice(bytes).map_err(|error| redb::Error::Corrupted(error.to_string()))
    }
}

/// An answer as it is kept and replayed: the API's status and bytes, unchanged, and its request id.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StoredAnswer {
    pub(crate) status: StatusCode,
    pub(crate) request_id: Option<String>,
    pub(crate) body: Bytes,
}

/// Without the body: its links are secrets while they live.
impl fmt::Debug for StoredAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAnswer")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// The part of an answer that stands before its body.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    status: u16,
    request_id: Option<String>,
}

impl StoredAnswer {
    /// One line of JSON, then the body as it came.
    pub(super) fn encode(&self) -> Result<Vec<u8>, redb::Error> {
        let head = Head { status: self.status.as_u16(), request_id: self.request_id.clone() };
        let mut bytes =
            serde_json::to_vec(&head).map_err(|error| redb::Error::Corrupted(error.to_string()))?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.body);
        Ok(bytes)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, redb::Error> {
        let corrupted = || redb::Error::Corrupted("a stored answer is not readable".to_owned());
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(corrupted)?;
        let (head, body) = bytes.split_at(end);
        let head: Head = serde_json::from_slice(head).map_err(|_| corrupted())?;
        Ok(Self {
            status: StatusCode::from_u16(head.status).map_err(|_| corrupted())?,
            request_id: head.request_id,
            body: Bytes::copy_from_slice(body.get(1..).unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_back_byte_by_byte() {
        for body in ["", "{}", "{\n\"a\":1}\n\n"] {
            let answer = StoredAnswer {
                status: StatusCode::BAD_REQUEST,
                request_id: Some("r-1".to_owned()),
                body: Bytes::from_static(body.as_bytes()),
            };
            assert_eq!(StoredAnswer::decode(&answer.encode().unwrap()).unwrap(), answer);
        }
        assert!(StoredAnswer::decode(b"{}").is_err());
    }

    #[test]
    fn a_link_is_not_shown() {
        let body = Bytes::from_static(br#"{"image":"https://a.example/1.png?Signature=canary"}"#);
        let answer = StoredAnswer { status: StatusCode::OK, request_id: None, body };
        let shown = format!("{answer:?}");
        assert!(!shown.contains("canary") && shown.contains("52 bytes"), "{shown}");
    }

    #[test]
    fn every_state_comes_back() {
        let mut record = Record::dispatching(Fingerprint([7; 32]), 5);
        for state in [JobState::Dispatching, JobState::Done, JobState::Released, JobState::Unknown] {
            record.set_state(state);
            assert_eq!(Record::decode(&record.encode().unwrap()).unwrap().state(), state);
        }
        assert_eq!(record.fingerprint(), Fingerprint([7; 32]));
    }
}
