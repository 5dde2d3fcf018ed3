//! Local files: the SDK asks for an upload credential, uploads, and sends an `oss://` reference.

use contract_tests::edit::{MODEL, data_url, messages, photo, photo_bytes};
use contract_tests::http::{get, links};
use contract_tests::sdk::Sdk;
use contract_tests::sim::GENERATION;
use contract_tests::stack::Stack;
use contract_tests::with_each_sdk;
use serde_json::{Value, json};

with_each_sdk![
    a_local_file_is_uploaded_and_edited,
    an_uploaded_picture_gives_the_same_result_as_the_picture_in_the_body,
    a_wrong_key_gets_no_upload_credential,
];

fn a_local_file_is_uploaded_and_edited(sdk: &Sdk) {
    let stack = Stack::start();
    let response = only_call(sdk, &stack, &json!({"messages": messages(&file_urls(), "让天空下雪"), "n": 1}));
    assert_eq!(response["status_code"], 200, "{response}");

    let seen = stack.sim.requests();
    let steps: Vec<_> = seen.iter().map(|seen| (seen.method.as_str(), seen.path.as_str())).collect();
    let expected = [("GET", "/api/v1/uploads"), ("POST", "/"), ("POST", "/"), ("POST", GENERATION)];
    assert_eq!(steps, expected, "one credential serves both files");
    assert!(seen.iter().all(|seen| seen.status == Some(200)), "{seen:#?}");
    let agents: Vec<_> =
        seen.iter().map(|seen| seen.headers["user-agent"].starts_with("dashscope/")).collect();
    assert_eq!(
        agents,
        [false, true, true, false],
        "files go straight to the store, the rest through the relay"
    );

    let generation = stack.sim.only_generation();
    assert_eq!(generation.headers["x-dashscope-ossresourceresolve"], "enable");
    let body: Value = serde_json::from_slice(&stack.sim.body_of(&generation)).unwrap();
    let content = &body["input"]["messages"][0]["content"];
    for (item, name) in [(0, "coffee.png"), (1, "rocket.jpg")] {
        let reference = content[item]["image"].as_str().unwrap();
        assert!(reference.starts_with("oss://") && reference.ends_with(name), "{reference}");
    }
}

fn an_uploaded_picture_gives_the_same_result_as_the_picture_in_the_body(sdk: &Sdk) {
    let stack = Stack::start();
    let inline = [("image/png", "coffee.png"), ("image/jpeg", "rocket.jpg")]
        .map(|(mime, name)| data_url(mime, &photo_bytes(name)));
    let mut pictures = Vec::new();
    for images in [file_urls(), inline.to_vec()] {
        let call = json!({"messages": messages(&images, "让天空下雪"), "seed": 7, "size": "512*512"});
        let response = only_call(sdk, &stack, &call);
        assert_eq!(response["status_code"], 200, "{response}");
        pictures.push(get(&links(&response)[0]).body);
    }
    assert!(pictures[0] == pictures[1], "the files arrived whole and in their order");
}

fn a_wrong_key_gets_no_upload_credential(sdk: &Sdk) {
    let stack = Stack::start();
    let call = json!({"messages": messages(&file_urls(), "让天空下雪"), "api_key": "not-a-key"});
    let response = only_call(sdk, &stack, &call);
    assert_eq!(response, json!({"exception": "dashscope.common.error.UploadFileException"}));
    let seen = stack.sim.requests();
    let steps: Vec<_> = seen.iter().map(|seen| (seen.path.as_str(), seen.status)).collect();
    assert_eq!(steps, [("/api/v1/uploads", Some(401))]);
}

fn file_urls() -> Vec<String> {
    ["coffee.png", "rocket.jpg"].map(|name| format!("file://{}", photo(name).display())).to_vec()
}

fn only_call(sdk: &Sdk, stack: &Stack, arguments: &Value) -> Value {
    let mut call = json!({ "model": MODEL });
    call.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
    let mut outcomes = sdk.calls(&stack.relay.sdk_base(), &json!([call]));
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}
