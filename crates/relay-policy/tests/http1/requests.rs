//! Valid requests, made at random together with the positions where their parts end.

use proptest::prelude::*;
use relay_policy::http1::Event;

/// Some requests in a row and what a right reading of them is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pipeline {
    pub(crate) stream: Vec<u8>,
    pub(crate) events: Vec<(usize, Event)>,
}

#[derive(Debug, Clone)]
enum Body {
    None,
    Length(Vec<u8>),
    Chunked { chunks: Vec<Vec<u8>>, extension: String, trailers: Vec<(String, String)> },
}

fn field() -> impl Strategy<Value = (String, String)> {
    // Framing headers are added where they belong, never by chance.
    ("[a-z!#$%&'*+.^_`|~-][a-z0-9_-]{0,12}", "[ -~\t\u{e9}]{0,40}")
        .prop_filter("no framing", |(name, _)| name != "content-length" && name != "transfer-encoding")
}

fn body() -> impl Strategy<Value = Body> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..60);
    prop_oneof![
        Just(Body::None),
        bytes().prop_map(Body::Length),
        (
            prop::collection::vec(bytes(), 0..4),
            prop_oneof![Just(String::new()), ";[a-z=\" ]{0,20}"],
            prop::collection::vec(field(), 0..3),
        )
            .prop_map(|(chunks, extension, trailers)| Body::Chunked { chunks, extension, trailers }),
    ]
}

fn request() -> impl Strategy<Value = (Vec<u8>, usize)> {
    let line = ("[A-Z]{1,10}", "/[!-~]{0,40}", prop::bool::ANY);
    (line, prop::collection::vec(field(), 0..6), any::<prop::sample::Index>(), body()).prop_map(
        |((method, target, extra_line), fields, framing_at, body)| {
            let mut lines: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
            let at = framing_at.index(lines.len() + 1);
            match &body {
                Body::None => {}
                Body::Length(bytes) => lines.insert(at, format!("Content-Length: {}\r\n", bytes.len())),
                Body::Chunked { .. } => lines.insert(at, "transfer-encoding: Chunked\r\n".into()),
            }
            let empty = if extra_line { "\r\n" } else { "" };
            let mut bytes =
                format!("{empty}{method} {target} HTTP/1.1\r\n{}\r\n", lines.concat()).into_bytes();
            let head = bytes.len();
            match body {
                Body::None => {}
                Body::Length(content) => bytes.extend(content),
                Body::Chunked { chunks, extension, trailers } => {
                    for chunk in chunks {
                        bytes.extend(format!("{:x}{extension}\r\n", chunk.len()).bytes());
                        bytes.extend(chunk);
                        bytes.extend(b"\r\n");
                    }
                    bytes.extend(b"0\r\n");
                    bytes.extend(
                        trailers.iter().flat_map(|(name, value)| format!("{name}: {value}\r\n").into_bytes()),
                    );
                    bytes.extend(b"\r\n");
                }
            }
            (bytes, head)
        },
    )
}

pub(crate) fn pipeline() -> impl Strategy<Value = Pipeline> {
    prop::collection::vec(request(), 1..5).prop_map(|requests| {
        let mut pipeline = Pipeline::default();
        for (bytes, head) in requests {
            pipeline.events.push((pipeline.stream.len() + head, Event::HeadEnd));
            let has_body = bytes.len() > head;
            pipeline.stream.extend(bytes);
            if has_body {
                pipeline.events.push((pipeline.stream.len(), Event::BodyEnd));
            }
        }
        pipeline
    })
}
