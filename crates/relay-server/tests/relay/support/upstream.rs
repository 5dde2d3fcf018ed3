//! Scripted upstreams. Each counts and keeps what reached it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// A complete request as the upstream saw it.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
}

#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<Received>>>,
}

impl Upstream {
    /// Answers every complete request at once.
    pub(crate) async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Received) -> Response<Full<Bytes>> + Clone + Send + Sync + 'static,
    {
        Self::start_after(Duration::ZERO, answer).await
    }

    /// Works on every complete request for a while, as the API does.
    pub(crate) async fn start_after<F>(delay: Duration, answer: F) -> Self
    where
        F: Fn(&Received) -> Response<Full<Bytes>> + Clone + Send + Sync + 'static,
    {
        let requests: Arc<Mutex<Vec<Received>>> = Arc::default();
        let seen = Arc::clone(&requests);
        let serve = move |stream: TcpStream| {
            let (seen, answer) = (Arc::clone(&seen), answer.clone());
            async move {
                let service = service_fn(move |request: Request<Incoming>| {
                    let (seen, answer) = (Arc::clone(&seen), answer.clone());
                    async move {
                        let (head, body) = request.into_parts();
                        let received = Received { head, body: body.collect().await?.to_bytes() };
                        let response = answer(&received);
                        seen.lock().unwrap().push(received);
                        sleep(delay).await;
                        Ok::<_, hyper::Error>(response)
                    }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            }
        };
        Self { requests, ..Self::connections(serve).await }
    }

    /// Answers every request with JSON.
    pub(crate) async fn json(status: u16, body: &'static str) -> Self {
        Self::json_after(Duration::ZERO, status, body).await
    }

    /// Answers every request with JSON after a while.
    pub(crate) async fn json_after(delay: Duration, status: u16, body: &'static str) -> Self {
        Self::start_after(delay, move |_| {
            Response::builder()
                .status(status)
                .header("content-type", "application/json")
                .body(Full::from(body))
                .unwrap()
        })
        .await
    }

    /// Writes the same bytes on every connection once the request's head has come, then closes.
    pub(crate) async fn raw(bytes: impl AsRef<[u8]>) -> Self {
        let bytes = Bytes::copy_from_slice(bytes.as_ref());
        Self::connections(move |stream| write_once(stream, bytes.clone())).await
    }

    /// Hands every connection to `serve`.
    pub(crate) async fn connections<S, F>(serve: S) -> Self
    where
        S: Fn(TcpStream) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream));
            }
        });
        Self { address, connections, requests: Arc::default() }
    }

    /// An address nobody listens at.
    pub(crate) async fn gone() -> Self {
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        Self { address, connections: Arc::default(), requests: Arc::default() }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Connections so far: nothing at all was sent when this is 0.
    pub(crate) fn hits(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Complete requests so far.
    pub(crate) fn requests(&self) -> Vec<Received> {
        self.requests.lock().unwrap().clone()
    }
}

async fn write_once(mut stream: TcpStream, bytes: Bytes) {
    let mut request = vec![0; 64 * 1024];
    let _ = stream.read(&mut request).await;
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
    // Closing with unread bytes would reset the connection and might take the answer along.
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
}
