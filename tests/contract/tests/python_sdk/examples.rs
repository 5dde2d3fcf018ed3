//! The Python examples of the vendor's help page.

use std::fs;

use contract_tests::digest::sha256;
use contract_tests::edit::{data_url_bytes, photo, photo_bytes, png_size};
use contract_tests::http::{get, links};
use contract_tests::sdk::Sdk;
use contract_tests::stack::Stack;
use contract_tests::with_each_sdk;
use serde_json::{Value, json};

/// What the SDK was seen to send, see the notes beside these files.
const TWO_URLS: &str = include_str!("../../../../crates/qwen-edit-api/fixtures/request-two-urls.json");
const TWO_URLS_OLD: &str =
    include_str!("../../../../crates/qwen-edit-api/fixtures/request-two-urls-sdk-1.25.json");
const BASE64: &str = include_str!("../../../../crates/qwen-edit-api/fixtures/request-base64.json");

with_each_sdk![
    the_interpreter_has_the_version_it_is_named_for,
    the_two_url_example_is_answered_as_its_page_says,
    the_two_url_example_reaches_the_api_as_captured,
    the_base64_example_delivers_the_file,
    the_base64_example_sends_the_captured_fields,
    the_relay_changes_no_byte_of_what_the_sdk_sends,
    the_download_example_works_with_the_vendors_links,
];

fn the_interpreter_has_the_version_it_is_named_for(sdk: &Sdk) {
    assert_eq!(sdk.script("http://127.0.0.1:1", "version.py", &[]).trim(), sdk.version);
}

fn the_two_url_example_is_answered_as_its_page_says(sdk: &Sdk) {
    let stack = Stack::start();
    let (response, said) = run(sdk, &stack.relay.sdk_base(), "example_two_urls.py", &[]);
    let links = links(&response);
    assert_eq!(said, [format!("输出图像1的URL:{}", links[0])]);
    // The fields of the page's "response example"; which of them the SDK adds is the vendor's business.
    assert_eq!((&response["status_code"], &response["code"]), (&json!(200), &json!("")));
    assert_eq!(response["output"]["choices"][0]["finish_reason"], "stop");
    assert_eq!(response["output"]["choices"][0]["message"]["role"], "assistant");
    let usage = &response["usage"];
    assert_eq!(
        (&usage["width"], &usage["height"], &usage["image_count"]),
        (&json!(2048), &json!(2048), &json!(1))
    );
    assert!(response["request_id"].as_str().is_some_and(|id| !id.is_empty()));
    assert_eq!(png_size(&get(&links[0]).body), (2048, 2048));
}

fn the_two_url_example_reaches_the_api_as_captured(sdk: &Sdk) {
    let stack = Stack::start();
    run(sdk, &stack.relay.sdk_base(), "example_two_urls.py", &[]);
    let seen = stack.sim.only_generation();
    let body = String::from_utf8(stack.sim.body_of(&seen)).unwrap();
    // The files end with a line break, the wire does not.
    assert_eq!(body, if sdk.is_old() { TWO_URLS_OLD } else { TWO_URLS }.trim_end());
    let json = if sdk.is_old() { "application/json" } else { "application/json; charset=utf-8" };
    assert_eq!((seen.headers["content-type"].as_str(), seen.headers["accept"].as_str()), (json, json));
    assert_eq!(seen.headers["authorization"], "Bearer sk-***");
}

fn the_base64_example_delivers_the_file(sdk: &Sdk) {
    let stack = Stack::start();
    let file = photo("rocket.jpg");
    run(sdk, &stack.relay.sdk_base(), "example_base64.py", &[file.to_str().unwrap()]);
    let image = content(&stack)[0]["image"].as_str().unwrap().to_owned();
    assert!(image.starts_with("data:image/jpeg;base64,"), "{}", &image[..40]);
    assert_eq!(sha256(&data_url_bytes(&image)), sha256(&photo_bytes("rocket.jpg")));
}

fn the_base64_example_sends_the_captured_fields(sdk: &Sdk) {
    let mut captured: Value = serde_json::from_str(BASE64).unwrap();
    let picture = captured["input"]["messages"][0]["content"][0]["image"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("captured.png");
    fs::write(&file, data_url_bytes(picture)).unwrap();

    let stack = Stack::start();
    run(sdk, &stack.relay.sdk_base(), "example_base64.py", &[file.to_str().unwrap()]);
    let sent: Value = serde_json::from_slice(&stack.sim.body_of(&stack.sim.only_generation())).unwrap();
    // The capture was made with the beginning of the page's instruction.
    let instruction = &sent["input"]["messages"][0]["content"][1]["text"];
    let shown = captured["input"]["messages"][0]["content"][1]["text"].take();
    assert!(instruction.as_str().unwrap().starts_with(shown.as_str().unwrap()));
    captured["input"]["messages"][0]["content"][1]["text"] = instruction.clone();
    if sdk.is_old() {
        captured["parameters"]["stream"] = false.into();
    }
    assert_eq!(sent, captured);
}

fn the_relay_changes_no_byte_of_what_the_sdk_sends(sdk: &Sdk) {
    let stack = Stack::start();
    let astronaut = photo("astronaut.png");
    for (script, arguments) in
        [("example_two_urls.py", vec![]), ("example_base64.py", vec![astronaut.to_str().unwrap()])]
    {
        run(sdk, &stack.relay.sdk_base(), script, &arguments);
        run(sdk, &format!("{}/api/v1", stack.sim.url), script, &arguments);
        let seen = stack.sim.generations();
        let [through, direct] = seen.as_slice() else { panic!("{script}: {seen:#?}") };
        assert!(through.headers["user-agent"].contains("qwen-edit-relay"), "{:?}", through.headers);
        assert!(direct.headers["user-agent"].starts_with("dashscope/"), "{:?}", direct.headers);
        assert_eq!(through.body_size, direct.body_size, "{script}");
        assert_eq!(through.body_sha256, direct.body_sha256, "{script}");
        stack.sim.reset();
    }
}

/// The example sends no credential, so it gets the vendor's links and nothing from the relay's picture route.
fn the_download_example_works_with_the_vendors_links(sdk: &Sdk) {
    let stack = Stack::start();
    let base = stack.relay.sdk_base();
    let (response, _) = run(sdk, &base, "example_base64.py", &[photo("coffee.png").to_str().unwrap()]);
    let link = links(&response).remove(0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("picture.png");
    let download = |url: &str| sdk.script(&base, "example_download.py", &[url, file.to_str().unwrap()]);
    let said = download(&stack.relay.image_url(&link, None));
    assert!(said.contains("图像下载失败: 401") && !file.exists(), "{said}");
    let said = download(&link);
    assert!(said.contains("图像已成功下载到"), "{said}");
    let saved = fs::read(file).unwrap();
    assert_eq!(png_size(&saved), (2048, 2048));
    assert!(saved == stack.relay.image(&link).body);
}

/// Runs an example to its end: the response it shows, and what it says afterwards.
fn run(sdk: &Sdk, base_url: &str, script: &str, arguments: &[&str]) -> (Value, Vec<String>) {
    let printed = sdk.script(base_url, script, arguments);
    let mut lines = printed.lines();
    let response = lines.next().and_then(|line| serde_json::from_str(line).ok());
    (response.unwrap_or_else(|| panic!("{script}: {printed}")), lines.map(str::to_owned).collect())
}

/// The content of the message that arrived.
fn content(stack: &Stack) -> Value {
    let body = stack.sim.body_of(&stack.sim.only_generation());
    let mut body: Value = serde_json::from_slice(&body).unwrap();
    body["input"]["messages"][0]["content"].take()
}
