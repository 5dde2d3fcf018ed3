//! How failures look to someone who uses the SDK: behind the relay as in front of the vendor.

use contract_tests::edit::{MODEL, data_url, messages, photo_bytes};
use contract_tests::sdk::Sdk;
use contract_tests::stack::Stack;
use contract_tests::with_each_sdk;
use serde_json::{Value, json};

with_each_sdk![
    every_error_of_the_vendor_surfaces_with_its_status_and_code,
    the_relays_own_errors_surface_with_their_status,
    an_error_in_a_success_breaks_the_sdk_with_and_without_the_relay,
];

/// A call that differs from a good one, what the simulator does, and what the SDK shows.
struct Failure {
    arguments: Value,
    fault: Value,
    status: u16,
    code: &'static str,
    message: &'static str,
}

fn refused(arguments: Value, status: u16, code: &'static str, message: &'static str) -> Failure {
    Failure { arguments, fault: json!({}), status, code, message }
}

fn faulty(fault: Value, status: u16, code: &'static str) -> Failure {
    Failure { arguments: json!({}), fault, status, code, message: "A fault that was asked for." }
}

fn failures() -> Vec<Failure> {
    let area = "Image area must be between 262144 and 4194304 pixels. Got area=9 (width=3, height=3).";
    vec![
        refused(json!({"api_key": "not-a-key"}), 401, "InvalidApiKey", "Invalid API-key provided."),
        refused(json!({"size": "3*3"}), 400, "InvalidParameter", area),
        refused(json!({"model": "qwen-image-0.1"}), 404, "InvalidParameter", "Model not exist."),
        faulty(json!({"status": 400, "code": "DataInspectionFailed"}), 400, "DataInspectionFailed"),
        faulty(json!({"status": 403, "code": "AccessDenied"}), 403, "AccessDenied"),
        faulty(json!({"status": 429, "code": "Throttling.RateQuota"}), 429, "Throttling.RateQuota"),
        faulty(json!({"status": 500, "code": "InternalError.Algo"}), 500, "InternalError.Algo"),
        faulty(json!({"status": 503, "code": "ServiceUnavailable"}), 503, "ServiceUnavailable"),
    ]
}

fn every_error_of_the_vendor_surfaces_with_its_status_and_code(sdk: &Sdk) {
    let failures = failures();
    let stack = Stack::start();
    let calls: Value = failures.iter().map(|failure| call(&failure.arguments)).collect();
    let faults: Value = failures.iter().map(|failure| failure.fault.clone()).collect();
    let mut outcomes = Vec::new();
    for base_url in [stack.relay.sdk_base(), format!("{}/api/v1", stack.sim.url)] {
        stack.sim.queue(&faults);
        outcomes.push(sdk.calls(&base_url, &calls));
        assert_eq!(stack.sim.generations().len(), failures.len(), "no call was repeated");
        stack.sim.reset();
    }
    let direct = outcomes.pop().unwrap();
    let through = outcomes.pop().unwrap();
    for ((failure, through), direct) in failures.iter().zip(through).zip(direct) {
        for shown in [&through, &direct] {
            assert_eq!(shown["status_code"], failure.status, "{shown}");
            assert_eq!(shown["code"], failure.code, "{shown}");
            assert_eq!(shown["message"], failure.message, "{shown}");
            assert!(shown["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{shown}");
            assert_eq!((&shown["output"], &shown["usage"]), (&Value::Null, &Value::Null), "{shown}");
        }
    }
}

/// The relay's errors have a shape of their own, which the SDK does not read: the status must be enough.
fn the_relays_own_errors_surface_with_their_status(sdk: &Sdk) {
    let stack = Stack::with(|config| config.limit("first_byte_timeout", "3s"));
    let faults = json!([{"html": 502}, {"html": 413}, {"drop": "before"}, {"status": 500, "drop": "mid"}, {"delay_ms": 20_000}]);
    stack.sim.queue(&faults);
    let calls: Value = (0..5).map(|_| call(&json!({}))).collect();
    let outcomes = sdk.calls(&stack.relay.sdk_base(), &calls);
    for (shown, status) in outcomes.iter().zip([502, 502, 502, 502, 504]) {
        assert_eq!(shown["status_code"], status, "{shown}");
        assert_eq!(shown["output"], Value::Null, "{shown}");
        assert!(!shown.to_string().contains("<html"), "no page of somebody else's: {shown}");
    }
    assert_eq!(outcomes.len(), 5);
    let seen = stack.sim.generations();
    assert_eq!(seen.len(), 5, "the SDK repeats no call that the relay answered: {seen:#?}");
}

/// The relay passes the answer on; that the SDK cannot read it is the vendor's business.
fn an_error_in_a_success_breaks_the_sdk_with_and_without_the_relay(sdk: &Sdk) {
    let stack = Stack::start();
    stack.sim.queue(&json!({"code_in_200": "InternalError.Algo", "times": 2}));
    for (base_url, calls) in [(stack.relay.sdk_base(), 1), (format!("{}/api/v1", stack.sim.url), 2)] {
        let outcomes = sdk.calls(&base_url, &json!([call(&json!({}))]));
        assert_eq!(outcomes, [json!({"exception": "builtins.TypeError"})]);
        assert_eq!(stack.sim.generations().len(), calls);
    }
}

fn call(arguments: &Value) -> Value {
    let picture = data_url("image/png", &photo_bytes("coffee.png"));
    let mut call =
        json!({"model": MODEL, "messages": messages(&[picture], "让天空下雪"), "size": "512*512", "n": 1});
    call.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
    call
}
