//! Everything an API can do wrong, and what the caller learns about money.

use bytes::Bytes;
use http::Response;
use http_body_util::Full;

use crate::support::client::Answer;
use crate::support::{GENERATION, JSON, KEY, Relay, Upstream};

async fn outcome(upstream: &Upstream) -> (u16, String, String) {
    let relay = Relay::start(upstream, &["limits.answer_bytes = 1000"]).await;
    let answer = relay.generate().await;
    assert_eq!(answer.headers["access-control-allow-origin"], "https://app.example");
    assert!(!String::from_utf8_lossy(&answer.body).contains("<html"));
    answer.error()
}

fn error(status: u16, code: &str, charged: &str) -> (u16, String, String) {
    (status, code.to_owned(), charged.to_owned())
}

#[tokio::test]
async fn the_vendors_errors_pass_unchanged() {
    for status in [400, 401, 403, 404, 413, 429, 500, 503] {
        let body = "{\"code\":\"Some.Code\",\"message\":\"m\",\"request_id\":\"r\"}";
        let upstream = Upstream::json(status, body).await;
        let answer = Relay::start(&upstream, &[]).await.generate().await;
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (status, body.as_bytes()));
        assert!(!answer.headers.contains_key("x-qwen-edit-relay"), "it is the vendor's, not the relay's");
    }
}

#[tokio::test]
async fn a_refused_connection_is_free() {
    let upstream = Upstream::gone().await;
    assert_eq!(outcome(&upstream).await, error(502, "upstream_unreachable", "no"));
}

#[tokio::test]
async fn html_pages_become_json_that_says_what_was_paid() {
    for (status, charged) in [(200, "unknown"), (413, "no"), (400, "no"), (502, "unknown"), (504, "unknown")]
    {
        let upstream = Upstream::start(move |_| {
            Response::builder()
                .status(status)
                .header("content-type", "text/html")
                .body(Full::from("<html>nginx</html>"))
                .unwrap()
        })
        .await;
        assert_eq!(outcome(&upstream).await, error(502, "upstream_not_json", charged), "{status}");
    }
    assert_eq!(outcome(&Upstream::json(200, "").await).await, error(502, "upstream_not_json", "unknown"));
    assert_eq!(
        outcome(&Upstream::json(200, "{\"a\":").await).await,
        error(502, "upstream_not_json", "unknown")
    );
}

#[tokio::test]
async fn answers_that_are_no_http_are_unknown_outcomes() {
    for raw in [
        &b"garbage\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    ] {
        let (status, code, charged) = outcome(&Upstream::raw(raw).await).await;
        assert_eq!((status, charged.as_str()), (502, "unknown"), "{code}");
    }
}

#[tokio::test]
async fn a_head_without_end_is_cut() {
    let upstream = Upstream::start(|_| {
        let mut response = Response::builder();
        for i in 0..90 {
            response = response.header(format!("x-{i}"), "a".repeat(2000));
        }
        response.body(Full::from("{}")).unwrap()
    })
    .await;
    assert_eq!(outcome(&upstream).await.0, 502);
}

#[tokio::test]
async fn broken_answers_are_unknown_outcomes_and_never_sent_again() {
    for raw in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-ty",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"output\":",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n",
    ] {
        let upstream = Upstream::raw(raw).await;
        assert_eq!(outcome(&upstream).await, error(502, "outcome_unknown", "unknown"), "{raw:?}");
        assert_eq!(upstream.hits(), 1, "a paid call goes out once");
    }
}

#[tokio::test]
async fn answers_over_the_cap_compressed_ones_and_redirects_are_refused() {
    let large = Upstream::start(|_| Response::new(Full::from(vec![b' '; 1001]))).await;
    assert_eq!(outcome(&large).await, error(502, "upstream_too_large", "unknown"));
    let encoded = Upstream::start(|_| {
        Response::builder()
            .header("content-encoding", "gzip")
            .body(Full::from(Bytes::from_static(b"\x1f\x8b")))
            .unwrap()
    })
    .await;
    assert_eq!(outcome(&encoded).await, error(502, "upstream_encoded", "unknown"));
    let moved = Upstream::start(|_| {
        Response::builder()
            .status(307)
            .header("location", "http://127.0.0.1:1/")
            .body(Full::default())
            .unwrap()
    })
    .await;
    assert_eq!(outcome(&moved).await, error(502, "redirect_refused", "unknown"));
}

#[tokio::test]
async fn interim_answers_are_skipped() {
    let upstream = Upstream::raw(
        b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    )
    .await;
    assert_eq!(Relay::start(&upstream, &[]).await.generate().await.status, 200);
}

#[tokio::test]
async fn a_call_uses_a_connection_of_its_own() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    for _ in 0..3 {
        assert_eq!(relay.generate().await.status, 200);
    }
    assert_eq!((upstream.hits(), upstream.requests().len()), (3, 3));
}

#[tokio::test]
async fn a_key_the_api_repeats_does_not_come_back() {
    let upstream = Upstream::start(|received| {
        let key = received.head.headers["authorization"].to_str().unwrap();
        let body = format!("{{\"code\":\"InvalidApiKey\",\"message\":\"got {key}\"}}");
        Response::builder().status(401).header("x-request-id", key).body(Full::from(body)).unwrap()
    })
    .await;
    let answer = Relay::start(&upstream, &[]).await.generate().await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["message"], "got Bearer [redacted]");
    assert!(!format!("{:?}", answer.headers).contains("canary"));
}

/// What the caller of a long body gets when the API answers its first bytes and, as gateways do, never reads the rest.
async fn early(head: &'static str, body: &'static str) -> Answer {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let upstream = Upstream::connections(move |mut stream| async move {
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer).await;
        let answer = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let relay = Relay::start(&upstream, &["limits.total_timeout = \"500ms\""]).await;
    relay.send("POST", GENERATION, &[KEY, JSON], vec![b' '; 30 << 20]).await
}

#[tokio::test]
async fn an_early_answer_that_does_not_arrive_is_free() {
    let cut = early("500 Internal Server Error\r\ncontent-length: 100", "{").await;
    assert_eq!(cut.error(), error(502, "upstream_unreachable", "no"));
    let page = early("502 Bad Gateway\r\ncontent-length: 6", "<html>").await;
    assert_eq!(page.error(), error(502, "upstream_not_json", "no"));
}

#[tokio::test]
async fn an_answer_given_before_the_body_is_through_is_passed_on() {
    let answer = early("401 Unauthorized\r\ncontent-length: 24", "{\"code\":\"InvalidApiKey\"}").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (401, Some("InvalidApiKey")));
}
