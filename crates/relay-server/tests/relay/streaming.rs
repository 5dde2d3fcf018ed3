//! Bodies pass through while they arrive, and arrive unchanged.

use std::convert::Infallible;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use relay_policy::AGENT;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::support::relay::picture_path;
use crate::support::{BODY, GENERATION, JSON, KEY, PAGE, Relay, Upstream, client};

/// The signature of a PNG and a little more.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

async fn read_until(stream: &mut TcpStream, end: &[u8]) -> Vec<u8> {
    let mut seen = Vec::new();
    while !seen.windows(end.len()).any(|window| window == end) {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "ended before {:?}", String::from_utf8_lossy(end));
        seen.extend_from_slice(&buffer[..read]);
    }
    seen
}

#[tokio::test]
async fn an_upload_reaches_the_api_before_it_is_complete() {
    let (first_seen, mut first) = mpsc::channel(1);
    let upstream = Upstream::connections(move |mut stream| {
        let first_seen = first_seen.clone();
        async move {
            // All but the newest byte.
            read_until(&mut stream, b"{\"model\"").await;
            first_seen.send(()).await.unwrap();
            read_until(&mut stream, b"0\r\n\r\n").await;
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        }
    })
    .await;
    let relay = Relay::start(&upstream, &[]).await;
    let (chunks, chunk_source) = mpsc::channel::<&'static str>(1);
    let body = StreamBody::new(futures_util::stream::unfold(chunk_source, |mut source| async {
        let chunk = source.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(Bytes::from_static(chunk.as_bytes()))), source))
    }));
    let request = Request::post(GENERATION)
        .header("host", relay.address.to_string())
        .header(KEY.0, KEY.1)
        .header(JSON.0, JSON.1)
        .body(body)
        .unwrap();
    let call = tokio::spawn(client::open(relay.address, request));
    chunks.send("{\"model\":").await.unwrap();
    first.recv().await.unwrap();
    chunks.send("\"qwen-image-edit\"}").await.unwrap();
    drop(chunks);
    let answer = client::complete(call.await.unwrap().unwrap()).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"{}"[..]));
}

#[tokio::test]
async fn a_picture_reaches_the_page_before_it_is_complete() {
    let (go_on, gate) = tokio::sync::watch::channel(false);
    let upstream = Upstream::connections(move |mut stream| {
        let mut gate = gate.clone();
        async move {
            read_until(&mut stream, b"\r\n\r\n").await;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {}\r\n\r\n",
                PNG.len() + 4
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(PNG).await.unwrap();
            gate.wait_for(|open| *open).await.unwrap();
            stream.write_all(b"rest").await.unwrap();
        }
    })
    .await;
    let relay = Relay::start(&upstream, &[]).await;
    let request = client::request(relay.address, "GET", &picture_path(&upstream, "/a.png"), &[KEY], "");
    let mut response = client::open(relay.address, request).await.unwrap();
    let first = response.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(first, PNG, "the first bytes are here while the rest is not even sent");
    go_on.send(true).unwrap();
    assert_eq!(client::complete(response).await.unwrap().body, "rest");
}

