//! A request body on its way through: counted, capped, scanned and hashed as it passes, never collected.
//!
//! The newest byte is always held back, and the closing brace with all behind it until the relay has decided, and written
//! down, that the call goes out. Before that the API has neither a complete body nor complete JSON: nothing that
//! anybody could execute or charge.

mod hold_back;
mod watch;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming};
use relay_policy::idempotency::{Fingerprint, FingerprintHasher};
use relay_policy::reject::{Code, Reject};
use relay_policy::scan::{Facts, Scanner};
use tokio::sync::{oneshot, watch as channel};
use tokio::time::Instant;

use crate::config::Limits;
use crate::upload_room::Reservation;
use hold_back::HoldBack;
pub(crate) use watch::{UploadWatch, broken, ended_early};

/// How far an upload got.
#[derive(Debug, Clone)]
pub(crate) enum Progress {
    /// The body is still arriving.
    Running,
    /// The body arrived and is one JSON object; its last bytes wait for [`UploadWatch::release`].
    Scanned(Scanned),
    /// The body will not go out.
    Refused(Reject),
}

/// What a complete body says.
#[derive(Debug, Clone)]
pub(crate) struct Scanned {
    pub(crate) facts: Facts,
    /// Of a call with a key.
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// Ends the body handed to the connection; the reason is in [`Progress`].
#[derive(Debug, thiserror::Error)]
#[error("the request body does not go out")]
pub(crate) struct Withheld;

/// The body handed to the connection.
pub(crate) struct Upload {
    /// Taken out when the upload ends early, see [`UploadWatch::rest`].
    inner: Option<Incoming>,
    give_back: Option<oneshot::Sender<Incoming>>,
    received: Arc<AtomicU64>,
    cap: u64,
    progress: channel::Sender<Progress>,
    checks: Option<Checks>,
    bytes: HoldBack,
    release: oneshot::Receiver<()>,
    /// Given back when the body is through, not when the answer is: a call waits much longer than it uploads.
    room: Option<Reservation>,
    ended: bool,
}

/// What reads along; gone when the body is complete.
struct Checks {
    scanner: Scanner,
    hasher: Option<FingerprintHasher>,
}

impl Upload {
    /// `hasher` is given for a call with a key.
    pub(crate) fn new(
        inner: Incoming,
        limits: &Limits,
        room: Reservation,
        hasher: Option<FingerprintHasher>,
    ) -> (Self, UploadWatch) {
        let received = Arc::new(AtomicU64::new(0));
        let (progress, watched) = channel::channel(Progress::Running);
        let (give_back, given_back) = oneshot::channel();
        let (released, release) = oneshot::channel();
        let watch = UploadWatch {
            received: Arc::clone(&received),
            progress: watched,
            given_back,
            released: Some(released),
            started: Instant::now(),
            time: limits.body_timeout,
            bytes_per_second: limits.body_bytes_per_second,
        };
        let upload = Self {
            inner: Some(inner),
            give_back: Some(give_back),
            received,
            cap: limits.body_bytes,
            progress,
            checks: Some(Checks { scanner: Scanner::new(), hasher }),
            bytes: HoldBack::default(),
            release,
            room: Some(room),
            ended: false,
        };
        (upload, watch)
    }

    /// Reads along. All but the last byte may go on, up to the closing brace.
    fn take(&mut self, data: Bytes) -> Result<(), Reject> {
        let size = data.len() as u64;
        let received = self.received.fetch_add(size, Ordering::Relaxed).saturating_add(size);
        if received > self.cap {
            return Err(Code::BodyTooLarge.into());
        }
        let Some(checks) = &mut self.checks else { return Err(Code::Internal.into()) };
        if let Some(hasher) = &mut checks.hasher {
            hasher.update(&data);
        }
        let sendable = checks.scanner.push(&data)?;
        self.bytes
            .take(data, sendable)
            .map_err(|too_long| Reject::from(Code::BadJson).with_message(too_long.to_string()))
    }

    /// The body is complete.
    fn conclude(&mut self) -> Result<Scanned, Reject> {
        let Some(checks) = self.checks.take() else { return Err(Code::Internal.into()) };
        let facts = checks.scanner.finish()?;
        Ok(Scanned { facts, fingerprint: checks.hasher.map(FingerprintHasher::finish) })
    }

    fn refuse(&mut self, reject: Reject) -> Poll<Option<Result<Frame<Bytes>, Withheld>>> {
        self.room = None;
        self.ended = true;
        self.progress.send_replace(Progress::Refused(reject));
        Poll::Ready(Some(Err(Withheld)))
    }

    /// Passes on what may go, until everything has arrived.
    fn poll_arriving(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Reject>> {
        loop {
            if let Some(data) = self.bytes.next() {
                return Poll::Ready(Ok(Some(data)));
            }
            let Some(inner) = &mut self.inner else { return Poll::Ready(Ok(None)) };
            match ready!(Pin::new(inner).poll_frame(cx)).map(|frame| frame.map(Frame::into_data)) {
                None => return Poll::Ready(Ok(None)),
                Some(Err(_)) => return Poll::Ready(Err(Code::BodyIncomplete.into())),
                // Trailers are headers that came late: none of them is on the allow list.
                Some(Ok(Err(_))) => {}
                Some(Ok(Ok(data))) if data.is_empty() => {}
                Some(Ok(Ok(data))) => self.take(data)?,
            }
        }
    }

    /// Passes on what was held back, once it is released.
    fn poll_released(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Withheld>>> {
        if self.bytes.holds() {
            match ready!(Pin::new(&mut self.release).poll(cx)) {
                Ok(()) => self.bytes.release(),
                // The call was refused; its connection is about to be closed.
                Err(_) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(Withheld)));
                }
            }
        }
        let data = self.bytes.next();
        self.ended = self.bytes.is_through();
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(inner), Some(give_back)) = (self.inner.take(), self.give_back.take()) {
            // Nobody waits for it any more when the call is over.
            let _ = give_back.send(inner);
        }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Withheld;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Withheld>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.checks.is_some() {
            match ready!(self.poll_arriving(cx)) {
                Ok(Some(data)) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Err(reject) => return self.refuse(reject),
                Ok(None) => match self.conclude() {
                    Ok(scanned) => {
                        self.room = None;
                        self.progress.send_replace(Progress::Scanned(scanned));
                    }
                    Err(reject) => return self.refuse(reject),
                },
            }
        }
        self.poll_released(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}
