//! The SDK with an invite's token where its API key would be: the relay holds the key, and nobody sees it.

use contract_tests::edit::{MODEL, data_url, messages, photo, photo_bytes, png_size};
use contract_tests::http::links;
use contract_tests::relay::{HELD_KEY, RelayConfig};
use contract_tests::sdk::Sdk;
use contract_tests::sim::GENERATION;
use contract_tests::stack::Stack;
use contract_tests::with_each_sdk;
use serde_json::{Value, json};

const TOKEN: &str = "qei_canary-token-7Yq1r0Zk";

with_each_sdk![
    a_token_buys_pictures_and_the_key_stays_with_the_relay,
    a_local_file_is_uploaded_with_a_token,
    a_wrong_token_is_an_error_and_reaches_nobody,
    a_used_up_budget_is_an_error_and_costs_nothing,
];

fn invited(images_per_day: u32) -> impl FnOnce(RelayConfig) -> RelayConfig {
    move |config| config.invite(TOKEN, images_per_day).log("trace")
}

fn a_token_buys_pictures_and_the_key_stays_with_the_relay(sdk: &Sdk) {
    let (stack, near, far) = Stack::tapped(invited(10));
    let base = format!("{}/relay/demo/api/v1", near.url);
    let response = &sdk.calls(&base, &json!([call(&json!({"n": 2, "size": "768*512"}))]))[0];
    assert_eq!(response["status_code"], 200, "{response}");
    let links = links(response);
    assert_eq!(links.len(), 2);
    for link in &links {
        let picture = stack.relay.image(link);
        assert_eq!(png_size(&picture.body), (768, 512));
    }
    assert_eq!(stack.sim.only_generation().headers["authorization"], "Bearer sk-***");
    assert!(near.has_seen(TOKEN) && !near.has_seen(HELD_KEY), "callers see no more than their token");
    assert!(far.has_seen(HELD_KEY) && !far.has_seen(TOKEN), "the API sees no more than the key");
    let log = stack.relay.server.stop();
    assert!(log.contains("answered") && !log.contains(HELD_KEY) && !log.contains(TOKEN), "{log}");
}

fn a_local_file_is_uploaded_with_a_token(sdk: &Sdk) {
    let (stack, near, far) = Stack::tapped(invited(10));
    let base = format!("{}/relay/demo/api/v1", near.url);
    let file = format!("file://{}", photo("coffee.png").display());
    let arguments = json!({"messages": messages(&[file], "让天空下雪"), "size": "512*512"});
    let response = &sdk.calls(&base, &json!([call(&arguments)]))[0];
    assert_eq!(response["status_code"], 200, "{response}");
    let seen = stack.sim.requests();
    let steps: Vec<_> = seen.iter().map(|seen| (seen.method.as_str(), seen.path.as_str())).collect();
    assert_eq!(steps, [("GET", "/api/v1/uploads"), ("POST", "/"), ("POST", GENERATION)]);
    assert!(!near.has_seen(HELD_KEY) && far.has_seen(HELD_KEY) && !far.has_seen(TOKEN));
}

fn a_wrong_token_is_an_error_and_reaches_nobody(sdk: &Sdk) {
    let (stack, near, _) = Stack::tapped(invited(10));
    let base = format!("{}/relay/demo/api/v1", near.url);
    let file = format!("file://{}", photo("coffee.png").display());
    let wrong = ["qei_wrong", HELD_KEY.split_at(9).0, "sk-own-key"];
    let mut calls: Vec<Value> = wrong.iter().map(|token| call(&json!({"api_key": token}))).collect();
    calls.push(call(&json!({"api_key": wrong[0], "messages": messages(&[file], "让天空下雪")})));
    let mut outcomes = sdk.calls(&base, &json!(calls));
    let upload = outcomes.pop().unwrap();
    assert_eq!(upload, json!({"exception": "dashscope.common.error.UploadFileException"}));
    for shown in outcomes {
        assert_eq!((&shown["status_code"], &shown["output"]), (&json!(401), &Value::Null), "{shown}");
    }
    assert!(stack.sim.requests().is_empty() && !near.has_seen(HELD_KEY));
}

fn a_used_up_budget_is_an_error_and_costs_nothing(sdk: &Sdk) {
    let (stack, near, _) = Stack::tapped(invited(3));
    let base = format!("{}/relay/demo/api/v1", near.url);
    let two = call(&json!({"n": 2, "size": "512*512"}));
    let one = call(&json!({"n": 1, "size": "512*512"}));
    let outcomes = sdk.calls(&base, &json!([two, two, one, one]));
    let statuses: Vec<_> = outcomes.iter().map(|shown| shown["status_code"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 429, 200, 429]);
    assert_eq!(stack.sim.generations().iter().filter(|seen| seen.complete).count(), 2);
    assert!(!near.has_seen(HELD_KEY));
}

fn call(arguments: &Value) -> Value {
    let picture = data_url("image/png", &photo_bytes("coffee.png"));
    let mut call =
        json!({"model": MODEL, "messages": messages(&[picture], "让天空下雪"), "api_key": TOKEN, "n": 1});
    call.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
    call
}
