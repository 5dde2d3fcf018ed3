//! The picture route: what is fetched, from where, and how it is handed out.

use bytes::Bytes;
use http::Response;
use http_body_util::Full;

use crate::support::relay::{Relay, picture_path};
use crate::support::{KEY, PAGE, Upstream, client, encoded, eventually};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and the rest";

fn answer(status: u16, kind: &'static str, body: &'static [u8]) -> Response<Full<Bytes>> {
    Response::builder().status(status).header("content-type", kind).body(Full::from(body)).unwrap()
}

async fn host(status: u16, kind: &'static str, body: &'static [u8]) -> (Upstream, Relay) {
    let upstream = Upstream::start(move |_| answer(status, kind, body)).await;
    let relay = Relay::start(&upstream, &["limits.image_bytes = 1000"]).await;
    (upstream, relay)
}

#[tokio::test]
async fn a_picture_comes_through_inert_and_with_a_safe_name() {
    let (upstream, relay) = host(200, "application/octet-stream", PNG).await;
    let path = format!(
        "{}&name={}",
        picture_path(&upstream, "/1d/a.png?Expires=1&Signature=a%2Fb%3D"),
        encoded("../图 1.exe")
    );
    let sent =
        [PAGE, KEY, ("cookie", "a=b"), ("referer", "https://app.example/secret"), ("range", "bytes=0-0")];
    let answer = relay.send("GET", &path, &sent, "").await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, PNG));
    for (name, value) in [
        ("content-type", "image/png"),
        (
            "content-disposition",
            "attachment; filename=\"_ 1.exe.png\"; filename*=UTF-8''%E5%9B%BE%201.exe.png",
        ),
        ("cache-control", "private, no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "https://app.example"),
    ] {
        assert_eq!(answer.headers[name], value);
    }
    let received = &upstream.requests()[0];
    assert_eq!(
        received.head.uri, "/1d/a.png?Expires=1&Signature=a%2Fb%3D",
        "the signature covers every byte"
    );
    let mut names: Vec<&str> = received.head.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
}

#[tokio::test]
async fn links_elsewhere_are_refused_before_any_connection() {
    let (upstream, relay) = host(200, "image/png", PNG).await;
    let other = format!("http://localhost:{}/a.png", upstream.address.port());
    for link in
        ["https://127.0.0.1/a.png", "https://evil.example/a.png", "file:///etc/passwd", other.as_str()]
    {
        let answer = relay.get(&format!("/relay/image?url={}", encoded(link))).await;
        assert_eq!(answer.error(), (403, "target_not_allowed".into(), "no".into()), "{link}");
    }
    for path in ["/relay/image", "/relay/image?url=", "/relay/image?url=%ff%fe"] {
        assert_eq!(relay.get(path).await.error(), (400, "url_invalid".into(), "no".into()), "{path}");
    }
    assert_eq!(upstream.hits(), 0);
}

#[tokio::test]
async fn a_listed_name_that_leads_inside_is_refused_like_any_other() {
    let (upstream, _) = host(200, "image/png", PNG).await;
    // Every resolver answers names below "localhost" with loopback (RFC 6761).
    let relay = Relay::start(&upstream, &["images.hosts = [\"pictures.result.localhost\"]"]).await;
    let inside = relay.get("/relay/image?url=https%3A%2F%2Fpictures.result.localhost%2Fa.png").await;
    let unknown = relay.get("/relay/image?url=https%3A%2F%2Fevil.example%2Fa.png").await;
    assert_eq!(inside.error(), (403, "target_not_allowed".into(), "no".into()));
    assert_eq!(inside.json()["error"]["message"], unknown.json()["error"]["message"]);
}

