//! The log of everything that reached the API port, for tests that ask "what was really sent, and how often?".

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime};

use axum::http::header::{AUTHORIZATION, COOKIE, HeaderMap, PROXY_AUTHORIZATION};
use axum::http::request::Parts;
use bytes::Bytes;
use parking_lot::Mutex;
use serde::Serialize;

use crate::store::{BoundedStore, StoreLimit};
use crate::world::unix_millis;

/// How many requests are remembered.
const MAX_ENTRIES: usize = 1000;
/// How many bodies are remembered, and how many bytes of them.
const KEPT_BODIES: StoreLimit = StoreLimit { entries: 16, bytes: 512 * 1024 * 1024 };

/// Names one request of this run; counts from 1 and is never used again, not even after a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct LogId(u64);

/// One request as `GET /_sim/requests` shows it. Holds no key, and no query string, where signatures live.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LogEntry {
    id: LogId,
    method: String,
    path: String,
    /// Milliseconds since 1970.
    arrived_ms: u64,
    headers: BTreeMap<String, String>,
    /// Whether the whole body arrived.
    complete: bool,
    /// Bytes of the body that arrived so far.
    body_size: u64,
    /// Lower-case hexadecimal; absent while the body is not complete.
    body_sha256: Option<String>,
    /// The `model` of a generation call whose body is JSON.
    model: Option<String>,
    /// The `parameters.n` of a generation call, when it is there and an integer.
    n: Option<i64>,
    /// Before this time a generation call does not succeed, in milliseconds since 1970; for tests that want to be there.
    due_ms: Option<u64>,
    /// The answer's status; absent when there was no answer (yet): dropped by a fault, or the caller left.
    status: Option<u16>,
    /// When the answer was ready to be sent, in milliseconds since 1970; absent like `status`.
    answered_ms: Option<u64>,
    /// Of the body a generation call is answered with, in lower-case hexadecimal; a fault may send only a part of it.
    answer_sha256: Option<String>,
}

/// Safe to use from all handlers at once.
#[derive(Debug)]
pub(crate) struct RequestLog {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    last_id: u64,
    entries: VecDeque<LogEntry>,
    bodies: BoundedStore<Bytes>,
}

impl RequestLog {
    pub(crate) fn new() -> Self {
        let bodies = BoundedStore::new(KEPT_BODIES);
        Self { inner: Mutex::new(Inner { last_id: 0, entries: VecDeque::new(), bodies }) }
    }

    /// Notes a request whose headers have arrived.
    pub(crate) fn arrived(&self, parts: &Parts) -> LogId {
        let mut inner = self.inner.lock();
        inner.last_id += 1;
        let id = LogId(inner.last_id);
        if inner.entries.len() == MAX_ENTRIES {
            inner.entries.pop_front();
        }
        inner.entries.push_back(LogEntry {
            id,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            arrived_ms: unix_millis(SystemTime::now()),
            headers: without_secrets(&parts.headers),
            complete: false,
            body_size: 0,
            body_sha256: None,
            model: None,
            n: None,
            due_ms: None,
            status: None,
            answered_ms: None,
            answer_sha256: None,
        });
        id
    }

    pub(crate) fn received(&self, id: LogId, body_size: u64) {
        self.change(id, |entry| entry.body_size = body_size);
    }

    pub(crate) fn completed(&self, id: LogId, sha256: String, body: &Bytes) {
        self.change(id, |entry| {
            entry.complete = true;
            entry.body_sha256 = Some(sha256);
        });
        if !body.is_empty() {
            self.inner.lock().bodies.insert(id.0.to_string(), body.len(), body.clone());
        }
    }

    pub(crate) fn parsed(&self, id: LogId, model: Option<String>, n: Option<i64>) {
        self.change(id, |entry| {
            entry.model = model;
            entry.n = n;
        });
    }

    pub(crate) fn due_in(&self, id: LogId, latency: Duration) {
        self.change(id, |entry| entry.due_ms = Some(unix_millis(SystemTime::now() + latency)));
    }

    pub(crate) fn answered(&self, id: LogId, status: u16) {
        self.change(id, |entry| {
            entry.status = Some(status);
            entry.answered_ms = Some(unix_millis(SystemTime::now()));
        });
    }

    pub(crate) fn answer_made(&self, id: LogId, sha256: String) {
        self.change(id, |entry| entry.answer_sha256 = Some(sha256));
    }

    /// Oldest first.
    pub(crate) fn entries(&self) -> Vec<LogEntry> {
        self.inner.lock().entries.iter().cloned().collect()
    }

    pub(crate) fn body(&self, id: u64) -> Option<Bytes> {
        self.inner.lock().bodies.get(&id.to_string()).cloned()
    }

    pub(crate) fn clear(&self) {
        let mut inner = self.inner.lock();
        inner.entries.clear();
        inner.bodies.clear();
    }

    fn change(&self, id: LogId, change: impl FnOnce(&mut LogEntry)) {
        let mut inner = self.inner.lock();
        if let Some(entry) = inner.entries.iter_mut().rev().find(|entry| entry.id == id) {
            change(entry);
        }
    }
}

/// Header names in lower case; repeated headers joined by a comma; credentials cut down to their kind.
fn without_secrets(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let text = if name == AUTHORIZATION || name == PROXY_AUTHORIZATION {
            credential_kind(value.to_str().unwrap_or_default())
        } else if name == COOKIE {
            "***".to_owned()
        } else {
            masked(&String::from_utf8_lossy(value.as_bytes()))
        };
        shown
            .entry(name.as_str().to_owned())
            .and_modify(|known| {
                known.push_str(", ");
                known.push_str(&text);
            })
            .or_insert(text);
    }
    shown
}

/// `Bearer sk-abc` becomes `Bearer sk-***`.
fn credential_kind(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, key)) if key.trim_start().starts_with("sk-") => format!("{scheme} sk-***"),
        Some((scheme, _)) => format!("{scheme} ***"),
        None => "***".to_owned(),
    }
}

/// A key that someone put into a header of their own making is still a key.
fn masked(value: &str) -> String {
    let words = value.split(' ').map(|word| if word.starts_with("sk-") { "sk-***" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn credentials_are_cut_down_to_their_kind() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", "Bearer sk-secret"),
            ("proxy-authorization", "Basic c2VjcmV0"),
            ("cookie", "session=secret"),
            ("x-api-key", "sk-secret"),
            ("x-auth", "Token sk-secret"),
            ("x-plain", "plain"),
        ] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers.append("x-plain", HeaderValue::from_static("twice"));
        let shown = without_secrets(&headers);
        assert_eq!(shown["authorization"], "Bearer sk-***");
        assert_eq!(shown["proxy-authorization"], "Basic ***");
        assert_eq!(shown["cookie"], "***");
        assert_eq!(shown["x-api-key"], "sk-***");
        assert_eq!(shown["x-auth"], "Token sk-***");
        assert_eq!(shown["x-plain"], "plain, twice");
    }

    #[test]
    fn a_credential_of_unknown_form_is_hidden_whole() {
        assert_eq!(credential_kind("sk-secret"), "***");
        assert_eq!(credential_kind("Bearer topsecret"), "Bearer ***");
    }
}
