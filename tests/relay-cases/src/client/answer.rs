//! What came back.

use std::io;

use sha2::{Digest as _, Sha256};
use tokio::io::AsyncRead;

use crate::wire::{Extent, Head, Reader};
use crate::world::hex;

/// More of a body than this is counted, not kept.
const KEPT_BYTES: usize = 4 << 20;

/// An answer, or the end of the connection without one.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Answer(Answer),
    /// In words: closed, reset, silent for too long, not HTTP.
    None(String),
}

impl Reply {
    pub(crate) fn status(&self) -> Option<u16> {
        self.answer().map(|answer| answer.status)
    }

    pub(crate) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            Self::None(_) => None,
        }
    }

    /// For messages: the status with the relay's error code, or why there is none.
    pub(crate) fn in_short(&self) -> String {
        match self {
            Self::Answer(answer) => match answer.error_code() {
                Some(code) => format!("{} {code}", answer.status),
                None => answer.status.to_string(),
            },
            Self::None(why) => why.clone(),
        }
    }
}

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case, duplicates kept.
    pub(crate) headers: Vec<(String, String)>,
    /// The beginning, which for all but pictures is everything.
    pub(crate) body: Vec<u8>,
    pub(crate) body_bytes: u64,
    pub(crate) body_sha256: String,
    /// False when the transfer broke.
    pub(crate) is_complete: bool,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The code of an error the relay itself made.
    pub(crate) fn error_code(&self) -> Option<String> {
        Some(self.json()?.get("error")?.get("code")?.as_str()?.to_owned())
    }

    /// "no", "yes" or "unknown", in an error the relay itself made.
    pub(crate) fn charged(&self) -> Option<String> {
        Some(self.json()?.get("error")?.get("charged")?.as_str()?.to_owned())
    }

    pub(crate) fn is_replay(&self) -> bool {
        self.header("idempotency-replayed") == Some("true")
    }
}

/// Reads the final answer, past all interim ones.
pub(super) async fn read<R: AsyncRead + Unpin>(
    reader: &mut Reader<R>,
    to_head_request: bool,
) -> io::Result<Option<Answer>> {
    loop {
        let Some(head) = reader.head().await? else { return Ok(None) };
        let status = status(&head)?;
        if (100..200).contains(&status) && status != 101 {
            continue;
        }
        let extent = match head.extent()? {
            _ if to_head_request || matches!(status, 101 | 204 | 304) => Extent::Nothing,
            Some(extent) => extent,
            None => Extent::Everything,
        };
        let (mut body, mut body_bytes, mut hasher) = (Vec::new(), 0, Sha256::new());
        let mut take = |bytes: &[u8]| {
            body_bytes += bytes.len() as u64;
            hasher.update(bytes);
            let room = KEPT_BYTES.saturating_sub(body.len()).min(bytes.len());
            body.extend_from_slice(&bytes[..room]);
        };
        let is_complete = reader.body(extent, &mut take).await.is_ok();
        let body_sha256 = hex(&hasher.finalize());
        let headers = head.headers;
        return Ok(Some(Answer { status, headers, body, body_bytes, body_sha256, is_complete }));
    }
}

fn status(head: &Head) -> io::Result<u16> {
    let version = head.line.starts_with("HTTP/1.");
    let status = head.line.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.filter(|_| version).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, head.line.clone()))
}

/// Why a connection gave no answer, in words.
pub(super) fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "connection reset".to_owned(),
        io::ErrorKind::UnexpectedEof => "connection closed within an answer".to_owned(),
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::InvalidData => format!("not HTTP: {error}"),
        _ => error.to_string(),
    }
}
