//! Callers that misuse HTTP/2: answers that are not taken, and floods.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;

use crate::support::frames::{
    CANCEL, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, Frame, Frames, GOAWAY, HEADERS, PROTOCOL_ERROR,
    REFUSED_STREAM, RST_STREAM, WINDOW_UPDATE, frame, request,
};
use crate::support::relay::picture_path;
use crate::support::{BODY, GENERATION, JSON, KEY, Relay, Upstream};

const HEALTH: &str = "/relay/healthz";

/// An upstream with a picture of so many bytes.
async fn pictures(size: usize) -> Upstream {
    let picture: Bytes = [b"\x89PNG\r\n\x1a\n\0\0\0\r".to_vec(), vec![7; size]].concat().into();
    Upstream::start(move |_| http::Response::new(Full::from(picture.clone()))).await
}

async fn get(frames: &mut Frames, relay: &Relay, stream: u32, path: &str) {
    let block = request(relay.address, "GET", path, &[KEY]);
    frames.send(HEADERS, END_HEADERS | END_STREAM, stream, &block).await;
}

fn reset_of(stream: u32) -> impl Fn(&Frame) -> bool {
    move |frame| frame.kind == RST_STREAM && frame.stream == stream
}

async fn alive(relay: &Relay) {
    assert_eq!(relay.get(HEALTH).await.status, 200, "other callers are served");
}

/// The path is short enough for [`request`]'s header blocks.
fn picture(upstream: &Upstream) -> String {
    picture_path(upstream, "/a.png")
}

#[tokio::test]
async fn an_answer_nobody_takes_is_reset_and_the_connection_goes_on() {
    let upstream = pictures(5 << 20).await;
    let relay = Relay::start(&upstream, &["limits.write_timeout = \"300ms\""]).await;
    let mut frames = Frames::connect(relay.address, 0).await;
    get(&mut frames, &relay, 1, &picture(&upstream)).await;
    get(&mut frames, &relay, 3, HEALTH).await;
    let mut resets = Vec::new();
    for _ in 0..2 {
        let reset = frames.until(|frame| frame.kind == RST_STREAM).await.expect("the connection goes on");
        assert_eq!(reset.error(), Some(CANCEL));
        resets.push(reset.stream);
    }
    resets.sort_unstable();
    assert_eq!(resets, [1, 3], "a small answer is no exception");
    get(&mut frames, &relay, 5, HEALTH).await;
    frames.send(WINDOW_UPDATE, 0, 5, &1000_u32.to_be_bytes()).await;
    let data = frames.until(|frame| frame.kind == DATA && !frame.payload.is_empty()).await.unwrap();
    assert_eq!((data.stream, &data.payload[..]), (5, &b"{\"status\":\"ok\"}"[..]));
}

#[tokio::test]
async fn a_window_of_single_bytes_is_no_progress() {
    let upstream = pictures(5 << 20).await;
    let relay = Relay::start(&upstream, &["limits.write_timeout = \"400ms\""]).await;
    let mut frames = Frames::connect(relay.address, 1).await;
    get(&mut frames, &relay, 1, &picture(&upstream)).await;
    let mut received = 0;
    let reset = loop {
        let frame = frames.next().await.expect("the connection goes on");
        match frame.kind {
            DATA => {
                received += frame.payload.len();
                tokio::time::sleep(Duration::from_millis(20)).await;
                frames.send(WINDOW_UPDATE, 0, 1, &1_u32.to_be_bytes()).await;
            }
            RST_STREAM => break frame,
            _ => {}
        }
    };
    assert_eq!((reset.stream, reset.error()), (1, Some(CANCEL)));
    assert!(received < 200, "{received}");
}

#[tokio::test]
async fn a_slow_but_steady_caller_gets_everything() {
    let upstream = pictures(200_000).await;
    let relay = Relay::start(&upstream, &["limits.write_timeout = \"400ms\""]).await;
    let mut frames = Frames::connect(relay.address, 0).await;
    frames.send(WINDOW_UPDATE, 0, 0, &1_000_000_u32.to_be_bytes()).await;
    get(&mut frames, &relay, 1, &picture(&upstream)).await;
    let mut received = 0;
    frames.send(WINDOW_UPDATE, 0, 1, &20_000_u32.to_be_bytes()).await;
    let mut window = 20_000;
    loop {
        let frame = frames.next().await.expect("the connection goes on");
        assert_ne!(frame.kind, RST_STREAM, "after {received} bytes");
        if frame.kind == DATA {
            received += frame.payload.len();
            if frame.flags & END_STREAM != 0 {
                break;
            }
        }
        if received == window {
            tokio::time::sleep(Duration::from_millis(100)).await;
            window += 20_000;
            frames.send(WINDOW_UPDATE, 0, 1, &20_000_u32.to_be_bytes()).await;
        }
    }
    assert_eq!(received, 200_012);
}

