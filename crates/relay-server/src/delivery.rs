//! Answers over HTTP/2 that their caller does not take.
//!
//! A caller may hold an answer up for ever by giving no window, and the library has no clock for that. So an answer
//! leaves here in small pieces that report when they were written. A stream none of whose pieces moved for a while
//! is dropped, which resets it; the other streams of the connection, paid calls perhaps, go on.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use hyper::body::{Body, Frame, SizeHint};
use hyper::rt::Executor;
use tokio::time::{Instant, sleep_until};

/// A piece that does not move within the limit ends the stream, so this is also the smallest speed: 16 KiB in 60 s.
const PIECE: usize = 16 * 1024;

tokio::task_local! {
    /// The delivery of the stream whose task this is.
    static CURRENT: Delivery;
}

/// One answer on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Delivery(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Pieces handed over and not yet written.
    outstanding: usize,
    /// When a piece was last written, or the first of them handed over.
    since: Instant,
    /// Waits for the last piece.
    waker: Option<Waker>,
}

impl Delivery {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(State { outstanding: 0, since: Instant::now(), waker: None })))
    }

    /// The one of the running task.
    pub(crate) fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_else(|_| Self::new())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand_over(&self, bytes: Bytes) -> Piece {
        let mut state = self.state();
        if state.outstanding == 0 {
            state.since = Instant::now();
        }
        state.outstanding += 1;
        Piece { bytes, delivery: self.clone() }
    }

    fn poll_written(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.outstanding == 0 {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Returns when there was something to write for so long and nothing was written.
    async fn stalled(&self, limit: Duration) {
        loop {
            let (is_waiting, since) = {
                let state = self.state();
                (state.outstanding > 0, state.since)
            };
            let deadline = if is_waiting { since } else { Instant::now() } + limit;
            if deadline <= Instant::now() {
                return;
            }
            sleep_until(deadline).await;
        }
    }
}

/// A part of an answer; dropped when it was written.
pub(crate) struct Piece {
    bytes: Bytes,
    delivery: Delivery,
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").field("length", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let mut state = self.delivery.state();
        state.outstanding -= 1;
        state.since = Instant::now();
        let waker = if state.outstanding == 0 { state.waker.take() } else { None };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// A body that leaves in watched pieces. It ends when the last of them is written, not before: a stream without a
/// body left would be out of reach.
#[derive(Debug)]
pub(crate) struct Delivered<B> {
    inner: B,
    /// What the inner body gave and did not fit into one piece.
    rest: Bytes,
    has_begun: bool,
    delivery: Delivery,
}

impl<B> Delivered<B> {
    pub(crate) fn new(inner: B, delivery: Delivery) -> Self {
        Self { inner, rest: Bytes::new(), has_begun: false, delivery }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Delivered<B> {
    type Data = Piece;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, B::Error>>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.inner).poll_frame(cx)).transpose()?.map(Frame::into_data) {
                Some(Ok(data)) => self.rest = data,
                // The relay's answers have no trailers.
                Some(Err(_)) => {}
                None => return self.delivery.poll_written(cx).map(|()| None),
            }
        }
        self.has_begun = true;
        let length = self.rest.len().min(PIECE);
        let bytes = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(self.delivery.hand_over(bytes)))))
    }

    fn is_end_stream(&self) -> bool {
        !self.has_begun && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (self.inner.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(rest));
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

/// Runs each stream of a connection until it ends or stalls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StreamExecutor {
    pub(crate) limit: Duration,
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for StreamExecutor {
    fn execute(&self, stream: F) {
        let (delivery, limit) = (Delivery::new(), self.limit);
        tokio::spawn(CURRENT.scope(delivery.clone(), async move {
            tokio::select! {
                biased;
                () = stream => {}
                () = delivery.stalled(limit) => tracing::debug!("reset a stream whose answer is not taken"),
            }
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{BodyExt as _, Empty, Full};
    use std::future::poll_fn;
    use std::task::Poll;
    use tokio::time::{sleep, timeout};

    const LIMIT: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn large_frames_leave_in_pieces_and_the_end_waits_for_them() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|index| index as u8).collect();
        let mut body = Delivered::new(Full::from(bytes.clone()), Delivery::new());
        assert_eq!(body.size_hint().exact(), Some(100_000));
        let mut pieces = Vec::new();
        while pieces.iter().map(Piece::remaining).sum::<usize>() < bytes.len() {
            pieces.push(body.frame().await.unwrap().unwrap().into_data().unwrap());
            assert!(!body.is_end_stream());
        }
        assert!(pieces.iter().all(|piece| piece.remaining() <= PIECE));
        assert_eq!(pieces.iter().flat_map(|piece| piece.chunk().to_vec()).collect::<Vec<_>>(), bytes);
        let mut end = tokio::spawn(async move { body.frame().await.is_none() });
        let last = pieces.pop();
        drop(pieces);
        assert!(timeout(Duration::from_millis(20), &mut end).await.is_err(), "one piece is not written");
        drop(last);
        assert!(end.await.unwrap());
    }

    #[test]
    fn an_empty_body_ends_at_once() {
        assert!(Delivered::new(Empty::<Bytes>::new(), Delivery::new()).is_end_stream());
    }

    #[tokio::test(start_paused = true)]
    async fn only_waiting_for_the_caller_counts() {
        let delivery = Delivery::new();
        let started = Instant::now();
        let stalled = tokio::spawn({
            let delivery = delivery.clone();
            async move { delivery.stalled(LIMIT).await }
        });
        sleep(Duration::from_secs(200)).await;
        assert!(!stalled.is_finished(), "the answer is not there yet");
        let (first, second) = (delivery.hand_over(Bytes::new()), delivery.hand_over(Bytes::new()));
        sleep(Duration::from_secs(50)).await;
        drop(first);
        sleep(Duration::from_secs(50)).await;
        assert!(!stalled.is_finished(), "a piece moved meanwhile");
        stalled.await.unwrap();
        assert_eq!(started.elapsed().as_secs(), 310);
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stalled_stream_is_dropped_and_others_go_on() {
        struct Held(Arc<Mutex<bool>>);
        impl Drop for Held {
            fn drop(&mut self) {
                *self.0.lock().unwrap() = true;
            }
        }
        let dropped = Arc::new(Mutex::new(false));
        let held = Held(Arc::clone(&dropped));
        let executor = StreamExecutor { limit: LIMIT };
        executor.execute(async move {
            let _held = held;
            let _piece = Delivery::current().hand_over(Bytes::from_static(b"x"));
            poll_fn(|_| Poll::<()>::Pending).await;
        });
        let (done, finished) = tokio::sync::oneshot::channel();
        executor.execute(async move {
            sleep(LIMIT * 2).await;
            let _ = done.send(());
        });
        sleep(LIMIT + Duration::from_secs(1)).await;
        assert!(*dropped.lock().unwrap());
        finished.await.unwrap();
    }
}
