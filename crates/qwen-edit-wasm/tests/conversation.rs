//! What the page is told to do after it has sent an edit, and how it connects.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use qwen_edit_wasm::{Conversation, check_job, connect, image_answer, models};
use serde_json::{Value, json};

const DONE: &[u8] = br#"{"output":{"choices":[{"message":{"content":[{"image":"https://h.example/1.png?Expires=7"}]}}]},"usage":{"width":1024,"image_count":1},"request_id":"r"}"#;
const VENDOR: &str = r#"{"status":200,"fromRelay":false,"contentType":"application/json"}"#;

fn read(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap()
}

fn sent(is_job: bool) -> Conversation {
    Conversation::new("m", 2, 1000, is_job, true, 0.0)
}

#[test]
fn a_result_has_everything_a_page_shows() {
    let step = read(&sent(false).hear(None, VENDOR, DONE, 0.0));
    assert_eq!(
        step,
        json!({"result": {
            "images": [{"url": "https://h.example/1.png?Expires=7", "expiresAt": 7000}],
            "usage": {"width": 1024, "imageCount": 1},
            "requestId": "r", "model": "m", "requested": 2,
        }})
    );
}

#[test]
fn what_was_lost_says_what_it_may_have_cost() {
    for (kind, code, charged) in [
        ("not-sent", "relay-unreachable", "no"),
        ("network", "network-lost", "unknown"),
        ("mid-answer", "network-lost", "unknown"),
        ("timeout", "timeout", "unknown"),
        ("aborted", "cancelled", "unknown"),
        ("a word nobody knows", "network-lost", "unknown"),
    ] {
        let error = read(&sent(false).hear(Some(kind.into()), "{}", b"", 0.0))["error"].clone();
        assert_eq!((&error["code"], &error["charged"]), (&json!(code), &json!(charged)), "{kind}");
    }
}

#[test]
fn a_job_is_asked_for_after_a_pause() {
    let mut job = sent(true);
    let accepted = r#"{"status":202,"fromRelay":true}"#;
    assert_eq!(read(&job.hear(None, accepted, b"{}", 0.0)), json!({"ask": true, "accepted": true}));
    assert_eq!(read(&job.hear(None, accepted, b"{}", 1.0)), json!({"pause": 1500, "accepted": true}));
    assert_eq!(read(&job.hear(Some("paused".into()), "{}", b"", 2.0))["ask"], true);
    assert!(read(&job.hear(None, VENDOR, DONE, 3.0))["result"].is_object());
}

#[test]
fn an_answer_that_is_none_is_an_error_and_no_panic() {
    for (head, body) in
        [("no JSON", &b"<html>"[..]), ("{}", b""), (r#"{"status":99999}"#, b"\xff"), (VENDOR, b"[]")]
    {
        assert!(read(&sent(false).hear(None, head, body, 0.0))["error"]["code"].is_string(), "{head}");
    }
}

#[test]
fn a_connection_says_where_to_send_and_with_what() {
    let demo = read(&connect("https://h.example/relay/", "demo", None, false));
    assert_eq!(
        demo["edits"],
        "https://h.example/relay/demo/api/v1/services/aigc/multimodal-generation/generation"
    );
    assert_eq!(
        (&demo["jobs"], &demo["image"]),
        (&json!("https://h.example/relay/jobs/"), &json!("https://h.example/relay/image"))
    );
    assert!(demo["authorization"].as_str().unwrap().starts_with("Bearer "), "the demo's public key");
    assert_eq!(read(&connect("/relay", "beijing", None, false))["authorization"], Value::Null);
    assert_eq!(
        read(&connect("/relay", "beijing", Some(" qe_token ".into()), false))["authorization"],
        "Bearer qe_token"
    );
}

#[test]
fn a_vendors_key_is_refused_in_a_page_and_never_quoted() {
    let error = read(&connect("/relay", "beijing", Some("sk-secret".into()), false))["error"].clone();
    assert_eq!((&error["code"], &error["retry"]), (&json!("browser-key"), &json!("never")));
    assert!(!error.to_string().contains("secret"));
    assert!(read(&connect("/relay", "beijing", Some("sk-secret".into()), true))["authorization"].is_string());
    assert_eq!(
        read(&connect("/relay", "beijing", Some(" ".into()), false))["error"]["code"],
        "invalid-api-key"
    );
}

#[test]
fn the_name_of_a_job_is_checked() {
    assert_eq!(check_job("8e03978e-40d5-43e8-bc93-6894a57f9324"), None);
    assert_eq!(read(&check_job("short").unwrap())["code"], "invalid-job-id");
}

#[test]
fn a_result_picture_is_a_picture_or_an_error_that_is_free() {
    let png = r#"{"status":200,"fromRelay":false,"contentType":"image/png"}"#;
    assert_eq!(image_answer(None, png, b""), None);
    let expired = br#"{"error":{"code":"link_expired","message":"m","charged":"no"}}"#;
    for (lost, head, body, code) in [
        (None, r#"{"status":410,"fromRelay":true}"#, &expired[..], "relay:link_expired"),
        (None, r#"{"status":200,"contentType":"text/html"}"#, b"", "relay-not-found"),
        (None, r#"{"status":200,"contentType":"text/plain"}"#, b"", "unreadable-answer"),
        (Some("network"), "{}", b"", "relay-unreachable"),
    ] {
        let error = read(&image_answer(lost.map(str::to_owned), head, body).unwrap());
        assert_eq!((&error["code"], &error["charged"]), (&json!(code), &json!("no")));
    }
}

#[test]
fn models_are_plain_data() {
    let models = read(&models());
    assert!(models.as_array().unwrap().len() >= 10);
    let first = &models[0];
    assert_eq!(first["id"], "qwen-image-2.0-pro");
    assert_eq!(
        first["parameters"],
        json!(["n", "size", "seed", "negativePrompt", "promptExtend", "watermark"])
    );
    assert!(first["name"]["zh"].is_string() && first["size"]["maxPixels"].is_u64());
}