#[tokio::test]
async fn every_other_answer_of_an_image_host_becomes_the_relays_own_error() {
    for (status, kind, body, expected) in [
        (403, "application/xml", &b"<Error><HostId>canary"[..], (410, "link_expired")),
        (404, "application/xml", b"<Error><HostId>canary", (404, "image_not_found")),
        (429, "application/xml", b"<Error><HostId>canary", (503, "image_host_busy")),
        (503, "application/xml", b"<Error><HostId>canary", (503, "image_host_busy")),
        (500, "application/xml", b"<Error><HostId>canary", (502, "image_failed")),
        (206, "image/png", PNG, (502, "not_an_image")),
        (200, "image/svg+xml", b"<svg onload=alert('canary')>", (502, "not_an_image")),
        (200, "image/png", b"<html><script>canary", (502, "not_an_image")),
        (200, "image/png, text/html", PNG, (502, "not_an_image")),
        (200, "application/xml", b"<Error>canary", (502, "not_an_image")),
        (200, "image/png", b"", (502, "not_an_image")),
        (200, "image/png", b"\x89PNG", (502, "not_an_image")),
        (200, "image/png", &[0x89; 1001], (502, "image_too_large")),
    ] {
        let (upstream, relay) = host(status, kind, body).await;
        let answer = relay.picture(&upstream, "/a.png?Signature=canary").await;
        let (code, text, charged) = answer.error();
        assert_eq!(
            (code, text.as_str(), charged.as_str()),
            (expected.0, expected.1, "no"),
            "{status} {kind}"
        );
        assert!(!String::from_utf8_lossy(&answer.body).contains("canary"));
        assert_eq!(upstream.hits(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    for status in [301, 302, 303, 307, 308] {
        let upstream = Upstream::start(move |received| match received.head.uri.path() {
            "/inside.png" => answer(200, "image/png", PNG),
            _ => Response::builder()
                .status(status)
                .header("location", "/inside.png")
                .body(Full::default())
                .unwrap(),
        })
        .await;
        let relay = Relay::start(&upstream, &[]).await;
        let answer = relay.picture(&upstream, "/a.png").await;
        assert_eq!(answer.error(), (502, "redirect_refused".into(), "no".into()), "{status}");
        assert!(!answer.headers.contains_key("location"));
        assert_eq!(upstream.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_picture_that_breaks_off_never_looks_whole() {
    for (cap, answer) in [
        // Announced longer than it is.
        (900, &b"content-length: 900\r\n\r\n\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..]),
        // Chunked and cut.
        (900, b"transfer-encoding: chunked\r\n\r\n10\r\n\x89PNG\r\n\x1a\n\0\0\0\rIHDR\r\n"),
        // Not announced, and over the cap.
        (
            40,
            b"transfer-encoding: chunked\r\n\r\n10\r\n\x89PNG\r\n\x1a\n\0\0\0\rIHDR\r\n\
              10\r\naaaaaaaaaaaaaaaa\r\n10\r\naaaaaaaaaaaaaaaa\r\n0\r\n\r\n",
        ),
    ] {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n";
        let upstream = Upstream::raw([head, answer].concat()).await;
        let relay = Relay::start(&upstream, &[&format!("limits.image_bytes = {cap}")]).await;
        let request = client::request(relay.address, "GET", &picture_path(&upstream, "/a.png"), &[KEY], "");
        let response = client::open(relay.address, request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(client::complete(response).await.is_err(), "the transfer must break");
    }
}

#[tokio::test]
async fn an_image_host_that_is_gone_costs_nothing() {
    let upstream = Upstream::connections(|stream| async move { drop(stream) }).await;
    let relay = Relay::start(&upstream, &[]).await;
    assert_eq!(relay.picture(&upstream, "/a.png").await.error(), (502, "image_failed".into(), "no".into()));
}

#[tokio::test]
async fn a_kept_picture_outlives_its_link() {
    let state = tempfile::TempDir::new().unwrap();
    let images = Upstream::start(|_| http::Response::new(Bytes::from_static(PNG).into())).await;
    let link = format!("{}/a.png?Signature=canary", images.origin());
    let answer =
        format!(r#"{{"output":{{"choices":[{{"message":{{"content":[{{"image":"{link}"}}]}}}}]}}}}"#);
    let api = Upstream::start(move |_| http::Response::new(answer.clone().into())).await;
    let lines = [
        format!("state_dir = \"{}\"", state.path().display()),
        "keep_pictures = true".to_owned(),
        format!(
            "regions.images.upstream = \"{0}\"\nregions.images.result_origins = [\"{0}\"]",
            images.origin()
        ),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let relay = Relay::start(&api, &lines).await;
    assert_eq!(relay.generate().await.status, 200);
    let directory = state.path().join("pictures");
    let kept =
        || std::fs::read_dir(&directory).unwrap().flatten().filter(|file| file.path().extension().is_none());
    eventually("the picture to be kept", || kept().count() == 1).await;
    assert_eq!(images.requests().len(), 1);
    let answer = relay.picture(&images, "/a.png?Signature=canary").await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, PNG));
    assert_eq!(answer.headers["content-type"], "image/png");
    assert_eq!(images.requests().len(), 1, "it came from the disk");
    let path = picture_path(&images, "/a.png?Signature=canary");
    relay.send("GET", &path, &[("authorization", "Bearer sk-other")], "").await;
    assert_eq!(
        images.requests().len(),
        2,
        "somebody else's picture is fetched with the link, if it still works"
    );
    assert!(!kept().any(|file| file.path().to_string_lossy().contains("canary")));
}
