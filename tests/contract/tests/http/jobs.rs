//! Calls with a key: sent once, answered as often as asked, picked up later, and by nobody else.

use std::thread;
use std::time::{Duration, Instant};

use contract_tests::edit::{call, png_size};
use contract_tests::http::{self, Answer};
use contract_tests::relay::ALLOWED_PAGE;
use contract_tests::stack::Stack;
use serde_json::{Value, json};

const JOB: &str = "1b671a64-40d5-4d5a-a2b8-1f4c0f3f7f10";
/// Longer than any answer of the simulator in these tests takes.
const PATIENCE: Duration = Duration::from_secs(30);

fn post(stack: &Stack, body: &Value, prefer: &str) -> Answer {
    let request = stack.relay.generation().header("idempotency-key", JOB).header("prefer", prefer);
    http::send_body(request.header("origin", ALLOWED_PAGE), body.to_string().as_bytes())
}

fn result(stack: &Stack, wait: u32) -> Answer {
    let url = format!("{}/relay/jobs/{JOB}", stack.relay.url);
    http::send(
        stack.relay.asking(&url).header("prefer", format!("wait={wait}")).header("origin", ALLOWED_PAGE),
    )
}

#[test]
fn a_repeated_call_gets_the_same_bytes_and_reaches_the_api_once() {
    let stack = Stack::start();
    let body = call(&json!({"size": "512*512", "n": 2}));
    let first = post(&stack, &body, "");
    let again = [post(&stack, &body, ""), post(&stack, &body, "respond-async"), result(&stack, 0)];
    assert_eq!((first.status, first.header("idempotency-replayed")), (200, ""));
    for answer in again {
        assert_eq!((answer.status, answer.header("idempotency-replayed")), (200, "true"));
        assert_eq!(answer.body, first.body);
        assert_eq!(answer.header("access-control-allow-origin"), ALLOWED_PAGE);
        assert!(answer.header("access-control-expose-headers").contains("idempotency-replayed"));
    }
    stack.sim.only_generation();
    let other = post(&stack, &call(&json!({"size": "512*512", "n": 1})), "");
    assert_eq!(other.status, 422);
    assert_eq!(other.relay_error(), ("idempotency_conflict".to_owned(), "no".to_owned()));
    stack.sim.only_generation();
}

#[test]
fn an_accepted_call_is_waited_for_and_its_picture_fetched() {
    let stack = Stack::start();
    stack.sim.queue(&json!({"delay_ms": 4000}));
    let body = call(&json!({"size": "512*512"}));
    let accepted = post(&stack, &body, "respond-async");
    assert_eq!(accepted.status, 202, "{}", accepted.text());
    assert_eq!(accepted.header("location"), format!("/relay/jobs/{JOB}"));
    assert_eq!(accepted.json()["job"], json!({"key": JOB, "status": "running"}));

    let running = post(&stack, &body, "");
    assert_eq!((running.status, running.relay_error().0.as_str()), (409, "idempotency_running"));
    assert_ne!(running.header("retry-after"), "");
    assert_eq!(result(&stack, 0).status, 202);
    let answer = result(&stack, 25);
    let links = answer.links();
    assert_eq!(png_size(&stack.relay.image(&links[0]).body), (512, 512));
    stack.sim.only_generation();
}

#[test]
fn a_caller_who_is_gone_finds_the_answer_later() {
    let stack = Stack::start();
    stack.sim.queue(&json!({"delay_ms": 500}));
    assert_eq!(post(&stack, &call(&json!({"size": "512*512"})), "respond-async").status, 202);
    let deadline = Instant::now() + PATIENCE;
    // Each question is a connection of its own; between them nobody is there.
    let answer = loop {
        let answer = result(&stack, 0);
        if answer.status != 202 {
            break answer;
        }
        assert!(Instant::now() < deadline, "{}", answer.text());
        thread::yield_now();
    };
    assert_eq!(answer.links().len(), 1);
}

#[test]
fn somebody_elses_job_is_no_job() {
    let stack = Stack::start();
    assert_eq!(post(&stack, &call(&json!({"size": "512*512"})), "").status, 200);
    let url = |key: &str| format!("{}/relay/jobs/{key}", stack.relay.url);
    let ask = |key: &str, bearer: &str| {
        http::send(ureq::http::Request::get(url(key)).header("authorization", bearer))
    };
    let foreign = ask(JOB, "Bearer sk-somebody-else");
    let unknown = ask("1b671a64-0000-4d5a-a2b8-1f4c0f3f7f10", "Bearer sk-somebody-else");
    for answer in [&foreign, &unknown] {
        assert_eq!(
            (answer.status, answer.relay_error()),
            (404, ("not_found".to_owned(), "unknown".to_owned()))
        );
    }
    assert_eq!(foreign.json()["error"]["message"], unknown.json()["error"]["message"]);
    assert_eq!(http::get(&url(JOB)).status, 401);
}

#[test]
fn a_call_whose_end_is_lost_is_never_sent_again() {
    let stack = Stack::start();
    stack.sim.queue(&json!({"drop": "before"}));
    let body = call(&json!({"size": "512*512"}));
    assert_eq!(post(&stack, &body, "").relay_error(), ("outcome_unknown".to_owned(), "unknown".to_owned()));
    for answer in [post(&stack, &body, ""), result(&stack, 1)] {
        assert_eq!(answer.status, 409, "{}", answer.text());
        assert_eq!(answer.relay_error(), ("outcome_unknown".to_owned(), "unknown".to_owned()));
    }
    stack.sim.only_generation();
}

#[test]
fn a_key_is_asked_for_where_it_is_needed_and_must_look_like_one() {
    let stack = Stack::with(|config| config.set("require_idempotency_key", true));
    let body = call(&json!({"size": "512*512"}));
    let without = stack.relay.generate(&body);
    assert_eq!((without.status, without.relay_error().0.as_str()), (400, "idempotency_key_missing"));
    let request = stack.relay.generation().header("idempotency-key", "short");
    let invalid = http::send_body(request, body.to_string().as_bytes());
    assert_eq!((invalid.status, invalid.relay_error().0.as_str()), (400, "idempotency_key_invalid"));
    assert_eq!(post(&stack, &body, "").status, 200);
    stack.sim.only_generation();
}
