//! Raw bytes with more than one reading (RFC 9112): refused in JSON, the connection closed, nothing sent on.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{BODY, GENERATION, Relay, Upstream, client};

/// The head of a complete paid call, with more header lines.
fn call(relay: &Relay, lines: &str) -> String {
    format!(
        "POST {GENERATION} HTTP/1.1\r\nHost: {}\r\nOrigin: https://app.example\r\nAuthorization: Bearer sk-1\r\n\
         Content-Type: application/json\r\n{lines}\r\n",
        relay.address
    )
}

/// What a smuggler hides: if it were read as a request, there would be a second answer.
fn hidden(relay: &Relay) -> String {
    format!("GET /relay/healthz HTTP/1.1\r\nHost: {}\r\n\r\n", relay.address)
}

/// One refusal and the end of the connection, or nothing but the end.
async fn refused(relay: &Relay, bytes: &str, status: u16, code: &str) {
    let sent = timeout(Duration::from_secs(5), client::raw(relay.address, bytes.as_bytes())).await;
    let answer = sent.unwrap_or_else(|_| panic!("the connection stayed open: {bytes:?}"));
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{bytes:?}: {answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{bytes:?}: {answer}");
    assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{bytes:?}: {answer}");
    assert!(answer.contains("connection: close") && answer.contains("x-qwen-edit-relay: 1"), "{answer}");
}

#[tokio::test]
async fn heads_with_two_readings_are_refused() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let hidden = hidden(&relay);
    let te = "Transfer-Encoding: chunked\r\n";
    for lines in [
        format!("Content-Length: 5\r\n{te}"),
        format!("{te}Content-Length: 5\r\n"),
        format!("{te}{te}"),
        "Transfer-Encoding: gzip, chunked\r\n".into(),
        "Transfer-Encoding: chunked, chunked\r\n".into(),
        "Transfer-Encoding: chunked, identity\r\n".into(),
        "Transfer-Encoding: identity\r\n".into(),
        "Transfer-Encoding: xchunked\r\n".into(),
        "Transfer-Encoding: \"chunked\"\r\n".into(),
        "Transfer-Encoding: \u{b}chunked\r\n".into(),
        "Transfer-Encoding : chunked\r\n".into(),
        "Transfer-Encoding:\r\n chunked\r\n".into(),
        "Content-Length: 5\r\nContent-Length: 5\r\n".into(),
        "Content-Length: 2\r\nContent-Length: 50\r\n".into(),
        "Content-Length: 5, 5\r\n".into(),
        "Content-Length: +5\r\n".into(),
        "Content-Length: -1\r\n".into(),
        "Content-Length: 0x5\r\n".into(),
        "Content-Length: 5 5\r\n".into(),
        "Content-Length:\r\n".into(),
        "Content-Length: ٥\r\n".into(),
        "X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n".into(),
        "X-A: b\nContent-Length: 2\r\n".into(),
        "X-A: b\0c\r\nContent-Length: 2\r\n".into(),
        "X A: b\r\nContent-Length: 2\r\n".into(),
    ] {
        let bytes = format!("{}0\r\n\r\n{hidden}", call(&relay, &lines));
        refused(&relay, &bytes, 400, "bad_request").await;
    }
    let http10 = call(&relay, te).replace("HTTP/1.1", "HTTP/1.0");
    refused(&relay, &format!("{http10}0\r\n\r\n{hidden}"), 400, "bad_request").await;
    let bare_lf = call(&relay, "Content-Length: 2\r\n").replace('\r', "");
    refused(&relay, &format!("{bare_lf}{{}}{hidden}"), 400, "bad_request").await;
    for garbage in ["GET / HTTP/9.9\r\nHost: x\r\n\r\n", "GET /\r\n\r\n", "\u{16}\u{3}\u{1}\0", "{}"] {
        refused(&relay, garbage, 400, "bad_request").await;
    }
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn a_page_that_may_call_can_read_why_its_head_was_refused() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let own = "Origin: https://app.example\r\n";
    let allowed = "access-control-allow-origin: https://app.example\r\n";
    for (origins, readable) in [
        (own, true),
        ("Origin: https://evil.example\r\n", false),
        ("Origin: null\r\n", false),
        (&*[own, own].concat(), false),
        ("", false),
    ] {
        for lines in [
            format!("{origins}X-A: {}\r\n", "a".repeat(20_000)),
            format!("{origins}{}", "X: y\r\n".repeat(100)),
            format!("{origins}Content-Length: x\r\n"),
        ] {
            let head = format!("POST {GENERATION} HTTP/1.1\r\nHost: {}\r\n{lines}\r\n", relay.address);
            let answer = client::raw(relay.address, head.as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
            assert_eq!(answer.contains(allowed), readable, "{origins:?}: {answer}");
            assert_eq!(answer.contains("access-control-allow-origin"), readable, "{answer}");
            assert!(answer.contains("vary: origin\r\n"), "{answer}");
        }
    }
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn what_is_too_large_says_so() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let huge = call(&relay, &format!("Content-Length: {}\r\n", "9".repeat(23)));
    refused(&relay, &huge, 413, "body_too_large").await;
    let header = call(&relay, &format!("X-A: {}\r\nContent-Length: 2\r\n", "a".repeat(128 << 10)));
    refused(&relay, &header, 431, "headers_too_large").await;
    refused(&relay, &call(&relay, &"X: y\r\n".repeat(500)), 431, "headers_too_large").await;
    let target = format!("GET /{} HTTP/1.1\r\nHost: {}\r\n\r\n", "a".repeat(64 << 10), relay.address);
    refused(&relay, &target, 414, "uri_too_long").await;
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn chunks_that_do_not_end_where_they_say_reach_nobody() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let hidden = hidden(&relay);
    let long = format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "x".repeat(20_000));
    for body in [
        "2\r\n{}AAAA\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "2_0\r\n{}\r\n0\r\n\r\n",
        "2 \r\n{}\r\n0\r\n\r\n",
        "2\n{}\r\n0\r\n\r\n",
        "2;a\n{}\r\n0\r\n\r\n",
        "2\r\n{}\n0\r\n\r\n",
        "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}\r\n0\r\nno trailer\r\n\r\n",
        "2\r\n{}\r\n0\r\n\n",
        long.as_str(),
    ] {
        let bytes = format!("{}{body}{hidden}", call(&relay, "Transfer-Encoding: chunked\r\n"));
        let answer =
            timeout(Duration::from_secs(5), client::raw(relay.address, bytes.as_bytes())).await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 400 ") && answer.contains("\"charged\":\"no\""),
            "{body:.40}: {answer}"
        );
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{body:.40}: {answer}");
    }
    assert!(upstream.requests().is_empty(), "no body was complete");
}

