//! Recorded and made-up answers, in `fixtures/answer-*.json`.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

use std::fs;
use std::path::Path;

use qwen_edit_api::{Answer, parse_answer};
use serde_json::Value;

/// What the crate makes of a recorded answer.
pub(crate) fn answer(name: &str) -> Answer {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/answer-{name}.json"));
    let sample: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let body = match &sample["json"] {
        Value::Null => sample["text"].as_str().unwrap().to_owned(),
        json => json.to_string(),
    };
    let status = sample["status"].as_u64().unwrap().try_into().unwrap();
    parse_answer(status, sample["content_type"].as_str(), body.as_bytes())
}
