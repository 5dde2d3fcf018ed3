//! HTTP/1 or HTTP/2? Both come to the same port; the first bytes tell.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// What an HTTP/2 client sends first (RFC 9113, 3.4).
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The protocol of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// Reads just enough to know. The caller sets the time limit: a silent client must not wait here for ever.
pub(crate) async fn detect<T: AsyncRead + Unpin>(mut stream: T) -> io::Result<(Protocol, Replayed<T>)> {
    let mut seen = [0; HTTP2_PREFACE.len()];
    let mut filled = 0;
    let protocol = loop {
        let (done, open) = seen.split_at_mut(filled);
        if !HTTP2_PREFACE.starts_with(done) {
            break Protocol::Http1;
        }
        if open.is_empty() {
            break Protocol::Http2;
        }
        match stream.read(open).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => filled += read,
        }
    };
    let first = Bytes::copy_from_slice(seen.get(..filled).unwrap_or_default());
    Ok((protocol, Replayed { first, inner: stream }))
}

/// A stream that gives the bytes already read once more.
#[derive(Debug)]
pub(crate) struct Replayed<T> {
    first: Bytes,
    inner: T,
}

impl<T: AsyncRead + Unpin> AsyncRead for Replayed<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.has_remaining() {
            let length = self.first.len().min(buf.remaining());
            buf.put_slice(&self.first.split_to(length));
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Replayed<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn detected(bytes: &[u8]) -> (Protocol, Vec<u8>) {
        let (protocol, mut stream) = detect(bytes).await.unwrap();
        let mut replayed = Vec::new();
        stream.read_to_end(&mut replayed).await.unwrap();
        (protocol, replayed)
    }

    #[tokio::test]
    async fn the_protocol_is_known_and_no_byte_is_lost() {
        for request in
            ["GET / HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nhost: x\r\n\r\n{}", "PRI * HTTP/1.1\r\n\r\n", "x"]
        {
            assert_eq!(detected(request.as_bytes()).await, (Protocol::Http1, request.into()), "{request:?}");
        }
        let http2 = [HTTP2_PREFACE, b"\0\0\0\x04\0\0\0\0\0"].concat();
        assert_eq!(detected(&http2).await, (Protocol::Http2, http2.clone()));
    }

    #[tokio::test]
    async fn a_connection_that_ends_first_is_none() {
        assert!(detect(&b""[..]).await.is_err());
        assert!(detect(&b"PRI * HT"[..]).await.is_err());
    }
}
