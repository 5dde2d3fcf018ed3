//! An upload seen from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use relay_policy::reject::{Charged, Code, Reject};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use super::{Progress, Scanned};

/// Watches an [`Upload`](super::Upload), and has the last word on its last bytes.
#[derive(Debug)]
pub(crate) struct UploadWatch {
    pub(super) received: Arc<AtomicU64>,
    pub(super) progress: watch::Receiver<Progress>,
    pub(super) given_back: oneshot::Receiver<Incoming>,
    pub(super) released: Option<oneshot::Sender<()>>,
    pub(super) started: Instant,
    pub(super) time: Duration,
    pub(super) bytes_per_second: u64,
}

impl UploadWatch {
    /// Returns when the body is complete or will not be.
    pub(crate) async fn scanned(&mut self) -> Result<Scanned, Reject> {
        match self.progress.wait_for(|progress| !matches!(progress, Progress::Running)).await {
            Ok(progress) => match &*progress {
                Progress::Scanned(scanned) => Ok(scanned.clone()),
                Progress::Refused(reject) => Err(reject.clone()),
                Progress::Running => Err(Code::Internal.into()),
            },
            // The connection to the API dropped the body before its end.
            Err(_) => Err(broken()),
        }
    }

    /// Why the body will not go out, if that is already known.
    pub(crate) fn refusal(&self) -> Option<Reject> {
        match &*self.progress.borrow() {
            Progress::Refused(reject) => Some(reject.clone()),
            Progress::Running | Progress::Scanned(_) => None,
        }
    }

    /// Lets the last bytes go: from here on the call may be executed. `false` when the connection to the API is gone
    /// already and took nothing with it.
    pub(crate) fn release(&mut self) -> bool {
        self.released.take().is_some_and(|released| released.send(()).is_ok())
    }

    /// What the connection left unread; it gives the body back when it is closed.
    pub(crate) async fn rest(self) -> Option<Incoming> {
        self.given_back.await.ok()
    }

    /// When the body is too slow. Moves on with every byte, so a trickle buys only the time it is worth.
    pub(crate) fn deadline(&self) -> Instant {
        let earned = self.received.load(Ordering::Relaxed) / self.bytes_per_second.max(1);
        self.started + self.time + Duration::from_secs(earned)
    }
}

/// The connection to the API broke before the call was complete.
pub(crate) fn broken() -> Reject {
    Reject::from(Code::UpstreamUnreachable)
        .with_message("The connection to the API broke while the body was sent. Nothing was executed.")
}

/// What an answer that came before the call was complete, and that is none, says about money: the API never had what it
/// could have executed.
pub(crate) fn ended_early(reject: Reject) -> Reject {
    match reject.code() {
        Code::AnswerBroken | Code::AnswerTimeout | Code::UpstreamInvalid => broken(),
        _ => reject.with_charged(Charged::No),
    }
}
