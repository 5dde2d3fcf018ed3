//! A relay that is told to stop: calls under way are paid for, so they end first.

use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use contract_tests::edit::call;
use contract_tests::http;
use contract_tests::stack::Stack;
use serde_json::json;

#[test]
fn a_call_under_way_gets_its_answer_before_the_relay_ends() {
    let mut stack = Stack::start();
    stack.sim.queue(&json!({"delay_ms": 4000}));
    let request = stack.relay.generation();
    let body = call(&json!({"size": "512*512"})).to_string();
    let call = thread::spawn(move || http::send_body(request, body.as_bytes()));
    stack.sim.wait_for(|seen| seen.iter().any(|request| request.complete));
    stack.relay.server.terminate();
    wait_until_closed(&stack.relay.url);
    assert!(!call.is_finished(), "the relay closed its door only after the call");
    let answer = call.join().unwrap();
    assert_eq!(answer.links().len(), 1);
    assert!(stack.relay.server.ended_well());
    stack.sim.only_generation();
}

fn wait_until_closed(url: &str) {
    let address = url.strip_prefix("http://").unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "the relay still accepts connections");
        thread::yield_now();
    }
}
