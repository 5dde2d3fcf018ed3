//! Connections below the router: the accept loop, and the two ways in which a fault breaks a connection.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::response::Parts;
use axum::http::{HeaderValue, Request, Response};
use bytes::Bytes;
use futures_util::stream;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Marks a response that must never be sent: the connection closes instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HangUp;

/// The error that makes the server close a connection.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the connection is closed by a fault")]
struct ClosedByFault;

/// Serves until the task is aborted; open connections end with it.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    /// Accepting fails for a while when the process is out of file descriptors.
    const PAUSE: Duration = Duration::from_millis(50);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, router.clone()));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// HTTP/1.1 only, as between a relay and a plain-http loopback service.
async fn serve_connection(stream: TcpStream, router: Router) {
    // Without it a small answer may wait 40 ms for the peer's acknowledgement. Failing to set it is harmless.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let Ok(response) = router.oneshot(request.map(Body::new)).await;
            if response.extensions().get::<HangUp>().is_some() { Err(ClosedByFault) } else { Ok(response) }
        }
    });
    // An error here is the peer's (or a fault's) broken connection: nobody is left to be told.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// An answer that closes the connection without a byte.
pub(crate) fn hang_up() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(HangUp);
    response
}

/// Announces the whole body, sends half of it, then breaks the connection.
pub(crate) async fn broken_midway(response: Response<Body>) -> Response<Body> {
    let (parts, body) = split(response).await;
    let half = body.slice(..body.len() / 2);
    let chunks = stream::unfold(0, move |step| {
        let half = half.clone();
        async move {
            match step {
                0 => Some((Ok(half), 1)),
                _ => {
                    // Gives the server a turn, in which it writes out the first half.
                    tokio::task::yield_now().await;
                    Some((Err(ClosedByFault), 2))
                }
            }
        }
    });
    with_stream(parts, body.len(), Body::from_stream(chunks))
}

/// Sends the body in equal pieces, spread over `time`.
pub(crate) async fn dribbled(response: Response<Body>, time: Duration) -> Response<Body> {
    const PIECES: usize = 10;
    let (parts, body) = split(response).await;
    let total = body.len();
    let piece = total.div_ceil(PIECES).max(1);
    let chunks = stream::unfold(0, move |start| {
        let body = body.clone();
        async move {
            if start >= body.len() {
                return None;
            }
            tokio::time::sleep(time / PIECES as u32).await;
            let end = body.len().min(start + piece);
            Some((Ok::<_, ClosedByFault>(body.slice(start..end)), end))
        }
    });
    with_stream(parts, total, Body::from_stream(chunks))
}

async fn split(response: Response<Body>) -> (Parts, Bytes) {
    let (parts, body) = response.into_parts();
    (parts, in_memory(body).await)
}

/// The bodies of this program are in memory and cannot fail.
pub(crate) async fn in_memory(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}

fn with_stream(mut parts: Parts, length: usize, body: Body) -> Response<Body> {
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    Response::from_parts(parts, body)
}
