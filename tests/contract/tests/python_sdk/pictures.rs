//! Several pictures, and parameters at their edges.

use std::collections::BTreeSet;

use contract_tests::edit::{MODEL, data_url, messages, photo_bytes, png_size};
use contract_tests::http::{get, links};
use contract_tests::sdk::Sdk;
use contract_tests::stack::Stack;
use contract_tests::with_each_sdk;
use serde_json::{Value, json};

with_each_sdk![
    three_pictures_come_back_and_can_be_fetched_both_ways,
    a_seed_of_zero_reaches_the_api,
    a_call_without_parameters_is_answered,
    a_partial_success_keeps_every_picture_that_was_made,
];

fn three_pictures_come_back_and_can_be_fetched_both_ways(sdk: &Sdk) {
    let stack = Stack::start();
    let response = only_call(sdk, &stack, &json!({"n": 3, "size": "768*512"}));
    let links = links(&response);
    assert_eq!(response["usage"]["image_count"], 3);
    let mut pictures = BTreeSet::new();
    for link in &links {
        let (direct, through) = (get(link), stack.relay.image(link));
        assert_eq!((direct.status, through.status), (200, 200), "{}", through.text());
        assert_eq!(png_size(&direct.body), (768, 512));
        assert!(direct.body == through.body, "{} and {} bytes", direct.body.len(), through.body.len());
        pictures.insert(direct.body);
    }
    assert_eq!((links.len(), pictures.len()), (3, 3), "three links to three different pictures");
}

fn a_seed_of_zero_reaches_the_api(sdk: &Sdk) {
    let stack = Stack::start();
    let first = only_call(sdk, &stack, &json!({"size": "512*512", "seed": 0}));
    let body: Value = serde_json::from_slice(&stack.sim.body_of(&stack.sim.only_generation())).unwrap();
    assert_eq!(body["parameters"]["seed"], 0);
    // The simulator makes the same picture from the same seed, and another one from none.
    let second = only_call(sdk, &stack, &json!({"size": "512*512", "seed": 0}));
    let picture = |response: &Value| get(&links(response)[0]).body;
    assert!(picture(&first) == picture(&second));
}

fn a_call_without_parameters_is_answered(sdk: &Sdk) {
    let stack = Stack::start();
    let response = only_call(sdk, &stack, &json!({}));
    assert_eq!(links(&response).len(), 1);
    let body: Value = serde_json::from_slice(&stack.sim.body_of(&stack.sim.only_generation())).unwrap();
    assert_eq!(body["parameters"], json!({}));
}

fn a_partial_success_keeps_every_picture_that_was_made(sdk: &Sdk) {
    let stack = Stack::start();
    stack.sim.queue(&json!({"partial": 2}));
    let response = only_call(sdk, &stack, &json!({"n": 3, "size": "512*512"}));
    assert_eq!(response["status_code"], 200);
    assert_eq!(links(&response).len(), 2);
}

/// One call through the relay with these arguments besides the usual ones.
fn only_call(sdk: &Sdk, stack: &Stack, arguments: &Value) -> Value {
    let picture = data_url("image/png", &photo_bytes("coffee.png"));
    let mut call = json!({"model": MODEL, "messages": messages(&[picture], "让天空下雪")});
    call.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
    let mut outcomes = sdk.calls(&stack.relay.sdk_base(), &json!([call]));
    assert_eq!(outcomes.len(), 1);
    let response = outcomes.remove(0);
    assert_eq!(response["status_code"], 200, "{response}");
    response
}
