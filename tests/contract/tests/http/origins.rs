//! Which pages may call, and that those which may can read every answer.

use contract_tests::edit::call;
use contract_tests::http::{self, Answer};
use contract_tests::relay::ALLOWED_PAGE;
use contract_tests::sim::GENERATION;
use contract_tests::stack::Stack;
use serde_json::json;
use ureq::http::Request;

#[test]
fn a_foreign_page_is_refused_and_nothing_reaches_the_api() {
    let stack = Stack::start();
    let body = call(&json!({})).to_string();
    for origin in [
        "https://evil.example",
        "null",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://APP.example",
        "https://app.example, https://evil.example",
        "http://127.0.0.1:1",
        "*",
        "",
    ] {
        let request = stack.relay.generation().header("origin", origin);
        assert_refused(&http::send_body(request, body.as_bytes()), origin);
    }
    let hidden = stack.relay.generation().header("sec-fetch-site", "cross-site");
    assert_refused(&http::send_body(hidden, body.as_bytes()), "sec-fetch-site");
    for path in ["/relay/image?url=http://127.0.0.1/a.png", "/relay/relay.json", "/relay/demo/api/v1/uploads"]
    {
        let request =
            Request::get(format!("{}{path}", stack.relay.url)).header("origin", "https://evil.example");
        assert_refused(&http::send(request), path);
    }
    let seen = stack.sim.requests();
    assert!(seen.is_empty(), "{seen:#?}");
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 403, "{what}");
    assert_eq!(answer.relay_error(), ("origin_not_allowed".to_owned(), "no".to_owned()), "{what}");
    assert_eq!(answer.header("access-control-allow-origin"), "", "{what}");
}

#[test]
fn a_preflight_lets_an_allowed_page_in_and_nobody_else() {
    let stack = Stack::start();
    let preflight = |origin: &str| {
        let request = Request::options(format!("{}/relay/demo{GENERATION}", stack.relay.url))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        http::send(request)
    };
    let allowed = preflight(ALLOWED_PAGE);
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), ALLOWED_PAGE);
    assert_eq!(allowed.header("access-control-allow-methods"), "POST");
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    assert!(allowed.header("vary").contains("origin"), "{:?}", allowed.headers);
    let granted: Vec<_> = allowed.header("access-control-allow-headers").split(',').map(str::trim).collect();
    for name in [
        "authorization",
        "content-type",
        "x-dashscope-ossresourceresolve",
        "x-dashscope-async",
        "x-dashscope-workspace",
    ] {
        assert!(granted.contains(&name), "{name} in {granted:?}");
    }
    let foreign = preflight("https://evil.example");
    assert_eq!(foreign.status, 403);
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    assert!(stack.sim.requests().is_empty());
}

#[test]
fn an_allowed_page_can_read_results_and_errors_of_both_sides() {
    let stack = Stack::start();
    stack.sim.queue(&json!([{}, {"status": 429}, {"html": 502}, {"drop": "before"}]));
    let body = call(&json!({"size": "512*512"})).to_string();
    let generate = || {
        let request = stack.relay.generation().header("origin", ALLOWED_PAGE);
        http::send_body(request, body.as_bytes())
    };
    let get = |path: &str| {
        let url = format!("{}{path}", stack.relay.url);
        http::send(stack.relay.asking(&url).header("origin", ALLOWED_PAGE))
    };
    for (status, answer) in [
        (200, generate()),
        (429, generate()),
        (502, generate()),
        (502, generate()),
        (200, get("/relay/relay.json")),
        (400, get("/relay/image")),
        (403, get("/relay/image?url=https://evil.example/a.png")),
        (404, get("/relay/nothing")),
        (405, get(&format!("/relay/demo{GENERATION}"))),
    ] {
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_readable(&answer);
    }
}

#[test]
fn the_relays_own_page_may_call_it() {
    let stack = Stack::start();
    let request = stack.relay.generation().header("origin", &stack.relay.url);
    let answer = http::send_body(request, call(&json!({"size": "512*512"})).to_string().as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("access-control-allow-origin"), stack.relay.url);
}

fn assert_readable(answer: &Answer) {
    let context = format!("{} {:?}", answer.status, answer.headers);
    assert_eq!(answer.header("access-control-allow-origin"), ALLOWED_PAGE, "{context}");
    assert!(answer.header("vary").contains("origin"), "{context}");
    let exposed = answer.header("access-control-expose-headers");
    assert!(exposed.contains("x-request-id") && exposed.contains("x-qwen-edit-relay"), "{context}");
}
