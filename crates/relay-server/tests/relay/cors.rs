//! Pages of other origins: refused before anything is sent on, and served readably when allowed.

use crate::support::{BODY, GENERATION, JSON, KEY, PAGE, Relay, Upstream};

#[tokio::test]
async fn nothing_of_a_foreign_page_reaches_the_api() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    for origin in
        ["https://evil.example", "null", "http://app.example", "https://app.example.", "HTTPS://APP.EXAMPLE"]
    {
        for (method, path) in [("POST", GENERATION), ("OPTIONS", GENERATION), ("GET", "/relay/image?url=x")] {
            let headers = [("origin", origin), KEY, JSON, ("access-control-request-method", "POST")];
            let answer = relay.send(method, path, &headers, BODY).await;
            assert_eq!(answer.error(), (403, "origin_not_allowed".into(), "no".into()), "{method} {origin}");
            assert!(!answer.headers.contains_key("access-control-allow-origin"));
        }
    }
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn an_allowed_page_gets_its_preflight_and_its_answer() {
    let upstream = Upstream::json(200, "{\"output\":{}}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let ask = [
        PAGE,
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,idempotency-key"),
    ];
    let preflight = relay.send("OPTIONS", GENERATION, &ask, "").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.headers["access-control-allow-origin"], "https://app.example");
    assert!(preflight.headers["access-control-allow-headers"].to_str().unwrap().contains("idempotency-key"));
    assert_eq!(upstream.hits(), 0);

    let answer = relay.generate().await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"{\"output\":{}}"[..]));
    assert_eq!(answer.headers["access-control-allow-origin"], "https://app.example");
    assert_eq!(answer.headers["vary"], "origin");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn refusals_are_readable_for_an_allowed_page() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    for (status, method, path, headers) in [
        (405, "GET", GENERATION, &[PAGE, KEY][..]),
        (401, "POST", GENERATION, &[PAGE, JSON]),
        (415, "POST", GENERATION, &[PAGE, KEY, ("content-type", "text/plain")]),
        (404, "GET", "/relay/nope", &[PAGE]),
        (421, "POST", GENERATION, &[PAGE, KEY, JSON, ("host", "evil.example")]),
    ] {
        let answer = relay.send(method, path, headers, "").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers["access-control-allow-origin"], "https://app.example", "{status}");
        assert_eq!(answer.headers["vary"], "origin", "{status}");
    }
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn on_loopback_every_name_of_this_machine_is_the_relays_own() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let port = relay.address.port();
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        let (host, origin) = (format!("{name}:{port}"), format!("http://{name}:{port}"));
        let headers = [("host", host.as_str()), ("origin", origin.as_str()), KEY, JSON];
        assert_eq!(relay.send("POST", GENERATION, &headers, BODY).await.status, 200, "{name}");
    }
    for host in ["localhost", "127.0.0.1:1", "evil.example"] {
        let answer = relay.send("GET", "/relay/healthz", &[("host", host)], "").await;
        assert_eq!(answer.error(), (421, "host_not_allowed".into(), "no".into()), "{host}");
    }
}
