use serde_json::{Value, json};

use crate::testing::{GENERATION, TestAnswer, TestSimulator, call_with, png};

const BOUNDARY: &str = "----simulator-test";

fn policy(simulator: &TestSimulator) -> Value {
    let path = "/api/v1/uploads?action=getPolicy&model=qwen-image-2.0-pro";
    simulator.request("GET", path).key().send().json()["data"].clone()
}

fn field<'a>(policy: &'a Value, name: &str) -> &'a str {
    policy[name].as_str().unwrap()
}

/// The form as the vendor's SDK fills it in; `change` may alter a field's value.
fn form(policy: &Value, change: (&str, &str)) -> Vec<u8> {
    let key = format!("{}/photo.png", field(policy, "upload_dir"));
    let fields = [
        ("OSSAccessKeyId", field(policy, "oss_access_key_id")),
        ("Signature", field(policy, "signature")),
        ("policy", field(policy, "policy")),
        ("key", key.as_str()),
        ("x-oss-object-acl", field(policy, "x_oss_object_acl")),
        ("x-oss-forbid-overwrite", field(policy, "x_oss_forbid_overwrite")),
        ("success_action_status", "200"),
        ("x-oss-content-type", "image/png"),
    ];
    let mut form = Vec::new();
    for (name, value) in fields {
        let value = if name == change.0 { change.1 } else { value };
        let part =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        form.extend(part.into_bytes());
    }
    form.extend(
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"photo.png\"\r\n\r\n"
        )
        .into_bytes(),
    );
    form.extend(png(90, 60));
    form.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    form
}

fn upload(simulator: &TestSimulator, form: &[u8]) -> TestAnswer {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    simulator.request("POST", "/").header("content-type", &content_type).body(form).send()
}

fn edit(simulator: &TestSimulator, key: &str, model: &str, resolve: bool) -> TestAnswer {
    let mut body = call_with(&[&format!("oss://{key}")], &json!({}));
    body["model"] = json!(model);
    let request = simulator.request("POST", GENERATION).key().json_body(&body.to_string());
    let request = if resolve { request.header("x-dashscope-ossresourceresolve", "enable") } else { request };
    request.send()
}

#[test]
fn an_uploaded_file_can_be_edited() {
    let simulator = TestSimulator::start();
    let policy = policy(&simulator);
    assert_eq!(upload(&simulator, &form(&policy, ("", ""))).status, 200);
    let key = format!("{}/photo.png", field(&policy, "upload_dir"));
    let answer = edit(&simulator, &key, "qwen-image-2.0-pro", true);
    assert_eq!(answer.json()["usage"]["width"], 1248);
}

#[test]
fn a_reference_needs_its_header_and_its_model() {
    let simulator = TestSimulator::start();
    let policy = policy(&simulator);
    upload(&simulator, &form(&policy, ("", "")));
    let key = format!("{}/photo.png", field(&policy, "upload_dir"));
    for (key, model, resolve) in [
        (key.as_str(), "qwen-image-2.0-pro", false),
        (key.as_str(), "qwen-image-2.0", true),
        ("nothing/here.png", "qwen-image-2.0-pro", true),
    ] {
        let answer = edit(&simulator, key, model, resolve);
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (400, Some("InvalidParameter.DataInspection"))
        );
    }
}

#[test]
fn a_wrong_form_is_refused_as_by_the_object_store() {
    let simulator = TestSimulator::start();
    let policy = policy(&simulator);
    for (change, status, code) in [
        (("OSSAccessKeyId", "other"), 403, "InvalidAccessKeyId"),
        (("Signature", "wrong"), 403, "SignatureDoesNotMatch"),
        (("policy", "changed"), 403, "SignatureDoesNotMatch"),
        (("key", "elsewhere/photo.png"), 403, "AccessDenied"),
        (("key", ""), 403, "AccessDenied"),
    ] {
        let answer = upload(&simulator, &form(&policy, change));
        assert_eq!(answer.status, status, "{change:?}");
        assert!(answer.text().contains(&format!("<Code>{code}</Code>")), "{change:?}: {}", answer.text());
    }
}

#[test]
fn the_file_must_be_there_and_comes_last() {
    let simulator = TestSimulator::start();
    let no_file = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nx\r\n--{BOUNDARY}--\r\n"
    );
    assert!(upload(&simulator, no_file.as_bytes()).text().contains("IncorrectNumberOfFilesInPOSTRequest"));
    let policy = policy(&simulator);
    let right = String::from_utf8_lossy(&form(&policy, ("", ""))).into_owned();
    let file_first = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n{right}"
    );
    assert_eq!(upload(&simulator, file_first.as_bytes()).status, 403);
    let not_a_form = simulator.request("POST", "/").json_body("{}").send();
    assert_eq!(not_a_form.status, 400);
}

#[test]
fn a_file_is_not_overwritten_and_the_default_status_is_204() {
    let simulator = TestSimulator::start();
    let policy = policy(&simulator);
    assert_eq!(upload(&simulator, &form(&policy, ("success_action_status", ""))).status, 204);
    assert_eq!(upload(&simulator, &form(&policy, ("", ""))).status, 409);
    assert_eq!(upload(&simulator, &form(&policy, ("x-oss-forbid-overwrite", "false"))).status, 200);
}
