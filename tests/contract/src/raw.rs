//! Requests written byte by byte, for what a well-behaved client would never send.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::http::Answer;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends `request` to an origin like `http://127.0.0.1:40123` and reads one answer. The request should ask to
/// close the connection, or the answer ends only with the server's patience.
pub fn send(origin: &str, request: &[u8]) -> Answer {
    let address = origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    let mut piece = [0; 8192];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
            // A reset that comes after a whole answer takes nothing away from it.
            Err(_) if parse(&bytes).is_some() => break,
            Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&bytes)),
        }
        if parse(&bytes).is_some_and(|answer| is_whole(&answer)) {
            break;
        }
    }
    parse(&bytes).unwrap_or_else(|| panic!("no answer, but {:?}", String::from_utf8_lossy(&bytes)))
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some(Answer { status, headers, body: bytes[end + 4..].to_vec() })
}

fn is_whole(answer: &Answer) -> bool {
    answer.header("content-length").parse().is_ok_and(|length: usize| answer.body.len() >= length)
}
