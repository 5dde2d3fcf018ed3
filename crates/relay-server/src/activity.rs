//! What happens on one connection, and when it has been waiting for its caller too long.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Counts the requests of one connection whose answers are not complete, and knows whether a request head is
/// under way.
#[derive(Debug, Clone)]
pub(crate) struct Activity(Arc<watch::Sender<State>>);

#[derive(Debug, Clone, Copy)]
struct State {
    open: usize,
    /// When the last answer was complete, at first when the connection began.
    since: Instant,
    /// When a head began.
    head: Option<Instant>,
}

impl Activity {
    /// A connection that begins now. Its first head counts as begun: a caller that connects has something to say.
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self(Arc::new(watch::Sender::new(State { open: 0, since: now, head: Some(now) })))
    }

    /// A request that is open until the guard is dropped.
    pub(crate) fn begin(&self) -> OpenRequest {
        self.0.send_modify(|state| state.open += 1);
        OpenRequest(self.clone())
    }

    /// Whether bytes of a head have come that is not complete yet.
    pub(crate) fn head_is_open(&self, is_open: bool) {
        self.0.send_if_modified(|state| {
            let changed = state.head.is_some() != is_open;
            if changed {
                state.head = is_open.then(Instant::now);
            }
            changed
        });
    }

    /// Returns when there was no open request for `idle`, or a head took longer than `header`. While a request is
    /// open neither clock runs: a paid call is not cut for what its caller does meanwhile.
    pub(crate) async fn expired(&self, header: Duration, idle: Duration) {
        self.after(|state| {
            let head = state.head.map(|began| began.max(state.since) + header);
            let idle = state.since + idle;
            head.map_or(idle, |head| head.min(idle))
        })
        .await;
    }

    /// Returns when there was no open request for `limit`.
    pub(crate) async fn quiet_for(&self, limit: Duration) {
        self.after(|state| state.since + limit).await;
    }

    async fn after(&self, deadline: impl Fn(State) -> Instant) {
        let mut changes = self.0.subscribe();
        loop {
            let state = *changes.borrow_and_update();
            let changed = changes.changed();
            if state.open > 0 {
                // The sender lives in `self`, so this cannot fail.
                let _ = changed.await;
                continue;
            }
            tokio::select! {
                _ = changed => {}
                () = sleep_until(deadline(state)) => return,
            }
        }
    }
}

/// One request without a complete answer; dropped with it, or when the caller breaks off.
#[derive(Debug)]
pub(crate) struct OpenRequest(Activity);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| {
            state.open -= 1;
            state.since = Instant::now();
        });
    }
}

/// A body whose request is open as long as it is.
#[derive(Debug)]
pub(crate) struct Counted<B> {
    inner: B,
    _open: OpenRequest,
}

impl<B> Counted<B> {
    pub(crate) fn new(inner: B, open: OpenRequest) -> Self {
        Self { inner, _open: open }
    }
}

impl Counted<crate::body::Body> {
    /// The same without content.
    pub(crate) fn emptied(self) -> Self {
        Self { inner: crate::body::empty(), ..self }
    }
}

impl<B: Body + Unpin> Body for Counted<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    const HEADER: Duration = Duration::from_secs(10);
    const IDLE: Duration = Duration::from_secs(60);

    fn expiry(activity: &Activity) -> tokio::task::JoinHandle<Instant> {
        let activity = activity.clone();
        tokio::spawn(async move {
            activity.expired(HEADER, IDLE).await;
            Instant::now()
        })
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_counts_from_the_end_of_the_last_answer() {
        let started = Instant::now();
        let activity = Activity::new();
        activity.head_is_open(false);
        let open = activity.begin();
        let expired = expiry(&activity);
        sleep(Duration::from_secs(300)).await;
        assert!(!expired.is_finished(), "a running call is not idle");
        drop(open);
        assert_eq!((expired.await.unwrap() - started).as_secs(), 360);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_connection_and_a_slow_head_have_the_short_limit() {
        let started = Instant::now();
        let activity = Activity::new();
        let silent = expiry(&activity);
        sleep(Duration::from_secs(5)).await;
        activity.head_is_open(true);
        assert_eq!((silent.await.unwrap() - started).as_secs(), 10, "the first byte buys nothing");
        activity.head_is_open(false);
        let next = expiry(&activity);
        sleep(Duration::from_secs(20)).await;
        activity.head_is_open(true);
        assert_eq!((next.await.unwrap() - started).as_secs(), 40, "ten seconds from the first byte");
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_head_behind_a_running_call_does_not_end_it() {
        let started = Instant::now();
        let activity = Activity::new();
        let open = activity.begin();
        activity.head_is_open(true);
        let expired = expiry(&activity);
        sleep(Duration::from_secs(200)).await;
        drop(open);
        assert_eq!((expired.await.unwrap() - started).as_secs(), 210);
    }
}
