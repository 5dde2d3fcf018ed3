//! Requests the relay refuses by itself: the right answer for each, and not one of them goes on to the API.

use contract_tests::http::Answer;
use contract_tests::raw;
use contract_tests::relay::{ALLOWED_PAGE, KEY, Relay};
use contract_tests::sim::GENERATION;
use contract_tests::stack::Stack;

/// A request line with the headers that differ from an ordinary request, and the answer.
struct Case {
    line: String,
    /// Replace an ordinary header of the same name; an empty value leaves it out.
    headers: &'static [(&'static str, &'static str)],
    status: u16,
    code: &'static str,
}

fn case(
    line: &str,
    headers: &'static [(&'static str, &'static str)],
    status: u16,
    code: &'static str,
) -> Case {
    Case { line: line.replace("{GENERATION}", GENERATION), headers, status, code }
}

fn cases() -> Vec<Case> {
    let generate = "POST /relay/demo{GENERATION}";
    let long = format!("GET /relay/image?url=https://app.example/{}", "a".repeat(9000));
    vec![
        case("GET /relay/nothing", &[], 404, "not_found"),
        case("GET /relay/demo", &[], 404, "not_found"),
        case("POST /relay/demo/api/v1/services/aigc/text-generation/generation", &[], 404, "not_found"),
        case("POST /relay/demo/%2e%2e/admin", &[], 404, "not_found"),
        case("POST /relay/nowhere{GENERATION}", &[], 404, "region_unknown"),
        case("GET /no-such-file.js", &[], 404, "not_found"),
        case("GET /relay/demo{GENERATION}", &[], 405, "method_not_allowed"),
        case("PUT /relay/demo{GENERATION}", &[], 405, "method_not_allowed"),
        case("DELETE /relay/image", &[], 405, "method_not_allowed"),
        case("POST /relay/demo/api/v1/uploads", &[], 405, "method_not_allowed"),
        case("CONNECT evil.example:443", &[], 405, "method_not_allowed"),
        case(generate, &[("content-length", "50331649")], 413, "body_too_large"),
        case(generate, &[("content-length", "9999999999999")], 413, "body_too_large"),
        case(&long, &[], 414, "uri_too_long"),
        case(generate, &[("content-type", "text/plain")], 415, "content_type"),
        case(generate, &[("content-type", "application/x-www-form-urlencoded")], 415, "content_type"),
        case(generate, &[("content-type", "")], 415, "content_type"),
        case(generate, &[("content-encoding", "gzip")], 415, "content_encoding"),
        case("GET /relay/relay.json", &[("host", "evil.example")], 421, "host_not_allowed"),
        case(generate, &[("host", "127.0.0.1")], 421, "host_not_allowed"),
        case(generate, &[("authorization", "")], 401, "key_missing"),
        case(generate, &[("authorization", "Basic c2stYTo=")], 401, "key_missing"),
        case("GET /relay/demo/api/v1/uploads?action=getPolicy", &[("authorization", "")], 401, "key_missing"),
        case(generate, &[("content-length", "0")], 400, "bad_json"),
        case("GET http://evil.example/", &[], 400, "bad_request"),
        case("GET /relay/image", &[], 400, "url_invalid"),
        case("GET /relay/image?url=file:///etc/passwd", &[], 403, "target_not_allowed"),
        case("GET /relay/image?url=http://127.0.0.1:1/a.png", &[], 403, "target_not_allowed"),
        case("GET /relay/image?url=https://evil.aliyuncs.com/a.png", &[], 403, "target_not_allowed"),
        case(generate, &[("via", "1.1 qwen-edit-relay")], 508, "loop_detected"),
    ]
}

#[test]
fn each_refusal_has_its_status_and_code_and_never_costs_anything() {
    let stack = Stack::start();
    for case in cases() {
        let answer = ask(&stack.relay, &case);
        let context = format!("{} {:?}: {}", case.line, case.headers, answer.text());
        assert_eq!(answer.status, case.status, "{context}");
        assert_eq!(answer.relay_error(), (case.code.to_owned(), "no".to_owned()), "{context}");
        assert_eq!(answer.header("content-type"), "application/json", "{context}");
        assert_eq!(answer.header("cache-control"), "no-store", "{context}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{context}");
        // A head that is too long is not read to its end, so nobody knows which page it came from.
        if case.line.contains("/relay/") && case.status != 414 {
            assert_eq!(answer.header("access-control-allow-origin"), ALLOWED_PAGE, "{context}");
        }
        match case.status {
            401 => assert_eq!(answer.header("www-authenticate"), "Bearer", "{context}"),
            405 => assert_ne!(answer.header("allow"), "", "{context}"),
            _ => {}
        }
    }
    let seen = stack.sim.requests();
    assert!(seen.is_empty(), "{seen:#?}");
}

#[test]
fn two_readings_of_one_message_are_refused() {
    let stack = Stack::start();
    let host = stack.relay.url.strip_prefix("http://").unwrap().to_owned();
    let head = format!(
        "POST /relay/demo{GENERATION} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: application/json\r\nConnection: close\r\n"
    );
    for framing in [
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: +2\r\n\r\n{}",
    ] {
        let answer = raw::send(&stack.relay.url, format!("{head}{framing}").as_bytes());
        assert_eq!(answer.status, 400, "{framing:?}: {}", answer.text());
    }
    let seen = stack.sim.generations();
    assert!(seen.iter().all(|request| !request.complete), "{seen:#?}");
}

fn ask(relay: &Relay, case: &Case) -> Answer {
    let host = relay.url.strip_prefix("http://").unwrap().to_owned();
    let authorization = format!("Bearer {KEY}");
    let ordinary = [
        ("host", host.as_str()),
        ("origin", ALLOWED_PAGE),
        ("authorization", &authorization),
        ("content-type", "application/json"),
        ("connection", "close"),
    ];
    let mut request = format!("{} HTTP/1.1\r\n", case.line);
    let replaced = |name: &str| case.headers.iter().any(|(other, _)| *other == name);
    let kept = ordinary.iter().filter(|(name, _)| !replaced(name));
    for (name, value) in kept.chain(case.headers).filter(|(_, value)| !value.is_empty()) {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    raw::send(&relay.url, request.as_bytes())
}
