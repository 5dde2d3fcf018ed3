//! One connection: protocol, limits, idle time, orderly end.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use relay_policy::caller_address::TrustedProxies;
use relay_policy::http1::{MAX_HEAD, MAX_HEADERS, Violation};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::activity::{Activity, Counted};
use crate::body::Body;
use crate::callers::CallerAddress;
use crate::config::Limits;
use crate::delivery::{Delivered, Delivery, StreamExecutor};
use crate::gate::Gate;
use crate::preface::{self, Protocol};
use crate::refusal;
use crate::shutdown::Shutdown;
use crate::tls::Tls;
use crate::write_timeout::{Abort, WriteTimeout};

/// Read and write buffer of an HTTP/1 connection: with the socket's own buffers this is all an upload takes.
const BUFFER_BYTES: usize = 128 * 1024;
const HTTP2_STREAMS: u32 = 64;
const HTTP2_STREAM_WINDOW: u32 = 256 * 1024;
const HTTP2_CONNECTION_WINDOW: u32 = 1024 * 1024;
const HTTP2_PING: Duration = Duration::from_secs(20);

/// How connections of one listener are served.
pub(crate) struct Door {
    pub(crate) limits: Arc<Limits>,
    pub(crate) tls: Option<Arc<Tls>>,
    /// Whose word on the caller's address is taken.
    pub(crate) proxies: TrustedProxies,
}

/// Serves one connection until it ends.
pub(crate) async fn serve<H, F>(
    stream: TcpStream,
    peer: IpAddr,
    door: Arc<Door>,
    handler: H,
    shutdown: Shutdown,
) where
    H: Fn(Request<Incoming>) -> F + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    // Without it, an answer smaller than a packet may wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let limits = Arc::clone(&door.limits);
    let tls = door.tls.clone();
    let handler = move |mut request: Request<Incoming>| {
        let caller = CallerAddress(door.proxies.caller(peer, request.headers()));
        request.extensions_mut().insert(caller);
        handler(request)
    };
    match tls {
        None => serve_stream(stream, limits, handler, shutdown).await,
        // Boxed: connections without TLS do not pay for a handshake.
        Some(tls) => Box::pin(serve_tls(stream, &tls, limits, handler, shutdown)).await,
    }
}

async fn serve_tls<H, F>(
    stream: TcpStream,
    tls: &Tls,
    limits: Arc<Limits>,
    handler: H,
    mut shutdown: Shutdown,
) where
    H: Fn(Request<Incoming>) -> F + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let shaken = tokio::select! {
        shaken = Box::pin(tls.accept(stream, limits.header_timeout)) => shaken,
        () = shutdown.told() => return,
    };
    if let Ok(stream) = shaken {
        serve_stream(stream, limits, handler, shutdown).await;
    }
}

/// Boxed here and not where it is called: there the space would be kept for each kind of stream, on every connection.
fn serve_stream<S, H, F>(
    stream: S,
    limits: Arc<Limits>,
    handler: H,
    shutdown: Shutdown,
) -> Pin<Box<dyn Future<Output = ()> + Send>>
where
    S: AsyncRead + AsyncWrite + Abort + Unpin + Send + 'static,
    H: Fn(Request<Incoming>) -> F + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    Box::pin(speak(stream, limits, handler, shutdown))
}

async fn speak<S, H, F>(stream: S, limits: Arc<Limits>, handler: H, mut shutdown: Shutdown)
where
    S: AsyncRead + AsyncWrite + Abort + Unpin + Send + 'static,
    H: Fn(Request<Incoming>) -> F + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let stream = WriteTimeout::new(stream, limits.write_timeout);
    let activity = Activity::new();
    let first = timeout(limits.header_timeout, preface::detect(stream));
    let detected = tokio::select! {
        first = first => first.unwrap_or(Err(io::ErrorKind::TimedOut.into())),
        () = shutdown.told() => return,
    };
    let Ok((protocol, stream)) = detected else { return };
    match protocol {
        Protocol::Http1 => {
            let (gate, verdict) = Gate::new(stream, activity.clone());
            let verdict = move |_: &HeaderMap| verdict.on_next_request();
            let service = answering(handler, activity.clone(), verdict, |body, _| body);
            let connection = Box::pin(http1().serve_connection(TokioIo::new(gate), service));
            finish(connection, activity, &limits, shutdown).await;
        }
        Protocol::Http2 => {
            activity.head_is_open(false);
            // Whoever floods with headers takes no answers: one without a body waits for nobody.
            let watched = |body: Counted<Body>, is_refused: bool| {
                Delivered::new(if is_refused { body.emptied() } else { body }, Delivery::current())
            };
            let service = answering(handler, activity.clone(), refusal::too_many, watched);
            let connection = http2(limits.write_timeout).serve_connection(TokioIo::new(stream), service);
            finish(Box::pin(connection), activity, &limits, shutdown).await;
        }
    }
}

/// What a protocol calls for each request. `verdict` says whether it was refused before it was one; `wrap` is called
/// where the answer is made, and told of it.
fn answering<H, F, B>(
    handler: H,
    activity: Activity,
    verdict: impl Fn(&HeaderMap) -> Option<Violation>,
    wrap: impl Fn(Counted<Body>, bool) -> B + Copy + Send + 'static,
) -> impl HttpService<Incoming, ResBody = B, Error = Infallible, Future: Send + 'static>
where
    H: Fn(Request<Incoming>) -> F,
    F: Future<Output = Response<Body>> + Send + 'static,
    B: hyper::body::Body,
{
    service_fn(move |mut request: Request<Incoming>| {
        let open = activity.begin();
        let violation = verdict(request.headers());
        if let Some(violation) = violation {
            refusal::mark(&mut request, violation);
        }
        // Boxed: what is left of a request while its answer is on its way out is small then, and there may be many.
        let answer = Box::pin(handler(request));
        async move {
            let answer = answer.await;
            Ok::<_, Infallible>(answer.map(|body| wrap(Counted::new(body, open), violation.is_some())))
        }
    })
}

fn http1() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        // The time of a head is measured by `Activity`, which knows when it began.
        .header_read_timeout(None)
        .max_header_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .max_buf_size(BUFFER_BYTES);
    builder
}

fn http2(write_timeout: Duration) -> http2::Builder<StreamExecutor> {
    let mut builder = http2::Builder::new(StreamExecutor { limit: write_timeout });
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_header_list_size(MAX_HEAD as u32)
        .initial_stream_window_size(HTTP2_STREAM_WINDOW)
        .initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
        .max_send_buf_size(BUFFER_BYTES)
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100)
        .keep_alive_interval(HTTP2_PING)
        .keep_alive_timeout(HTTP2_PING);
    builder
}

/// Drives a connection; asks it to end when the relay stops or its caller keeps it waiting.
async fn finish<C: GracefulConnection>(
    mut connection: Pin<Box<C>>,
    activity: Activity,
    limits: &Limits,
    mut shutdown: Shutdown,
) {
    tokio::select! {
        // A client that breaks off is no event of ours.
        _ = connection.as_mut() => return,
        () = shutdown.told() => {}
        () = activity.expired(limits.header_timeout, limits.idle_timeout) => {}
    }
    connection.as_mut().graceful_shutdown();
    // Running calls are paid for: the listener's drain limit ends them, nothing here. What is written already is
    // small, and whoever does not take it in that time does not read.
    tokio::select! {
        _ = connection => {}
        () = activity.quiet_for(limits.write_timeout) => {}
    }
}
