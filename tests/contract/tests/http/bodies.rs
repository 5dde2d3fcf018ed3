//! Request bodies: large ones pass unchanged and are not kept in memory, chunked ones too, too large ones not at all.

use std::io::Cursor;

use contract_tests::digest::sha256;
use contract_tests::edit::{call, call_with, data_url, noise_bmp};
use contract_tests::http;
use contract_tests::raw;
use contract_tests::relay::KEY;
use contract_tests::sim::GENERATION;
use contract_tests::stack::Stack;
use serde_json::json;

/// Three pictures just under the vendor's 10 MB: the largest call there is.
fn largest_body() -> Vec<u8> {
    let images: Vec<_> = (1..=3).map(|seed| data_url("image/bmp", &noise_bmp(1800, 1800, seed))).collect();
    call_with(&images, &json!({"n": 1, "size": "512*512"})).to_string().into_bytes()
}

#[test]
fn the_largest_call_passes_byte_for_byte_and_is_not_kept_in_memory() {
    let stack = Stack::start();
    let body = largest_body();
    assert!(body.len() > 38_000_000);
    let before = stack.relay.server.kilobytes("VmRSS");
    let answer = http::send_body(stack.relay.generation(), &body);
    assert_eq!(answer.links().len(), 1);
    let seen = stack.sim.only_generation();
    assert_eq!(seen.body_size, body.len() as u64);
    assert_eq!(seen.body_sha256, Some(sha256(&body)));
    assert_eq!(seen.headers["content-length"], body.len().to_string());
    let peak = stack.relay.server.kilobytes("VmHWM");
    if let (Some(before), Some(peak)) = (before, peak) {
        let grown = peak.saturating_sub(before);
        println!("the relay's memory: {before} kB before, {peak} kB at most, {grown} kB more");
        // Not a measurement, see the benchmarks: it only tells streaming from collecting.
        assert!(grown < body.len() as u64 / 1024 / 2, "{grown} kB more for a body of {} bytes", body.len());
    }
}

#[test]
fn a_chunked_body_passes_byte_for_byte() {
    let stack = Stack::start();
    let body = call_with(&[data_url("image/bmp", &noise_bmp(1800, 1800, 7))], &json!({"size": "512*512"}));
    let body = body.to_string().into_bytes();
    let answer = http::send_chunked(stack.relay.generation(), Cursor::new(body.clone()));
    assert_eq!(answer.links().len(), 1);
    assert_eq!(stack.sim.only_generation().body_sha256, Some(sha256(&body)));
}

#[test]
fn a_body_of_exactly_the_cap_passes_and_one_byte_more_does_not() {
    let body = call(&json!({"size": "512*512"})).to_string();
    let stack = Stack::with(|config| config.limit("body_bytes", body.len() as i64));
    let fits = http::send_body(stack.relay.generation(), body.as_bytes());
    assert_eq!(fits.status, 200, "{}", fits.text());
    let refused = http::send_body(stack.relay.generation(), format!("{body} ").as_bytes());
    assert_eq!(refused.status, 413);
    assert_eq!(refused.relay_error(), ("body_too_large".to_owned(), "no".to_owned()));
    stack.sim.only_generation();
}

#[test]
fn a_chunked_body_over_the_cap_never_becomes_a_whole_call() {
    let body = call(&json!({"size": "512*512"})).to_string();
    let stack = Stack::with(|config| config.limit("body_bytes", body.len() as i64 - 1));
    let host = stack.relay.url.strip_prefix("http://").unwrap();
    let request = format!(
        "POST /relay/demo{GENERATION} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         {:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let answer = raw::send(&stack.relay.url, request.as_bytes());
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_eq!(answer.relay_error(), ("body_too_large".to_owned(), "no".to_owned()));
    let seen = stack.sim.generations();
    assert!(seen.iter().all(|request| !request.complete), "{seen:#?}");
}

#[test]
fn a_body_that_stops_early_never_becomes_a_whole_call() {
    let stack = Stack::with(|config| config.limit("body_timeout", "500ms"));
    let host = stack.relay.url.strip_prefix("http://").unwrap();
    let request = format!(
        "POST /relay/demo{GENERATION} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n{{\"model\":"
    );
    let answer = raw::send(&stack.relay.url, request.as_bytes());
    assert_eq!(answer.status, 408, "{}", answer.text());
    assert_eq!(answer.relay_error(), ("body_timeout".to_owned(), "no".to_owned()));
    let seen = stack.sim.generations();
    assert!(seen.iter().all(|request| !request.complete), "{seen:#?}");
}

#[test]
fn only_headers_of_the_vendors_own_interface_go_on_to_the_api() {
    let stack = Stack::start();
    let request = stack
        .relay
        .generation()
        .header("cookie", "session=1")
        .header("x-forwarded-for", "10.0.0.1")
        .header("x-dashscope-workspace", "ws-1")
        .header("referer", "https://app.example/secret");
    let answer = http::send_body(request, call(&json!({"size": "512*512"})).to_string().as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let headers = stack.sim.only_generation().headers;
    let names: Vec<_> = headers.keys().map(String::as_str).collect();
    let expected = [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-dashscope-workspace",
    ];
    assert_eq!(names, expected);
    assert_eq!(headers["x-dashscope-workspace"], "ws-1");
}
