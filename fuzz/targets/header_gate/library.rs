//! The HTTP library behind the gate, fed with what the gate let pass: it must see the same requests, and no others.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io::Error;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;

use super::gate::{Body, Message};

/// Wake-ups after which a connection without input left counts as hanging.
const PATIENCE: usize = 100_000;

/// One request as the library saw it. A body is `None` when it was cut.
#[derive(Debug)]
struct Seen {
    method: Method,
    uri: Uri,
    headers: usize,
    body: Option<Bytes>,
}

/// Fails when the library sees something else than the gate, or a request that the gate does not know.
pub fn check(passed: &[u8], cuts: &[usize], messages: &[Message]) {
    let seen = serve(passed, cuts);
    assert!(
        seen.len() <= messages.len(),
        "the library sees {} requests, the gate {}",
        seen.len(),
        messages.len()
    );
    let cut = seen.iter().position(|request| request.body.is_none());
    assert!(cut.is_none_or(|cut| cut + 1 == seen.len()), "nothing behind a broken body is a request");
    for (seen, message) in seen.iter().zip(messages) {
        let mut headers = [httparse::EMPTY_HEADER; 128];
        let mut request = httparse::Request::new(&mut headers);
        request.parse(&passed[message.head.clone()]).unwrap();
        assert_eq!(Some(seen.method.as_str()), request.method);
        assert_eq!(Some(&seen.uri), request.path.unwrap().parse().ok().as_ref());
        assert_eq!(seen.headers, request.headers.len());
        let expected = match &message.body {
            Body::None => Some(Vec::new()),
            Body::Cut => None,
            Body::Complete(range) => {
                let is_chunked =
                    request.headers.iter().any(|h| h.name.eq_ignore_ascii_case("transfer-encoding"));
                let body = &passed[range.clone()];
                Some(if is_chunked { dechunked(body) } else { body.to_vec() })
            }
        };
        if let Some(body) = &seen.body {
            assert_eq!(Some(&body[..]), expected.as_deref());
        }
    }
}

/// Runs the library's server on a connection that brings these bytes and then ends.
fn serve(bytes: &[u8], cuts: &[usize]) -> Vec<Seen> {
    let seen = RefCell::new(Vec::new());
    let service = service_fn(|request: Request<Incoming>| {
        let seen = &seen;
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.ok().map(|body| body.to_bytes());
            let headers = parts.headers.len();
            seen.borrow_mut().push(Seen { method: parts.method, uri: parts.uri, headers, body });
            let mut response = Response::new(Empty::<Bytes>::new());
            // With 200 the library would hand the rest of a CONNECT over as a tunnel.
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            Ok::<_, Infallible>(response)
        }
    });
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let wire = Wire { bytes: bytes.to_vec(), at: 0, ends };
    let mut connection = pin!(http1::Builder::new().half_close(true).serve_connection(wire, service));
    let mut context = Context::from_waker(Waker::noop());
    let ended = (0..PATIENCE).any(|_| connection.as_mut().poll(&mut context).is_ready());
    assert!(ended, "the library waits although the input is over");
    seen.take()
}

/// A connection: gives its bytes in pieces, then the end; takes answers and forgets them.
struct Wire {
    bytes: Vec<u8>,
    at: usize,
    /// Where pieces end, ascending.
    ends: Vec<usize>,
}

impl Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<Result<(), Error>> {
        let wire = self.get_mut();
        let end = wire.ends.iter().copied().find(|end| *end > wire.at).unwrap_or(wire.at);
        let end = end.min(wire.at + buffer.remaining());
        buffer.put_slice(&wire.bytes[wire.at..end]);
        wire.at = end;
        Poll::Ready(Ok(()))
    }
}

impl Write for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }
}

/// All that is in the chunks.
fn dechunked(mut body: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let Ok(httparse::Status::Complete((start, size))) = httparse::parse_chunk_size(body) else {
            panic!("httparse refuses a chunk size")
        };
        if size == 0 {
            return all;
        }
        let end = start + usize::try_from(size).unwrap();
        all.extend_from_slice(&body[start..end]);
        body = body[end..].strip_prefix(b"\r\n").expect("a chunk ends with CR LF");
    }
}
