//! One request, written byte by byte: duplicates, odd spellings and lies included.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::answer::{self, Reply};
use super::connect::{Caller, Timeouts};
use crate::fill::{Body, Framing};
use crate::wire::Reader;

/// A request as it goes out.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Written as they are, in this order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

impl Request {
    pub(crate) fn get(target: &str) -> Self {
        Self { method: "GET".into(), target: target.into(), headers: Vec::new(), body: Body::none() }
    }

    #[must_use]
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces all headers of this name, or takes them away.
    #[must_use]
    pub(crate) fn with_only(mut self, name: &str, value: Option<&str>) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if let Some(value) = value {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    #[must_use]
    pub(crate) fn with_body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Request line and headers. What HTTP needs and nobody wrote is added.
    pub(crate) fn head(&self, host: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        if self.header("host").is_none() {
            head.push_str(&format!("Host: {host}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let sends_bodies = matches!(self.method.as_str(), "POST" | "PUT" | "PATCH");
        if self.header("content-length").is_none() && self.header("transfer-encoding").is_none() {
            match self.body.framing {
                Framing::Length(length) => head.push_str(&format!("Content-Length: {length}\r\n")),
                Framing::Chunked => head.push_str("Transfer-Encoding: chunked\r\n"),
                Framing::Nothing if sends_bodies => head.push_str("Content-Length: 0\r\n"),
                Framing::Nothing => {}
            }
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Sends it on a connection of its own and waits for the answer.
    pub(crate) async fn send(&self, caller: Caller, to: SocketAddr, host: &str, timeouts: Timeouts) -> Reply {
        let exchange = async {
            let stream = caller.connect(to).await?;
            self.send_over(stream, host).await
        };
        match timeout(timeouts.answer, exchange).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => Reply::None(answer::in_words(&error)),
            Err(_) => Reply::None(format!("no answer within {} s", timeouts.answer.as_secs())),
        }
    }

    /// Sends it over a connection somebody else made. The answer is read while the body is still going out: a
    /// refusal may come early.
    pub(crate) async fn send_over<S>(&self, stream: S, host: &str) -> io::Result<Reply>
    where
        S: AsyncRead + AsyncWrite,
    {
        let (incoming, outgoing) = tokio::io::split(stream);
        let mut reader = Reader::new(incoming);
        let sending = self.write(outgoing, host);
        let reading = answer::read(&mut reader, self.method == "HEAD");
        tokio::pin!(sending, reading);
        let answered = tokio::select! {
            answered = &mut reading => answered,
            sent = &mut sending => {
                // Whoever does not take the body may still say why.
                let answered = reading.await;
                match (answered, sent) {
                    (Ok(None) | Err(_), Err(error)) => Err(error),
                    (answered, _) => answered,
                }
            }
        };
        Ok(match answered? {
            Some(answer) => Reply::Answer(answer),
            None => Reply::None("connection closed".to_owned()),
        })
    }

    /// Writes head and body, and keeps the sending half open unless the body says otherwise.
    async fn write(&self, mut outgoing: impl AsyncWrite + Unpin, host: &str) -> io::Result<()> {
        outgoing.write_all(&self.head(host)).await?;
        for part in &self.body.parts {
            if self.body.framing == Framing::Chunked {
                for piece in part.chunks(64 << 10) {
                    outgoing.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
                    outgoing.write_all(piece).await?;
                    outgoing.write_all(b"\r\n").await?;
                }
            } else {
                outgoing.write_all(part).await?;
            }
        }
        if self.body.framing == Framing::Chunked && !self.body.then_close {
            outgoing.write_all(b"0\r\n\r\n").await?;
        }
        outgoing.flush().await?;
        if self.body.then_close { outgoing.shutdown().await } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_written_as_given_and_only_what_is_missing_is_added() {
        let request = Request::get("/a").with_header("Origin", "x").with_header("Origin", "y");
        let head = String::from_utf8(request.head("relay.example:1")).unwrap();
        assert_eq!(head, "GET /a HTTP/1.1\r\nHost: relay.example:1\r\nOrigin: x\r\nOrigin: y\r\n\r\n");
    }

    #[test]
    fn a_length_that_lies_is_kept() {
        let request = Request { method: "POST".into(), ..Request::get("/") };
        let request = request.with_header("Content-Length", "1099511627776").with_body(Body::of("{}"));
        let head = String::from_utf8(request.head("h")).unwrap();
        assert_eq!(head.matches("Content-Length").count(), 1);
    }
}
