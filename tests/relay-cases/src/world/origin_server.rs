//! A mock behind TLS: takes connections, reads requests, records them, and plays what the scene says.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;

use super::authority::Authority;
use super::goaway;
use super::play::{self, After};
use super::scene::{Received, Server, Stage};
use crate::mock_script::{CertificateKind, Conduct, Side};
use crate::wire::{Extent, Head, Reader};

/// A body up to this size is kept whole.
const KEPT_BYTES: usize = 64 << 10;
/// What an unanswered TLS handshake is left open for.
const SILENCE: Duration = Duration::from_secs(600);
/// How long a short body may take that nobody waited for.
const SHORT_BODY: Duration = Duration::from_millis(500);
/// What a connection is left open for after an early answer.
const EARLY_PATIENCE: Duration = Duration::from_secs(5);
/// The alert of a TLS server that has nothing in common with the client.
const HANDSHAKE_FAILURE: &[u8] = &[21, 3, 3, 0, 2, 2, 40];

/// One mock. Its port can be closed for a while.
#[derive(Debug)]
pub(crate) struct OriginServer {
    address: SocketAddr,
    part: Part,
    listening: Option<JoinHandle<()>>,
}

/// What its connections need.
#[derive(Clone)]
struct Part {
    side: Side,
    stage: Stage,
    authority: Arc<Authority>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("side", &self.side).finish_non_exhaustive()
    }
}

impl OriginServer {
    pub(crate) fn start(side: Side, ip: Ipv4Addr, stage: Stage, authority: Arc<Authority>) -> Result<Self> {
        let part = Part { side, stage, authority };
        let mut server = Self { address: SocketAddr::from((ip, 443)), part, listening: None };
        server.open()?;
        Ok(server)
    }

    /// Opens the port, if it is closed.
    pub(crate) fn open(&mut self) -> Result<()> {
        if self.listening.is_none() {
            let listener = listen(self.address)?;
            self.listening = Some(tokio::spawn(accept(listener, self.part.clone())));
        }
        Ok(())
    }

    /// Closes the port: who connects is refused.
    pub(crate) async fn close(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
            // The port is closed when the task is gone.
            let _ = listening.await;
        }
    }
}

/// A listener that may share its port with one for all addresses; the more exact one wins.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener> {
    let open = || -> io::Result<TcpListener> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if address.is_ipv6() {
            socket2::SockRef::from(&socket).set_only_v6(true)?;
        }
        socket.set_reuseport(true)?;
        socket.bind(address)?;
        socket.listen(4096)
    };
    open().with_context(|| format!("listen on {address}"))
}

async fn accept(listener: TcpListener, part: Part) {
    loop {
        match listener.accept().await {
            // What goes wrong on a connection is what the case is about.
            Ok((stream, _)) => drop(tokio::spawn(connection(stream, part.clone()))),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(stream: TcpStream, part: Part) -> Result<()> {
    stream.set_nodelay(true)?;
    let scene = part.stage.now();
    let certificate = scene.certificate.of(part.side);
    if !certificate.is_shown() {
        return Ok(no_handshake(stream, certificate).await?);
    }
    let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let name = hello.client_hello().server_name().unwrap_or("unnamed.example").to_owned();
    let http2 = scene.server(part.side).plan().has(Conduct::Http2GoAway);
    let stream = hello.into_stream(part.authority.server(&name, certificate, http2)?).await?;
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        return Ok(goaway::serve(stream, scene.server(part.side)).await?);
    }
    Ok(requests(stream, &part).await?)
}

/// What is there instead of TLS.
async fn no_handshake(mut stream: TcpStream, kind: CertificateKind) -> io::Result<()> {
    match kind {
        CertificateKind::Silence => {
            tokio::time::sleep(SILENCE).await;
            return Ok(());
        }
        CertificateKind::Garbage => return stream.write_all(b"HTTP/1.1 400 this is not TLS\r\n\r\n").await,
        _ => {}
    }
    // The others wait for the first message: what is not read would make every close a reset.
    let mut hello = [0; 16 << 10];
    let _ = stream.read(&mut hello).await?;
    match kind {
        CertificateKind::Reset => socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)),
        CertificateKind::Alert => stream.write_all(HANDSHAKE_FAILURE).await,
        _ => stream.shutdown().await,
    }
}

async fn requests<S: AsyncRead + AsyncWrite + play::Reset + Unpin>(stream: S, part: &Part) -> io::Result<()> {
    let mut reader = Reader::new(stream);
    while let Some(head) = reader.head().await? {
        // Taken anew for each request: a connection may outlive the case that opened it.
        let scene = part.stage.now();
        let server = scene.server(part.side);
        if server.is_next_early() && has_body(&head) {
            return early_answer(reader, head, part.side, server).await;
        }
        let received = read_request(&mut reader, head).await;
        let complete = received.complete;
        server.received().push(received.clone());
        if !complete {
            return Ok(());
        }
        let (script, stream) = (server.next_answer(), reader.get_mut());
        let answered = play::answer(stream, &script, &received, part.side, server).await;
        match answered.inspect_err(|_| server.count_broken())? {
            After::KeepAlive => {}
            After::Close => return stream.shutdown().await,
            After::Reset => {
                stream.reset_on_close();
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Answers a request of which only the head is there. A short body is read afterwards, for it is on its way anyhow;
/// of a long one nothing is read.
async fn early_answer<S: AsyncRead + AsyncWrite + play::Reset + Unpin>(
    mut reader: Reader<S>,
    head: Head,
    side: Side,
    server: &Server,
) -> io::Result<()> {
    let script = server.next_answer();
    let mut begun = Received::of(&head);
    let after = play::answer(reader.get_mut(), &script, &begun, side, server).await?;
    if after == After::KeepAlive {
        let is_short = matches!(head.extent(), Ok(Some(Extent::Bytes(bytes))) if bytes <= KEPT_BYTES as u64);
        if is_short && let Ok(read) = timeout(SHORT_BODY, read_request(&mut reader, head)).await {
            begun = read;
        }
        // An orderly end, to those who still write as well.
        reader.get_mut().shutdown().await?;
    }
    server.received().push(begun);
    match after {
        After::KeepAlive => tokio::time::sleep(EARLY_PATIENCE).await,
        After::Close => {}
        After::Reset => reader.get_mut().reset_on_close(),
    }
    Ok(())
}

fn has_body(head: &Head) -> bool {
    !matches!(head.extent(), Ok(None | Some(Extent::Nothing | Extent::Bytes(0))))
}

async fn read_request<R: AsyncRead + Unpin>(reader: &mut Reader<R>, head: Head) -> Received {
    let mut hasher = Sha256::new();
    let mut body = Vec::new();
    let mut take = |bytes: &[u8]| {
        hasher.update(bytes);
        if body.len() + bytes.len() <= KEPT_BYTES {
            body.extend_from_slice(bytes);
        }
    };
    let complete = match head.extent() {
        Ok(extent) => reader.body(extent.unwrap_or(Extent::Nothing), &mut take).await.is_ok(),
        Err(_) => false,
    };
    Received { body_sha256: hex(&hasher.finalize()), body, complete, ..Received::of(&head) }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
