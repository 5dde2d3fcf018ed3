//! A plain HTTP/1.1 client: one connection, no pool, nothing repeated.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use futures_util::stream;
use http::request::Builder;
use http::{HeaderMap, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use hyper::body::Frame;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

/// Longer than any call of the trials.
const PATIENCE: Duration = Duration::from_secs(300);
/// A slow upload leaves in pieces of this size.
const PIECE: usize = 16 * 1024;

/// A request's body.
pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// No body.
pub(crate) fn empty() -> Body {
    Empty::new().boxed_unsync()
}

/// A body that leaves as fast as it is taken.
pub(crate) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).boxed_unsync()
}

/// A body whose pieces are spread over `time`; `ended` is called when the last one was taken.
pub(crate) fn paced(bytes: Bytes, time: Duration, ended: impl FnOnce() + Send + 'static) -> Body {
    let started = Instant::now();
    let pieces = bytes.len().div_ceil(PIECE).max(1);
    let pace = time / u32::try_from(pieces).unwrap_or(u32::MAX);
    let state = (bytes, 0_u32, Some(ended));
    let frames = stream::unfold(state, move |(mut rest, number, mut ended)| async move {
        if rest.is_empty() {
            return None;
        }
        sleep_until(started + pace * number).await;
        let piece = rest.split_to(rest.len().min(PIECE));
        // With an announced length nobody asks for what comes after the last piece.
        if rest.is_empty()
            && let Some(ended) = ended.take()
        {
            ended();
        }
        Some((Ok(Frame::data(piece)), (rest, number + 1, ended)))
    });
    StreamBody::new(frames).boxed_unsync()
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Body>,
    address: SocketAddr,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("connect")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Its errors come back through the sender.
        tokio::spawn(connection);
        Ok(Self { sender, address })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&mut self, request: Builder, body: Body) -> Result<Answer> {
        let request = request.header(http::header::HOST, self.address.to_string()).body(body)?;
        let exchange = async {
            self.sender.ready().await?;
            let (head, body) = self.sender.send_request(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok(Answer { status: head.status, headers: head.headers, body })
        };
        timeout(PATIENCE, exchange).await.context("no answer")?
    }
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The code of an error of the relay itself.
    pub(crate) fn code(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        Some(body.pointer("/error/code")?.as_str()?.to_owned())
    }
}

/// In lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
