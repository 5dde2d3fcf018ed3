//! What the relay says about itself, and the headers of the studio's page.

use std::fs;

use contract_tests::http;
use contract_tests::stack::Stack;
use serde_json::json;
use ureq::http::Request;

#[test]
fn relay_json_tells_what_is_offered_and_no_secret() {
    let stack = Stack::with(|config| config.limit("body_bytes", 1_000_000));
    let answer = stack.relay.get("/relay/relay.json");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    let mut description = answer.json();
    let version = description.as_object_mut().unwrap().remove("version");
    assert!(version.is_some_and(|version| version.as_str().is_some_and(|text| !text.is_empty())));
    let expected = json!({
        "name": "qwen-edit-relay",
        "regions": [{"id": "demo", "key": "client"}],
        "image_route": true,
        "jobs": true,
        "limits": {"body_bytes": 1_000_000, "image_bytes": 33_554_432},
    });
    assert_eq!(description, expected);
    assert!(!answer.text().contains(&stack.sim.url), "upstreams are the operator's business");
}

#[test]
fn relay_json_tells_where_an_invite_is_needed() {
    let stack = Stack::with(|config| config.invite("qei_contract-tests", 5));
    let answer = stack.relay.get("/relay/relay.json");
    assert_eq!(answer.json()["regions"], json!([{"id": "demo", "key": "server", "invite": true}]));
    assert!(!answer.text().contains("guest"), "who is invited is nobody's business");
}

#[test]
fn the_relay_tells_that_it_is_alive() {
    let stack = Stack::start();
    let answer = stack.relay.get("/relay/healthz");
    assert_eq!((answer.status, answer.json()), (200, json!({"status": "ok"})));
    let head = http::send(Request::head(format!("{}/relay/healthz", stack.relay.url)));
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn the_page_comes_with_a_strict_content_security_policy() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.html"), "<!doctype html><title>studio</title>").unwrap();
    fs::write(folder.path().join(".env"), "SECRET=1").unwrap();
    let stack = Stack::with(|config| config.studio(folder.path()));
    let page = stack.relay.get("/");
    assert_eq!((page.status, page.text().contains("studio")), (200, true));
    let policy = page.header("content-security-policy");
    let directives: Vec<_> = policy.split(';').map(str::trim).collect();
    for directive in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(directives.contains(&directive), "{directive} in {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    let pictures = directives.iter().find(|directive| directive.starts_with("img-src")).unwrap();
    assert!(pictures.contains(&stack.sim.url), "results are shown with <img>: {pictures}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(stack.relay.get("/.env").status, 404);
}
