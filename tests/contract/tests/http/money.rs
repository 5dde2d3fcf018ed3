//! The money rule: whatever goes wrong behind the relay, a paid call reaches the API once and no more.

use std::collections::BTreeMap;

use contract_tests::edit::call;
use contract_tests::relay::{Relay, RelayConfig};
use contract_tests::sim::Sim;
use contract_tests::stack::Stack;
use serde_json::{Value, json};

/// One way of failing, and what the caller learns. `None` as a code: the vendor's own answer, passed on.
struct Failure {
    fault: Value,
    status: u16,
    code: Option<&'static str>,
    charged: &'static str,
}

fn own(fault: Value, status: u16, code: &'static str, charged: &'static str) -> Failure {
    Failure { fault, status, code: Some(code), charged }
}

fn vendors(fault: Value, status: u16) -> Failure {
    Failure { fault, status, code: None, charged: "" }
}

fn failures() -> Vec<Failure> {
    vec![
        own(json!({"drop": "before"}), 502, "outcome_unknown", "unknown"),
        own(json!({"drop": "mid"}), 502, "outcome_unknown", "unknown"),
        own(json!({"status": 500, "drop": "mid"}), 502, "outcome_unknown", "unknown"),
        own(json!({"html": 502}), 502, "upstream_not_json", "unknown"),
        own(json!({"html": 504}), 502, "upstream_not_json", "unknown"),
        own(json!({"html": 413}), 502, "upstream_not_json", "no"),
        own(json!({"empty": 200}), 502, "upstream_not_json", "unknown"),
        own(json!({"empty": 503}), 502, "upstream_not_json", "unknown"),
        own(json!({"empty": 302}), 502, "redirect_refused", "unknown"),
        own(json!({"delay_ms": 20_000}), 504, "upstream_timeout", "unknown"),
        own(json!({"slow_body": 60_000}), 504, "outcome_unknown", "unknown"),
        vendors(json!({"status": 400, "code": "DataInspectionFailed"}), 400),
        vendors(json!({"status": 408, "code": "RequestTimeOut"}), 408),
        vendors(json!({"status": 429, "code": "Throttling.RateQuota"}), 429),
        vendors(json!({"status": 500, "code": "InternalError"}), 500),
        vendors(json!({"status": 503, "code": "ServiceUnavailable"}), 503),
        vendors(json!({"code_in_200": "InternalError.Algo"}), 200),
    ]
}

#[test]
fn every_kind_of_failure_reaches_the_api_exactly_once() {
    let failures = failures();
    let stack = Stack::with(|config| config.limit("first_byte_timeout", "3s").limit("total_timeout", "4s"));
    stack.sim.queue(&failures.iter().map(|failure| failure.fault.clone()).collect());
    for (seed, failure) in failures.iter().enumerate() {
        // Each call has a seed of its own, so that its body can be told from the others'.
        let answer = stack.relay.generate(&call(&json!({"n": 1, "size": "512*512", "seed": seed})));
        let context = format!("{}: {}", failure.fault, answer.text());
        assert_eq!(answer.status, failure.status, "{context}");
        match failure.code {
            Some(code) => {
                let expected = (code.to_owned(), failure.charged.to_owned());
                assert_eq!(answer.relay_error(), expected, "{context}");
            }
            None => {
                assert_eq!(answer.header("x-qwen-edit-relay"), "", "{context}");
                let wanted = failure.fault.get("code").or(failure.fault.get("code_in_200"));
                assert_eq!(Some(&answer.json()["code"]), wanted, "{context}");
            }
        }
    }
    let mut times = BTreeMap::new();
    for seen in stack.sim.generations() {
        assert!(seen.complete, "{seen:?}");
        *times.entry(seen.body_sha256).or_insert(0) += 1;
    }
    assert_eq!(times.len(), failures.len(), "each call arrived: {times:#?}");
    assert!(times.values().all(|count| *count == 1), "none arrived twice: {times:#?}");
}

#[test]
fn an_api_that_cannot_be_reached_costs_nothing_and_the_relay_says_so() {
    let sim = Sim::start();
    let relay = Relay::start(&RelayConfig::before(&sim.url));
    sim.stop();
    let answer = relay.generate(&call(&json!({})));
    assert_eq!(answer.status, 502);
    assert_eq!(answer.relay_error(), ("upstream_unreachable".to_owned(), "no".to_owned()));
}

#[test]
fn a_refusal_of_the_api_passes_unchanged() {
    let stack = Stack::start();
    let wrong_size = call(&json!({"size": "3*3"}));
    let through = stack.relay.generate(&wrong_size);
    assert_eq!(through.status, 400);
    let answer = through.json();
    assert_eq!(answer["code"], "InvalidParameter");
    assert_eq!(through.header("x-request-id"), answer["request_id"].as_str().unwrap());
    assert_eq!(through.header("x-qwen-edit-relay"), "");
}
