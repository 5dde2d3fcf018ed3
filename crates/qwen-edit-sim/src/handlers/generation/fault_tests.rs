use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Settings;
use crate::testing::{GENERATION, TestAnswer, TestSimulator, call};

fn body() -> Value {
    call(&json!({ "n": 2, "size": "512*512" }))
}

/// The answer to a right call under a fault; then checks that the next call is fine again.
fn answer_under(fault: &Value) -> TestAnswer {
    let simulator = TestSimulator::start();
    simulator.queue_fault(fault);
    let answer = simulator.generate(&body());
    assert_eq!(simulator.generate(&body()).links().len(), 2);
    answer
}

#[test]
fn a_status_fault_answers_in_the_vendors_shape() {
    let answer =
        answer_under(&json!({ "status": 429, "code": "Throttling.RateQuota", "message": "slow down" }));
    assert_eq!(answer.status, 429);
    assert_eq!(answer.json()["code"], "Throttling.RateQuota");
    assert_eq!(answer.json()["message"], "slow down");
    assert_eq!(answer.header("x-request-id"), answer.json()["request_id"].as_str().unwrap());
}

#[test]
fn a_code_can_come_with_status_200() {
    let answer = answer_under(&json!({ "code_in_200": "InternalError" }));
    assert_eq!((answer.status, answer.json()["code"].as_str()), (200, Some("InternalError")));
    assert!(answer.json()["output"].is_null());
}

#[test]
fn html_comes_from_a_load_balancer_and_not_from_the_api() {
    let answer = answer_under(&json!({ "html": 502 }));
    assert_eq!(answer.status, 502);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text().contains("502 Bad Gateway"));
    assert!(!answer.headers.contains_key("x-dashscope-call-gateway"));
}

#[test]
fn an_empty_answer_is_empty() {
    let answer = answer_under(&json!({ "empty": 200 }));
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[test]
fn a_partial_answer_has_fewer_pictures_and_counts_them() {
    for (partial, expected) in [(1, 1), (0, 0), (9, 2)] {
        let answer = answer_under(&json!({ "partial": partial }));
        assert_eq!(answer.links().len(), expected);
        assert_eq!(answer.json()["usage"]["image_count"], expected);
    }
}

#[test]
fn a_delayed_answer_comes_later() {
    let started = Instant::now();
    assert_eq!(answer_under(&json!({ "delay_ms": 300, "status": 500 })).status, 500);
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_slow_body_arrives_whole() {
    let started = Instant::now();
    let answer = answer_under(&json!({ "slow_body": 400 }));
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(answer.links().len(), 2);
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
}

fn raw_call(simulator: &TestSimulator) -> Vec<u8> {
    let body = body().to_string();
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nHost: sim\r\nAuthorization: Bearer sk-x\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    simulator.raw(&[head, body].concat().into_bytes(), false)
}

#[test]
fn a_connection_dropped_before_the_answer_gives_not_a_byte_though_the_body_arrived() {
    let simulator = TestSimulator::start();
    simulator.queue_fault(&json!({ "drop": "before" }));
    assert_eq!(raw_call(&simulator), b"");
    let log = simulator.requests(|log| log.len() == 1);
    assert_eq!((&log[0]["complete"], &log[0]["status"]), (&json!(true), &json!(null)));
    assert_eq!(log[0]["model"], "qwen-image-2.0-pro");
    assert_eq!(simulator.generate(&body()).status, 200);
}

#[test]
fn a_connection_dropped_midway_gives_half_of_the_announced_body() {
    let simulator = TestSimulator::start();
    simulator.queue_fault(&json!({ "drop": "mid" }));
    let answer = String::from_utf8(raw_call(&simulator)).unwrap();
    let (head, half) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(half.len(), length.parse::<usize>().unwrap() / 2);
    assert!(half.starts_with('{'));
}

#[test]
fn links_can_point_to_a_host_that_does_not_exist() {
    let links = answer_under(&json!({ "unknown_host_links": true })).links();
    assert!(links.iter().all(|link| link.contains(".invalid/") && link.contains("Signature=")), "{links:?}");
}

#[test]
fn links_can_be_plain_http_although_the_public_url_is_https() {
    let public_url = Some("https://demo.example/sim".parse().unwrap());
    let simulator = TestSimulator::with(Settings { public_url, ..Settings::on_free_ports() });
    assert!(simulator.generate(&body()).links()[0].starts_with("https://demo.example/sim/"));
    simulator.queue_fault(&json!({ "http_links": true }));
    assert!(simulator.generate(&body()).links()[0].starts_with("http://demo.example/sim/"));
}

#[test]
fn faults_are_taken_one_by_one_before_any_check() {
    let simulator = TestSimulator::start();
    simulator.queue_fault(&json!([{ "status": 500, "times": 2 }, { "status": 503 }]));
    let statuses: Vec<_> = (0..4).map(|_| simulator.generate(&json!({})).status).collect();
    assert_eq!(statuses, [500, 500, 503, 400]);
}