#[tokio::test]
async fn a_large_body_arrives_byte_for_byte() {
    let upstream = Upstream::json(200, "{\"output\":{}}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let mut body = String::from(r#"{"model":"qwen-image-edit","picture":""#).into_bytes();
    // Letters in no order a copying mistake would keep.
    let letter = |i: u32| b'A' + i.wrapping_mul(2_654_435_761).to_le_bytes()[3] % 26;
    body.extend((0..45_000_000 - body.len() as u32 - 2).map(letter));
    body.extend_from_slice(b"\"}");
    let answer = relay.send("POST", GENERATION, &[PAGE, KEY, JSON], body.clone()).await;
    assert_eq!(answer.status, 200);
    let received = &upstream.requests()[0];
    assert_eq!(received.head.headers["content-length"], "45000000");
    assert!(received.body == body, "the bytes differ");
}

#[tokio::test]
async fn only_listed_headers_go_up_and_come_back() {
    let upstream = Upstream::start(|_| {
        let mut response = http::Response::builder();
        for (name, value) in [
            ("content-type", "application/json;charset=utf-8"),
            ("x-request-id", "vendor-1"),
            ("retry-after", "7"),
            ("set-cookie", "sid=1"),
            ("server", "istio"),
            ("x-envoy-upstream-service-time", "5"),
            ("req-cost-time", "1"),
            ("location", "https://x"),
            ("clear-site-data", "\"*\""),
            ("content-security-policy", "default-src *"),
            ("access-control-allow-origin", "*"),
            ("www-authenticate", "x"),
            ("via", "1.1 x"),
            ("alt-svc", "h3=\":1\""),
        ] {
            response = response.header(name, value);
        }
        response.status(429).body("{\"code\":\"Throttling\"}".into()).unwrap()
    })
    .await;
    let relay = Relay::start(&upstream, &[]).await;
    let sent = [
        PAGE,
        KEY,
        JSON,
        ("accept", "application/json"),
        ("x-dashscope-ossresourceresolve", "enable"),
        ("idempotency-key", "3b241101-e2bb-4255-8caf-4136c566a962"),
        ("cookie", "a=b"),
        ("referer", "https://app.example/p"),
        ("x-forwarded-for", "1.2.3.4"),
        ("forwarded", "for=1.2.3.4"),
        ("sec-fetch-site", "cross-site"),
        ("sec-ch-ua", "x"),
        ("accept-language", "de"),
        ("accept-encoding", "gzip, br"),
        ("user-agent", "Mozilla/5.0 secret"),
        ("dnt", "1"),
        ("x-dashscope-sse", "enable"),
        ("x-request-id", "aaaa"),
        ("connection", "authorization, origin"),
        ("te", "trailers"),
    ];
    let answer = relay.send("POST", GENERATION, &sent, BODY).await;

    let received = &upstream.requests()[0];
    assert_eq!(received.head.uri, "/api/v1/services/aigc/multimodal-generation/generation");
    assert_eq!(received.body, BODY);
    let mut names: Vec<&str> = received.head.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-dashscope-ossresourceresolve"
        ]
    );
    assert_eq!(received.head.headers["host"], upstream.address.to_string());
    assert_eq!(received.head.headers["authorization"], KEY.1);
    assert_eq!(received.head.headers["user-agent"], AGENT);
    assert_eq!(received.head.headers["accept-encoding"], "identity");

    assert_eq!((answer.status.as_u16(), &answer.body[..]), (429, &b"{\"code\":\"Throttling\"}"[..]));
    let mut names: Vec<&str> = answer.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "access-control-allow-origin",
            "access-control-expose-headers",
            "cache-control",
            "content-length",
            "content-security-policy",
            "content-type",
            "date",
            "referrer-policy",
            "retry-after",
            "vary",
            "x-content-type-options",
            "x-frame-options",
            "x-request-id"
        ]
    );
    assert_eq!(answer.headers["x-request-id"], "vendor-1");
    assert_eq!(answer.headers["retry-after"], "7");
    assert_eq!(answer.headers["access-control-allow-origin"], "https://app.example");
}

#[tokio::test]
async fn upload_credentials_are_mirrored_with_their_query() {
    let upstream = Upstream::json(200, "{\"data\":{\"policy\":\"p\"}}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let path = "/relay/demo/api/v1/uploads?action=getPolicy&model=qwen-image-edit";
    let answer = relay.send("GET", path, &[PAGE, KEY], "").await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"{\"data\":{\"policy\":\"p\"}}"[..]));
    let received = &upstream.requests()[0];
    assert_eq!(received.head.uri, "/api/v1/uploads?action=getPolicy&model=qwen-image-edit");
    assert_eq!(received.head.headers["authorization"], KEY.1);
}
