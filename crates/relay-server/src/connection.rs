//! One connection: protocol, limits, idle time, orderly end.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use crate::body::Body;
use crate::config::Limits;
use crate::preface::{self, Protocol};
use crate::shutdown::Shutdown;
use crate::write_timeout::WriteTimeout;

/// Request line and headers together. A picture link and a key fit many times.
const HEADER_BYTES: usize = 16 * 1024;
const HEADERS: usize = 64;
/// Read and write buffer of an HTTP/1 connection: with the socket's own buffers this is all an upload takes.
const BUFFER_BYTES: usize = 128 * 1024;
const HTTP2_STREAMS: u32 = 64;
const HTTP2_STREAM_WINDOW: u32 = 256 * 1024;
const HTTP2_CONNECTION_WINDOW: u32 = 1024 * 1024;
const HTTP2_PING: Duration = Duration::from_secs(20);
/// How long a connection that was asked to end may finish an answer nobody seems to read.
const FAREWELL: Duration = Duration::from_secs(300);

/// Serves one connection until it ends.
pub(crate) async fn serve<H, F>(stream: TcpStream, handler: H, limits: Arc<Limits>, mut shutdown: Shutdown)
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    // Without it, an answer smaller than a packet may wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let stream = WriteTimeout::new(stream, limits.write_timeout);
    let first = timeout(limits.header_timeout, preface::detect(stream));
    let detected = tokio::select! {
        first = first => first.unwrap_or(Err(io::ErrorKind::TimedOut.into())),
        () = shutdown.told() => return,
    };
    let Ok((protocol, stream)) = detected else { return };
    let activity = Activity::new();
    let counted = activity.clone();
    let service = service_fn(move |request| {
        let open = counted.begin();
        let answer = handler(request);
        async move {
            let answer = answer.await;
            drop(open);
            Ok::<_, Infallible>(answer)
        }
    });
    let io = TokioIo::new(stream);
    match protocol {
        Protocol::Http1 => {
            finish(http1(&limits).serve_connection(io, service), activity, &limits, shutdown).await
        }
        Protocol::Http2 => finish(http2().serve_connection(io, service), activity, &limits, shutdown).await,
    }
}

fn http1(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_header_size(HEADER_BYTES)
        .max_headers(HEADERS)
        .max_buf_size(BUFFER_BYTES);
    builder
}

fn http2() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_header_list_size(HEADER_BYTES as u32)
        .initial_stream_window_size(HTTP2_STREAM_WINDOW)
        .initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
        .max_send_buf_size(BUFFER_BYTES)
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100)
        .keep_alive_interval(HTTP2_PING)
        .keep_alive_timeout(HTTP2_PING);
    builder
}

/// Drives a connection; asks it to end when the relay stops or nobody uses it.
async fn finish<C: GracefulConnection>(
    connection: C,
    activity: Activity,
    limits: &Limits,
    mut shutdown: Shutdown,
) {
    let mut connection = pin!(connection);
    tokio::select! {
        // A client that breaks off is no event of ours.
        _ = connection.as_mut() => return,
        () = shutdown.told() => {
            connection.as_mut().graceful_shutdown();
            // Running calls are paid for: the listener's drain limit ends them, nothing here.
            let _ = connection.await;
            return;
        }
        () = activity.idle_for(limits.idle_timeout) => connection.as_mut().graceful_shutdown(),
    }
    let _ = timeout(FAREWELL, connection).await;
}

/// Counts the requests of one connection that have no answer yet.
#[derive(Debug, Clone)]
struct Activity(Arc<watch::Sender<State>>);

#[derive(Debug, Clone, Copy)]
struct State {
    open: usize,
    since: Instant,
}

impl Activity {
    fn new() -> Self {
        Self(Arc::new(watch::Sender::new(State { open: 0, since: Instant::now() })))
    }

    fn begin(&self) -> OpenRequest {
        self.0.send_modify(|state| state.open += 1);
        OpenRequest(self.clone())
    }

    /// Returns when there was no open request for `limit`.
    async fn idle_for(&self, limit: Duration) {
        let mut changes = self.0.subscribe();
        loop {
            let State { open, since } = *changes.borrow_and_update();
            let changed = changes.changed();
            if open > 0 {
                // The sender lives in `self`, so this cannot fail.
                let _ = changed.await;
                continue;
            }
            tokio::select! {
                _ = changed => {}
                () = sleep_until(since + limit) => return,
            }
        }
    }
}

/// One request without an answer; dropped with it, or when the client breaks off.
struct OpenRequest(Activity);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| {
            state.open -= 1;
            state.since = Instant::now();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn idle_time_counts_from_the_end_of_the_last_request() {
        let activity = Activity::new();
        let started = Instant::now();
        let open = activity.begin();
        let waiting = tokio::spawn({
            let activity = activity.clone();
            async move { activity.idle_for(Duration::from_secs(60)).await }
        });
        tokio::time::sleep(Duration::from_secs(300)).await;
        assert!(!waiting.is_finished(), "a running call is not idle");
        drop(open);
        waiting.await.unwrap();
        assert_eq!(started.elapsed().as_secs(), 360);
    }
}