#[tokio::test]
async fn a_rapid_reset_ends_the_connection() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let frames = Frames::connect(relay.address, 65_535).await;
    let block = request(relay.address, "POST", GENERATION, &[KEY, JSON]);
    let flood: Vec<u8> = (0..5000)
        .flat_map(|index| {
            let stream = 2 * index + 1;
            let reset = frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes());
            [frame(HEADERS, END_HEADERS, stream, &block), reset].concat()
        })
        .collect();
    let (mut read, mut write) = frames.stream.into_split();
    let sending = tokio::spawn(async move {
        let _ = tokio::io::AsyncWriteExt::write_all(&mut write, &flood).await;
        write
    });
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut answer).await;
    sending.await.unwrap();
    assert_eq!(goaway_in(&answer), Some(ENHANCE_YOUR_CALM));
    alive(&relay).await;
    assert!(upstream.requests().is_empty());
}

/// The error of the first GOAWAY in a stream of frames.
fn goaway_in(mut bytes: &[u8]) -> Option<u32> {
    while bytes.len() >= 9 {
        let length = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]) as usize;
        let payload = bytes.get(9..9 + length)?;
        if bytes[3] == GOAWAY {
            return Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
        }
        bytes = &bytes[9 + length..];
    }
    None
}

#[tokio::test]
async fn empty_frames_without_end_end_the_connection() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let mut frames = Frames::connect(relay.address, 65_535).await;
    let block = request(relay.address, "POST", GENERATION, &[KEY, JSON]);
    frames.send(HEADERS, END_HEADERS, 1, &block).await;
    let flood = frame(DATA, 0, 1, b"").repeat(10_000);
    let _ = tokio::io::AsyncWriteExt::write_all(&mut frames.stream, &flood).await;
    let goaway = frames.until(|frame| frame.kind == GOAWAY).await;
    assert_eq!(goaway.and_then(|frame| frame.error()), Some(ENHANCE_YOUR_CALM));
    alive(&relay).await;
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn a_length_that_is_not_the_sum_of_the_frames_is_an_error_of_the_stream() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    for announced in [BODY.len() - 1, BODY.len() + 1] {
        let mut frames = Frames::connect(relay.address, 65_535).await;
        let length = announced.to_string();
        let fields = [KEY, JSON, ("content-length", length.as_str())];
        frames.send(HEADERS, END_HEADERS, 1, &request(relay.address, "POST", GENERATION, &fields)).await;
        frames.send(DATA, END_STREAM, 1, BODY.as_bytes()).await;
        let reset = frames.until(reset_of(1)).await.expect("the connection goes on");
        assert_eq!(reset.error(), Some(PROTOCOL_ERROR), "{announced}");
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn a_thousand_streams_are_not_opened() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let mut frames = Frames::connect(relay.address, 65_535).await;
    let fields = [KEY, JSON, ("content-length", "100")];
    let block = request(relay.address, "POST", GENERATION, &fields);
    for index in 0..1000 {
        frames.send(HEADERS, END_HEADERS, 2 * index + 1, &block).await;
    }
    let ends: Vec<u32> = frames.rest().await.iter().filter_map(Frame::error).collect();
    let refused = ends.iter().filter(|code| **code == REFUSED_STREAM).count();
    assert!((1..=101).contains(&refused), "{ends:?}");
    assert_eq!(ends.last(), Some(&ENHANCE_YOUR_CALM), "whoever ignores the limit is cut");
    assert!(upstream.hits() <= 64, "{}", upstream.hits());
    alive(&relay).await;
}

#[tokio::test]
async fn many_references_to_an_empty_header_are_too_many_headers() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &["limits.write_timeout = \"300ms\""]).await;
    // One byte each: entry 15 of the static table, accept-charset without a value.
    for (count, ends_connection) in [(100, false), (400, false), (15_000, true)] {
        let mut frames = Frames::connect(relay.address, 0).await;
        let block = [request(relay.address, "GET", HEALTH, &[]), vec![0x8f; count]].concat();
        for stream in [1, 3, 5] {
            frames.send(HEADERS, END_HEADERS | END_STREAM, stream, &block).await;
        }
        if ends_connection {
            let ended = frames.until(|frame| frame.kind == GOAWAY).await;
            assert_eq!(ended.and_then(|frame| frame.error()), Some(ENHANCE_YOUR_CALM), "{count}");
            continue;
        }
        // The first answer has its status in the block, as it is or in Huffman code; later ones refer to it.
        let answer = frames.until(|frame| frame.kind == HEADERS).await.unwrap().payload;
        let says = |text: &[u8]| answer.windows(text.len()).any(|window| window == text);
        assert!(says(b"431") || says(&[0x69, 0x90, 0xff]), "{count}: {answer:02x?}");
        alive(&relay).await;
    }
    assert_eq!(upstream.hits(), 0);
}
