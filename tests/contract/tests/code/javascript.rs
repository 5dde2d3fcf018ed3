//! JavaScript for the npm package. The package itself is tried elsewhere; here a stand-in says what it was asked for.

use std::fs;

use contract_tests::stack::Stack;
use qwen_edit_api::CodeLanguage;
use serde_json::{Value, json};

use crate::cases;
use crate::program::{are_there, run};

#[test]
fn the_program_asks_for_what_the_page_sends() {
    if !are_there(&[("node", "--version")]) {
        return;
    }
    let stack = Stack::start();
    let folder = cases::folder();
    let package = folder.path().join("node_modules/qwen-edit");
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("package.json"), r#"{"type":"module","exports":"./index.js"}"#).unwrap();
    fs::write(package.join("index.js"), include_str!("../../javascript/qwen-edit.js")).unwrap();
    for case in cases::all() {
        fs::write(folder.path().join("edit.mjs"), case.code(CodeLanguage::JavaScript, &stack.relay)).unwrap();
        let printed = run("node", &["edit.mjs"], folder.path());
        let asked: Value = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
        assert_eq!(asked["region"], "demo");
        assert!(stack.relay.sdk_base().starts_with(asked["relay"].as_str().unwrap()));
        assert_eq!(as_body(&asked["request"]), case.expected(), "{}", case.name);
    }
}

/// A request of the package as the API's JSON.
fn as_body(request: &Value) -> Value {
    let mut content: Vec<Value> =
        request["images"].as_array().unwrap().iter().map(|image| json!({ "image": image })).collect();
    content.push(json!({ "text": request["prompt"] }));
    let mut parameters = json!({});
    for (name, wire) in [
        ("n", "n"),
        ("size", "size"),
        ("seed", "seed"),
        ("negativePrompt", "negative_prompt"),
        ("promptExtend", "prompt_extend"),
        ("watermark", "watermark"),
    ] {
        if let Some(value) = request.get(name) {
            parameters[wire] = value.clone();
        }
    }
    assert_eq!(request["fit"], false, "the files go as they are");
    json!({
        "model": request["model"],
        "input": { "messages": [{ "role": "user", "content": content }] },
        "parameters": parameters,
    })
}
