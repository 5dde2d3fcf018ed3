//! Time limits, with short ones configured.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::relay::picture_path;
use crate::support::{GENERATION, KEY, Relay, Upstream, client, eventually};

/// Takes the request and never answers.
async fn silent() -> Upstream {
    Upstream::connections(|mut stream| async move {
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await
}

/// Answers a byte at a time, for ever.
async fn dripping(head: &'static [u8]) -> Upstream {
    Upstream::connections(move |mut stream| async move {
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).await;
        let _ = stream.write_all(head).await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}

#[tokio::test]
async fn no_answer_in_time_is_an_unknown_outcome() {
    let upstream = silent().await;
    let relay = Relay::start(&upstream, &["limits.first_byte_timeout = \"200ms\""]).await;
    assert_eq!(relay.generate().await.error(), (504, "upstream_timeout".into(), "unknown".into()));
    assert_eq!(upstream.hits(), 1);
    let uploads = "/relay/demo/api/v1/uploads?action=getPolicy";
    let answer = relay.send("GET", uploads, &[crate::support::KEY], "").await;
    assert_eq!(
        answer.error(),
        (504, "upstream_timeout".into(), "no".into()),
        "asking for credentials is free"
    );
}

#[tokio::test]
async fn an_answer_that_drips_ends_at_the_total_limit() {
    let upstream = dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{").await;
    let relay = Relay::start(
        &upstream,
        &["limits.first_byte_timeout = \"100ms\"", "limits.total_timeout = \"400ms\""],
    )
    .await;
    assert_eq!(relay.generate().await.error(), (504, "outcome_unknown".into(), "unknown".into()));
}

#[tokio::test]
async fn a_picture_that_drips_ends_at_its_limit() {
    let upstream =
        dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n\x89PNG\r\n\x1a\n\0\0\0\r").await;
    let relay = Relay::start(&upstream, &["limits.image_timeout = \"300ms\""]).await;
    let request = client::request(relay.address, "GET", &picture_path(&upstream, "/a.png"), &[KEY], "");
    let response = client::open(relay.address, request).await.unwrap();
    assert!(client::complete(response).await.is_err(), "a broken transfer, not a short picture");
    let silent = silent().await;
    let relay = Relay::start(&silent, &["limits.image_timeout = \"100ms\""]).await;
    assert_eq!(relay.picture(&silent, "/a.png").await.error(), (504, "upstream_timeout".into(), "no".into()));
}

#[tokio::test]
async fn a_trickling_body_is_cut_and_nothing_is_executed() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &["limits.body_timeout = \"300ms\""]).await;
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer sk-1\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n",
        relay.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let trickle = tokio::spawn(async move {
        for _ in 0..40 {
            if write.write_all(b" ").await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        write
    });
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while !answer.ends_with(b"}}") {
        let read = read.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0);
        answer.extend_from_slice(&buffer[..read]);
    }
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("body_timeout"), "{answer}");
    trickle.abort();
    assert!(upstream.requests().is_empty(), "no complete request arrived");
}

#[tokio::test]
async fn half_a_header_and_silence_are_closed() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &["limits.header_timeout = \"200ms\""]).await;
    for start in ["", "PRI * HT", "GET /relay/healthz HTTP/1.1\r\nhost: x"] {
        let started = Instant::now();
        client::raw(relay.address, start.as_bytes()).await;
        assert!(started.elapsed() < Duration::from_secs(5), "{start:?}");
    }
}

/// Sends one request and reads its whole answer.
async fn ask(stream: &mut TcpStream, address: std::net::SocketAddr) {
    let request = format!("GET /relay/healthz HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "the connection was closed");
        answer.extend_from_slice(&buffer[..read]);
    }
}

#[tokio::test]
async fn a_pause_between_requests_may_be_longer_than_a_head() {
    let upstream = Upstream::json(200, "{}").await;
    let limits = ["limits.header_timeout = \"200ms\"", "limits.idle_timeout = \"1s\""];
    let relay = Relay::start(&upstream, &limits).await;
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    ask(&mut stream, relay.address).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    ask(&mut stream, relay.address).await;
    let answered = Instant::now();
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0);
    assert!(answered.elapsed() >= Duration::from_millis(900), "{:?}", answered.elapsed());

    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    ask(&mut stream, relay.address).await;
    stream.write_all(b"GET /relay/healthz HT").await.unwrap();
    let begun = Instant::now();
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0);
    assert!(begun.elapsed() >= Duration::from_millis(150), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn half_a_request_behind_a_running_call_does_not_end_it() {
    let upstream = Upstream::start(|_| {
        std::thread::sleep(Duration::from_millis(700));
        http::Response::new(http_body_util::Full::from("{\"output\":{}}"))
    })
    .await;
    let relay = Relay::start(&upstream, &["limits.header_timeout = \"100ms\""]).await;
    let body = crate::support::BODY;
    let call = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer sk-1\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}GET / HT",
        relay.address,
        body.len()
    );
    let answer = client::raw(relay.address, call.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("{\"output\":{}}"), "{answer}");
}

#[tokio::test]
async fn a_caller_that_does_not_read_is_cut() {
    let cut = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&cut);
    let upstream = Upstream::connections(move |mut stream| {
        let seen = Arc::clone(&seen);
        async move {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 30000000\r\n\r\n\x89PNG\r\n\x1a\n\0\0\0\r";
            let _ = stream.write_all(head).await;
            // More than the sockets on the way can hold, so this waits for the caller to read.
            let whole = stream.write_all(&vec![0; 30_000_000]).await;
            seen.store(whole.is_err(), Ordering::SeqCst);
        }
    })
    .await;
    let relay = Relay::start(&upstream, &["limits.write_timeout = \"300ms\""]).await;
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let path = picture_path(&upstream, "/a.png");
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer sk-1\r\n\r\n", relay.address);
    stream.write_all(request.as_bytes()).await.unwrap();
    eventually("the relay to give up on the caller", || cut.load(Ordering::SeqCst)).await;
}
