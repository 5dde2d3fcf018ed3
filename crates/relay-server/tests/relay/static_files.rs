//! The studio's files and their headers.

use std::fs;

use tempfile::TempDir;

use crate::support::{Answer, Relay, Upstream};

async fn studio() -> (TempDir, Relay) {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("index.html", "<!doctype html>"),
        ("app-0123456789abcdef.js", "plain js"),
        ("app-0123456789abcdef.js.br", "brotli js"),
        ("app-0123456789abcdef.js.gz", "gzip js"),
        ("app-0123456789abcdef_bg.wasm", "\0asm"),
        ("style.css", "css"),
        ("manifest.webmanifest", "{}"),
        (".env", "canary"),
        ("sub/index.html", "sub"),
        ("sub/.git/config", "canary"),
    ] {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let upstream = Upstream::json(200, "{}").await;
    let line = format!("static_dir = \"{}\"", dir.path().display());
    let relay = Relay::start(&upstream, &[&line]).await;
    (dir, relay)
}

#[tokio::test]
async fn the_page_has_strict_headers_and_is_checked_for_news_each_time() {
    let (_dir, relay) = studio().await;
    for path in ["/", "/index.html"] {
        let page = relay.get(path).await;
        assert_eq!((page.status.as_u16(), &page.body[..]), (200, &b"<!doctype html>"[..]));
        assert_eq!(page.headers["content-type"], "text/html");
        assert_eq!(page.headers["cache-control"], "no-cache");
        let csp = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            csp.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "),
            "{csp}"
        );
        assert!(csp.contains("img-src 'self' blob: data: https: http://127.0.0.1:"), "{csp}");
        assert!(csp.contains("connect-src 'self'") && !csp.contains("unsafe-inline"), "{csp}");
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(page.headers[name], value);
        }
        assert!(page.headers.contains_key("permissions-policy"));
    }
}

#[tokio::test]
async fn fingerprinted_files_are_kept_for_ever_and_typed_right() {
    let (_dir, relay) = studio().await;
    let wasm = relay.get("/app-0123456789abcdef_bg.wasm").await;
    assert_eq!(wasm.headers["content-type"], "application/wasm");
    assert_eq!(wasm.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(relay.get("/app-0123456789abcdef.js").await.headers["content-type"], "text/javascript");
    assert_eq!(relay.get("/style.css").await.headers["cache-control"], "no-cache");
    assert_eq!(relay.get("/manifest.webmanifest").await.headers["content-type"], "application/manifest+json");
}

#[tokio::test]
async fn compressed_files_are_sent_to_those_who_take_them() {
    let (_dir, relay) = studio().await;
    let get = |accept: &'static str| {
        let relay = &relay;
        async move { relay.send("GET", "/app-0123456789abcdef.js", &[("accept-encoding", accept)], "").await }
    };
    let encoding = |answer: &Answer| {
        answer.headers.get("content-encoding").map(|value| value.to_str().unwrap().to_owned())
    };
    let brotli = get("gzip, br").await;
    assert_eq!((encoding(&brotli).as_deref(), &brotli.body[..]), (Some("br"), &b"brotli js"[..]));
    assert_eq!(brotli.headers["content-type"], "text/javascript");
    assert_eq!(encoding(&get("gzip").await).as_deref(), Some("gzip"));
    assert_eq!(encoding(&get("identity").await), None);
    assert!(
        brotli
            .headers
            .get_all("vary")
            .iter()
            .any(|value| value.to_str().unwrap().eq_ignore_ascii_case("accept-encoding"))
    );
}

#[tokio::test]
async fn nothing_hidden_or_outside_is_served() {
    let (_dir, relay) = studio().await;
    for path in [
        "/.env",
        "/%2eenv",
        "/%2Eenv",
        "/sub/.git/config",
        "/sub/%2egit/config",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/..%2fCargo.toml",
        "/sub/..%2f..%2fCargo.toml",
        "/sub/",
        "/sub",
        "/nope.js",
        "//etc/passwd",
        "/index.html/",
        "/index.html%00",
        "/\\..\\x",
    ] {
        let answer = relay.get(path).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
        assert!(!String::from_utf8_lossy(&answer.body).contains("canary"));
    }
}

#[tokio::test]
async fn only_reading_is_possible() {
    let (_dir, relay) = studio().await;
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(relay.send(method, "/index.html", &[], "").await.status, 404, "{method}");
    }
    let head = relay.send("HEAD", "/", &[], "").await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[tokio::test]
async fn without_a_directory_there_is_no_page() {
    let upstream = Upstream::json(200, "{}").await;
    let answer = Relay::start(&upstream, &[]).await.get("/").await;
    assert_eq!(answer.error(), (404, "not_found".into(), "no".into()));
}
