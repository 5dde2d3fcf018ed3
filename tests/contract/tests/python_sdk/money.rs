//! What the SDK does by itself when a connection breaks, and that the relay gives it no occasion.

use contract_tests::edit::{MODEL, data_url, messages, photo_bytes};
use contract_tests::sdk::Sdk;
use contract_tests::stack::Stack;
use contract_tests::with_each_sdk;
use serde_json::json;

with_each_sdk![a_dropped_call_is_paid_at_most_once_behind_the_relay];

fn a_dropped_call_is_paid_at_most_once_behind_the_relay(sdk: &Sdk) {
    let stack = Stack::start();
    let picture = data_url("image/png", &photo_bytes("coffee.png"));
    let calls = json!([{"model": MODEL, "messages": messages(&[picture], "让天空下雪"), "size": "512*512"}]);

    stack.sim.queue(&json!({"drop": "before", "times": 2}));
    let shown = sdk.calls(&stack.relay.sdk_base(), &calls).remove(0);
    assert_eq!(shown["status_code"], 502, "{shown}");
    stack.sim.only_generation();
    stack.sim.reset();

    // Without the relay version 2 sends the same paid call again, without a word.
    stack.sim.queue(&json!({"drop": "before", "times": 2}));
    let shown = sdk.calls(&format!("{}/api/v1", stack.sim.url), &calls).remove(0);
    assert_eq!(shown, json!({"exception": "requests.exceptions.ConnectionError"}));
    assert_eq!(stack.sim.generations().len(), if sdk.is_old() { 1 } else { 2 });
}
