//! A request body on its way through: counted, capped and watched, never collected.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};
use tokio::time::Instant;

use crate::config::Limits;

/// How far an upload got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Progress {
    #[error("the body is still arriving")]
    Running,
    #[error("the body is complete")]
    Complete,
    #[error("the body is over the cap")]
    TooLarge,
    #[error("the body ended early")]
    Broken,
}

/// The body handed to the connection.
#[derive(Debug)]
pub(crate) struct Upload {
    /// Taken out when the upload ends early, see [`UploadWatch::rest`].
    inner: Option<Incoming>,
    give_back: Option<oneshot::Sender<Incoming>>,
    received: Arc<AtomicU64>,
    cap: u64,
    progress: watch::Sender<Progress>,
    /// Given back when the body is through, not when the answer is: a call waits much longer than it uploads.
    permit: Option<OwnedSemaphorePermit>,
}

/// Watches an [`Upload`] from outside.
#[derive(Debug)]
pub(crate) struct UploadWatch {
    received: Arc<AtomicU64>,
    progress: watch::Receiver<Progress>,
    given_back: oneshot::Receiver<Incoming>,
    started: Instant,
    time: Duration,
    bytes_per_second: u64,
}

impl Upload {
    pub(crate) fn new(inner: Incoming, limits: &Limits, permit: OwnedSemaphorePermit) -> (Self, UploadWatch) {
        let received = Arc::new(AtomicU64::new(0));
        let (progress, watched) = watch::channel(Progress::Running);
        let (give_back, given_back) = oneshot::channel();
        let watch = UploadWatch {
            received: Arc::clone(&received),
            progress: watched,
            given_back,
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
            permit: Some(permit),
        };
        (upload, watch)
    }

    fn end(&mut self, progress: Progress) {
        self.permit = None;
        self.progress.send_replace(progress);
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(inner), Some(give_back)) = (self.inner.take(), self.give_back.take()) {
            // Nobody waits for it any more when the caller is gone.
            let _ = give_back.send(inner);
        }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Progress;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Progress>>> {
        loop {
            let Some(inner) = &mut self.inner else { return Poll::Ready(None) };
            let frame = ready!(Pin::new(&mut *inner).poll_frame(cx));
            let is_last = inner.is_end_stream();
            let progress = match frame.map(|frame| frame.map(Frame::into_data)) {
                None => Progress::Complete,
                Some(Err(_)) => Progress::Broken,
                // Trailers are headers that came late: none of them is on the allow list.
                Some(Ok(Err(_))) => continue,
                Some(Ok(Ok(data))) => {
                    let size = data.len() as u64;
                    let received = self.received.fetch_add(size, Ordering::Relaxed).saturating_add(size);
                    if received <= self.cap {
                        if is_last {
                            self.end(Progress::Complete);
                        }
                        return Poll::Ready(Some(Ok(Frame::data(data))));
                    }
                    Progress::TooLarge
                }
            };
            self.end(progress);
            return Poll::Ready((progress != Progress::Complete).then_some(Err(progress)));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(SizeHint::default, Incoming::size_hint)
    }
}

impl UploadWatch {
    /// Returns when the body is through or will not be.
    pub(crate) async fn ended(&mut self) -> Progress {
        match self.progress.wait_for(|progress| *progress != Progress::Running).await {
            Ok(progress) => *progress,
            // The connection dropped the body before its end.
            Err(_) => Progress::Broken,
        }
    }

    /// What the connection left unread; it gives the body back when it is closed.
    pub(crate) async fn rest(self) -> Option<Incoming> {
        self.given_back.await.ok()
    }

    /// How far it is now.
    pub(crate) fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    /// When the body is too slow. Moves on with every byte, so a trickle buys only the time it is worth.
    pub(crate) fn deadline(&self) -> Instant {
        let earned = self.received.load(Ordering::Relaxed) / self.bytes_per_second.max(1);
        self.started + self.time + Duration::from_secs(earned)
    }
}
