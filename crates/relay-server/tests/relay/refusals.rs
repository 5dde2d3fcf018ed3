//! What the relay refuses by itself. The upstream must not see a connection.

use bytes::Bytes;

use crate::support::{BODY, GENERATION, JSON, KEY, Relay, Upstream, client};

async fn refused(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> (u16, String, String) {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &["limits.body_bytes = 1000"]).await;
    let answer = relay.send(method, path, headers, body).await;
    assert_eq!(upstream.hits(), 0, "{method} {path}");
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.headers[name], value, "{method} {path}");
    }
    assert_eq!(answer.json()["error"]["request_id"], answer.headers["x-request-id"].to_str().unwrap());
    answer.error()
}

fn no(status: u16, code: &str) -> (u16, String, String) {
    (status, code.to_owned(), "no".to_owned())
}

#[tokio::test]
async fn each_bad_call_has_its_own_code() {
    assert_eq!(refused("POST", GENERATION, &[JSON], BODY).await, no(401, "key_missing"));
    assert_eq!(
        refused("POST", GENERATION, &[KEY, ("content-type", "text/plain")], BODY).await,
        no(415, "content_type")
    );
    assert_eq!(
        refused("POST", GENERATION, &[KEY, JSON, ("content-encoding", "gzip")], "x").await,
        no(415, "content_encoding")
    );
    assert_eq!(refused("POST", GENERATION, &[KEY, JSON], vec![b' '; 1001]).await, no(413, "body_too_large"));
    assert_eq!(refused("POST", GENERATION, &[KEY, JSON], "").await, no(400, "bad_json"));
    assert_eq!(refused("PUT", GENERATION, &[KEY, JSON], BODY).await, no(405, "method_not_allowed"));
    assert_eq!(refused("POST", "/relay/demo/nope", &[KEY, JSON], BODY).await, no(404, "not_found"));
    let mars = GENERATION.replace("demo", "mars");
    assert_eq!(refused("POST", &mars, &[KEY, JSON], BODY).await, no(404, "region_unknown"));
    let uploads = "/relay/demo/api/v1/uploads?action=getPolicy";
    assert_eq!(refused("GET", uploads, &[], "").await, no(401, "key_missing"));
}

#[tokio::test]
async fn a_missing_key_names_the_scheme() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    assert_eq!(relay.send("POST", GENERATION, &[JSON], BODY).await.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn an_announced_terabyte_is_refused_before_it_is_sent() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer sk-1\r\ncontent-type: application/json\r\n\
         content-length: 1099511627776\r\n\r\n",
        relay.address
    );
    let started = std::time::Instant::now();
    assert!(client::raw(relay.address, head.as_bytes()).await.starts_with("HTTP/1.1 413 "));
    assert!(started.elapsed().as_secs() < 2);
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn a_refused_upload_is_taken_in_so_that_its_answer_can_be_read() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    // Like a browser, it sends everything before it reads: far more than the sockets can hold.
    let length = 30 << 20;
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n",
        relay.address
    );
    let answer = client::raw(relay.address, &[head.as_bytes(), &vec![b' '; length]].concat()).await;
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("key_missing"), "{answer}");
}

#[tokio::test]
async fn a_body_without_length_is_counted_on_its_way() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &["limits.body_bytes = 1000"]).await;
    for (size, expected) in [(1000, "200"), (1001, "413")] {
        let head = format!(
            "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer sk-1\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n",
            relay.address
        );
        let padding = size - BODY.len();
        let body =
            format!("{padding:x}\r\n{}\r\n{:x}\r\n{BODY}\r\n0\r\n\r\n", " ".repeat(padding), BODY.len());
        let answer = client::raw(relay.address, (head + &body).as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{size}: {answer}");
    }
    assert_eq!(upstream.requests().len(), 1, "the one over the cap never became a complete request");
}

#[tokio::test]
async fn proxy_requests_and_ambiguous_framing_are_refused() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let host = relay.address;
    let call = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer sk-1\r\ncontent-type: application/json\r\n"
    );
    for (expected, request) in [
        ("405", "CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n".to_owned()),
        (
            "400",
            format!("GET http://{host}/relay/healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
        ),
        (
            "400",
            format!(
                "GET /relay/healthz HTTP/1.1\r\nhost: {host}\r\nhost: evil.example\r\nconnection: close\r\n\r\n"
            ),
        ),
        ("400", "GET /relay/healthz HTTP/1.1\r\nconnection: close\r\n\r\n".to_owned()),
        (
            "404",
            format!(
                "POST /relay/healthz#{GENERATION} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            ),
        ),
        ("400", format!("{call}transfer-encoding: gzip, chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")),
        ("400", format!("{call}transfer-encoding: chunked, chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")),
        ("400", format!("{call}content-length: +2\r\n\r\n{{}}")),
        ("431", format!("GET /relay/healthz HTTP/1.1\r\nhost: {host}\r\nx: {}\r\n\r\n", "a".repeat(20_000))),
        ("431", format!("GET /relay/healthz HTTP/1.1\r\nhost: {host}\r\n{}\r\n", "x: y\r\n".repeat(100))),
    ] {
        let answer = client::raw(relay.address, request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{request:.60}: {answer}");
    }
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn uploads_over_the_memory_share_wait_outside() {
    let upstream = Upstream::connections(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let relay = Relay::start(&upstream, &["limits.body_bytes = 2048", "limits.in_flight_bytes = 2048"]).await;
    // The first call announces all of the share and never finishes its body.
    let mut slow = tokio::net::TcpStream::connect(relay.address).await.unwrap();
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer sk-1\r\ncontent-type: application/json\r\n\
         content-length: 2048\r\n\r\n{{",
        relay.address
    );
    tokio::io::AsyncWriteExt::write_all(&mut slow, head.as_bytes()).await.unwrap();
    crate::support::eventually("the first call to be sent on", || upstream.hits() == 1).await;
    let answer = relay.generate().await;
    assert_eq!(answer.error(), no(503, "overloaded"));
    assert_eq!(answer.headers["retry-after"], "5");
    assert_eq!(upstream.hits(), 1);
}

#[tokio::test]
async fn what_the_relay_offers_is_public_and_holds_no_upstream() {
    let upstream = Upstream::json(200, "{}").await;
    let relay =
        Relay::start(&upstream, &["regions.beijing.upstream = \"https://dashscope.aliyuncs.com\""]).await;
    let answer = relay.get("/relay/relay.json").await;
    assert_eq!(
        answer.json(),
        serde_json::json!({
            "name": "qwen-edit-relay", "version": env!("CARGO_PKG_VERSION"),
            "regions": [{"id": "demo", "key": "client"}, {"id": "beijing", "key": "client"}],
            "image_route": true, "jobs": true,
            "limits": {"body_bytes": 50_331_648, "image_bytes": 33_554_432}
        })
    );
    let health = relay.get("/relay/healthz").await;
    assert_eq!((health.status.as_u16(), &health.body[..]), (200, &b"{\"status\":\"ok\"}"[..]));
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn a_body_that_is_no_json_object_never_arrives_whole() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    for body in ["{", "{\"model\"", "null", "[]", "{}}", "{\"model\":\"x\",}", "{\"model\":\"\u{0}\"}"] {
        for _ in 0..10 {
            let answer = relay.send("POST", GENERATION, &[KEY, JSON], body).await;
            assert_eq!(answer.error(), no(400, "bad_json"), "{body:?}");
        }
    }
    assert_eq!(upstream.requests().len(), 0);
}
