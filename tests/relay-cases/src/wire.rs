//! Reading HTTP/1 from a connection, for mocks and clients alike. Nothing is repaired: what is not HTTP is an error.

use std::io;

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Larger heads are read only where a case sends them on purpose.
const MAX_HEAD: usize = 1 << 20;
const MAX_HEADERS: usize = 1024;
const READ_BYTES: usize = 64 << 10;

/// A connection's incoming half.
#[derive(Debug)]
pub(crate) struct Reader<R> {
    inner: R,
    buffer: BytesMut,
}

/// A head, split but not interpreted.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// The first line.
    pub(crate) line: String,
    /// Names in lower case, in order, duplicates kept.
    pub(crate) headers: Vec<(String, String)>,
}

/// Where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Nothing,
    Bytes(u64),
    Chunks,
    /// With the connection.
    Everything,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The announced extent of the body; `None` when nothing is announced.
    pub(crate) fn extent(&self) -> io::Result<Option<Extent>> {
        if self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            return Ok(Some(Extent::Chunks));
        }
        match self.header("content-length") {
            Some(length) => length.trim().parse().map(|bytes| Some(Extent::Bytes(bytes))).map_err(invalid),
            None => Ok(None),
        }
    }
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, buffer: BytesMut::new() }
    }

    /// The other half's owner needs the connection back, for example to write.
    pub(crate) fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// The next head, of a request or an answer. `None` when the connection ended before its first byte.
    pub(crate) async fn head(&mut self) -> io::Result<Option<Head>> {
        let mut searched = 0;
        loop {
            if let Some(at) = find_end(&self.buffer[searched..]) {
                let head = self.buffer.split_to(searched + at);
                return parse(&head).map(Some);
            }
            searched = self.buffer.len().saturating_sub(3);
            if self.buffer.len() > MAX_HEAD {
                return Err(invalid("a head of more than a megabyte"));
            }
            if self.fill().await? == 0 {
                let clean = self.buffer.is_empty();
                return if clean { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    /// Reads a body and hands its bytes over as they come.
    pub(crate) async fn body(&mut self, extent: Extent, take: &mut impl FnMut(&[u8])) -> io::Result<()> {
        match extent {
            Extent::Nothing => Ok(()),
            Extent::Bytes(bytes) => self.exactly(bytes, take).await,
            Extent::Chunks => self.chunks(take).await,
            Extent::Everything => loop {
                take(&self.buffer);
                self.buffer.clear();
                if self.fill().await? == 0 {
                    return Ok(());
                }
            },
        }
    }

    async fn exactly(&mut self, bytes: u64, take: &mut impl FnMut(&[u8])) -> io::Result<()> {
        let mut left = bytes;
        loop {
            let here = self.buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            take(&self.buffer[..here]);
            self.buffer.advance(here);
            left -= here as u64;
            if left == 0 {
                return Ok(());
            }
            if self.fill().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn chunks(&mut self, take: &mut impl FnMut(&[u8])) -> io::Result<()> {
        loop {
            let line = self.line().await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(invalid)?;
            if size == 0 {
                // Trailers, then a blank line.
                while !self.line().await?.is_empty() {}
                return Ok(());
            }
            self.exactly(size, take).await?;
            if !self.line().await?.is_empty() {
                return Err(invalid("a chunk longer than announced"));
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.buffer.split_to(at + 2);
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            if self.fill().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn fill(&mut self) -> io::Result<usize> {
        self.buffer.reserve(READ_BYTES);
        self.inner.read_buf(&mut self.buffer).await
    }
}

fn find_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

fn parse(bytes: &[u8]) -> io::Result<Head> {
    let line_end = bytes.windows(2).position(|pair| pair == b"\r\n").unwrap_or(bytes.len());
    let line = String::from_utf8_lossy(&bytes[..line_end]).into_owned();
    let mut found = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
    let headers = match httparse::parse_headers(&bytes[line_end + 2..], &mut found).map_err(invalid)? {
        httparse::Status::Complete((_, headers)) => headers,
        httparse::Status::Partial => return Err(invalid("an incomplete head")),
    };
    let header = |header: &httparse::Header<'_>| {
        (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
    };
    Ok(Head { line, headers: headers.iter().map(header).collect() })
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(text: &str) -> io::Result<(String, Vec<u8>)> {
        let mut reader = Reader::new(text.as_bytes());
        let head = reader.head().await?.unwrap();
        let mut body = Vec::new();
        let extent = head.extent()?.unwrap_or(Extent::Everything);
        reader.body(extent, &mut |bytes| body.extend_from_slice(bytes)).await?;
        Ok((head.line, body))
    }

    #[tokio::test]
    async fn bodies_end_where_their_head_says() {
        let (line, body) = read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabX").await.unwrap();
        assert_eq!((line.as_str(), body.as_slice()), ("HTTP/1.1 200 OK", &b"ab"[..]));
        let (_, body) =
            read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n")
                .await
                .unwrap();
        assert_eq!(body, b"abc");
        assert_eq!(read("HTTP/1.0 200 OK\r\n\r\nrest").await.unwrap().1, b"rest");
    }

    #[tokio::test]
    async fn what_ends_early_is_an_error() {
        for text in [
            "HTTP/1.1 200",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        ] {
            assert_eq!(read(text).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{text}");
        }
    }
}