#[tokio::test]
async fn a_refusal_waits_for_the_answers_before_it() {
    let upstream = Upstream::start(|_| {
        std::thread::sleep(Duration::from_millis(100));
        http::Response::new(http_body_util::Full::from("{\"output\":{}}"))
    })
    .await;
    let relay = Relay::start(&upstream, &[]).await;
    let good = call(&relay, &format!("Content-Length: {}\r\n", BODY.len())) + BODY;
    let bad = call(&relay, "Content-Length: 2\r\nContent-Length: 2\r\n");
    let bytes = [good.as_str(), &hidden(&relay), &bad, "{}", &good].concat();
    let answers = client::raw(relay.address, bytes.as_bytes()).await;
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "200", "400"], "{answers}");
    assert_eq!(upstream.requests().len(), 1, "nothing behind the refusal is carried out");
}

#[tokio::test]
async fn unusual_but_clear_requests_are_served() {
    let upstream = Upstream::json(200, "{\"output\":{}}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let chunked =
        format!("{:x};name=\"a b\"\r\n{BODY}\r\n0\r\nAuthorization: Bearer other\r\n\r\n", BODY.len());
    for (lines, body) in [
        ("Transfer-Encoding:  Chunked\t\r\n", chunked.as_str()),
        ("Connection: authorization, origin, close\r\nTransfer-Encoding: chunked\r\n", &chunked),
        (
            "Content_Length: 1\r\nAuthorization_: x\r\nTransfer_Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            &chunked,
        ),
    ] {
        let bytes = format!("\r\n{}{body}{}", call(&relay, lines), close(&relay));
        let answers = client::raw(relay.address, bytes.as_bytes()).await;
        assert!(answers.starts_with("HTTP/1.1 200 "), "{lines:?}: {answers}");
    }
    for received in upstream.requests() {
        assert_eq!(received.body, BODY);
        assert_eq!(received.head.headers["authorization"], "Bearer sk-1", "trailers and twins are not read");
    }
    assert_eq!(upstream.requests().len(), 3);
}

fn close(relay: &Relay) -> String {
    format!("GET /relay/healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", relay.address)
}

#[tokio::test]
async fn a_caller_that_is_still_sending_can_read_the_refusal() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let head = call(&relay, "Content-Length: 100000\r\nTransfer-Encoding: chunked\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&[b' '; 100_000]).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}
