//! The key, the picture links' signatures and what people write stay out of logs and errors.

use contract_tests::edit::{call, call_with, data_url, photo_bytes};
use contract_tests::http;
use contract_tests::relay::RelayConfig;
use contract_tests::sim::GENERATION;
use contract_tests::stack::Stack;
use serde_json::json;
use ureq::http::Request;

const KEY: &str = "sk-canary-0123456789abcdef";

/// A key in places where a confused client may put it.
fn misplaced_keys(relay: &str) -> Vec<ureq::http::request::Builder> {
    let generation = format!("{relay}/relay/demo{GENERATION}");
    vec![
        Request::get(format!("{relay}/relay/nothing/{KEY}")),
        Request::get(format!("{relay}/relay/image?url={KEY}")),
        Request::get(format!("{relay}/relay/image?url=https://{KEY}@evil.example/a.png?Signature={KEY}")),
        Request::get(format!("{generation}?api_key={KEY}")),
        Request::get(format!("{relay}/relay/demo/api/v1/uploads?action=getPolicy&model=x&key={KEY}"))
            .header("authorization", format!("Bearer {KEY}")),
        Request::get(&generation).header("x-api-key", KEY).header("authorization", KEY),
        Request::get(format!("{relay}/relay/relay.json")).header("origin", format!("https://{KEY}.example")),
        Request::get(format!("{relay}/relay/relay.json")).header("host", format!("{KEY}.example")),
    ]
}

#[test]
fn nothing_secret_is_in_the_finest_log() {
    let stack = Stack::with(|config: RelayConfig| config.log("trace"));
    stack.sim.queue(&json!([{}, {"status": 401}, {"html": 502}, {"drop": "before"}, {"drop": "mid"}]));
    let image = data_url("image/png", &photo_bytes("coffee.png"));
    let mut body = call_with(std::slice::from_ref(&image), &json!({"size": "512*512"}));
    body["input"]["messages"][0]["content"][1]["text"] = "canary instruction".into();
    let generate = || {
        let request = Request::post(format!("{}/relay/demo{GENERATION}", stack.relay.url))
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "application/json");
        http::send_body(request, body.to_string().as_bytes())
    };
    let links = generate().links();
    for status in [401, 502, 502, 502] {
        assert_eq!(generate().status, status);
    }
    assert_eq!(stack.relay.image(&links[0]).status, 200);
    assert_ne!(stack.relay.image(&links[0].replace("Signature=", "Signature=A")).status, 200);
    for request in misplaced_keys(&stack.relay.url) {
        http::send(request);
    }

    let log = stack.relay.server.stop();
    assert!(log.matches("answered").count() >= 15, "the log is on: {log}");
    let signature = links[0].split("Signature=").nth(1).unwrap();
    for secret in ["sk-canary", "canary instruction", signature, "Signature=", &image[30..90]] {
        assert!(!log.contains(secret), "{secret:?} in {log}");
    }
}

#[test]
fn no_error_repeats_the_key() {
    let stack = Stack::start();
    for request in misplaced_keys(&stack.relay.url) {
        let answer = http::send(request);
        assert!(answer.status >= 400, "{}", answer.text());
        let shown = format!("{:?} {}", answer.headers, answer.text());
        assert!(!shown.contains(KEY), "{shown}");
    }
}

#[test]
fn an_api_that_repeats_the_key_is_not_repeated() {
    let stack = Stack::start();
    let message = format!("Incorrect API key provided: {}.", contract_tests::relay::KEY);
    stack.sim.queue(&json!({"status": 401, "code": "InvalidApiKey", "message": message}));
    let answer = stack.relay.generate(&call(&json!({})));
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["code"], "InvalidApiKey");
    assert!(!answer.text().contains(contract_tests::relay::KEY), "{}", answer.text());
}
