//! An API that makes no pictures: it reads bodies, waits, and answers. The simulator would need the processor that
//! these trials leave to the relay.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// In the vendor's shape.
pub(crate) const ANSWER: &str = r#"{"output":{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":[{"image":"https://dashscope-result-bj.oss-cn-beijing.aliyuncs.com/a.png?Expires=1"}]}}]},"usage":{"image_count":1},"request_id":"00000000-0000-4000-8000-000000000000"}"#;

/// Connections that wait to be accepted. With fewer than there are calls, a busy machine resets some that the relay has
/// already sent its call on, and the trial would blame the relay.
const BACKLOG: u32 = 4096;

/// What it waits for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// No body is read before this many requests have arrived …
    pub(crate) gate: usize,
    /// … and this time is over: until then bodies pile up wherever they are.
    pub(crate) stall: Duration,
    /// From a complete body to its answer.
    pub(crate) hold: Duration,
}

/// A running upstream. Dropping it closes everything.
#[derive(Debug)]
pub(crate) struct WaitingUpstream {
    pub(crate) url: String,
    state: Arc<State>,
    _connections: JoinSet<()>,
}

#[derive(Debug)]
struct State {
    patience: Patience,
    arrived: watch::Sender<usize>,
    waiting: AtomicUsize,
    bytes: AtomicUsize,
}

impl WaitingUpstream {
    /// Starts it on a port of its own.
    pub(crate) fn start(patience: Patience) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        let url = format!("http://{}", listener.local_addr()?);
        let (arrived, _) = watch::channel(0);
        let state =
            Arc::new(State { patience, arrived, waiting: AtomicUsize::new(0), bytes: AtomicUsize::new(0) });
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { url, state, _connections: connections })
    }

    /// Calls whose bodies are complete and whose answers are not sent.
    pub(crate) fn waiting(&self) -> usize {
        self.state.waiting.load(Ordering::SeqCst)
    }

    /// Bytes of all bodies so far.
    pub(crate) fn bytes(&self) -> usize {
        self.state.bytes.load(Ordering::SeqCst)
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&state)));
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&state)));
    // An error is the relay's broken connection; its caller tells of it.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, state: Arc<State>) -> hyper::Result<Response<Full<Bytes>>> {
    let patience = state.patience;
    state.arrived.send_modify(|arrived| *arrived += 1);
    // The sender is in our hands, so it cannot be gone.
    let _ = state.arrived.subscribe().wait_for(|arrived| *arrived >= patience.gate).await;
    sleep(patience.stall).await;
    let mut body = request.into_body();
    while let Some(frame) = body.frame().await {
        let length = frame?.data_ref().map_or(0, Bytes::len);
        state.bytes.fetch_add(length, Ordering::SeqCst);
    }
    state.waiting.fetch_add(1, Ordering::SeqCst);
    sleep(patience.hold).await;
    state.waiting.fetch_sub(1, Ordering::SeqCst);
    let mut response = Response::new(Full::from(ANSWER));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
