use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::*;

fn headers(extra: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in
        [("authorization", "Bearer sk-demo"), ("content-type", "application/json")].iter().chain(extra)
    {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers
}

fn check_json(body: &Value) -> Result<EditCall, ApiFailure> {
    check(&headers(&[]), parse(body.to_string().as_bytes()), false)
}

/// A right request, with one part replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = json!({
        "model": "qwen-image-2.0-pro",
        "input": { "messages": [{ "role": "user", "content": [{ "image": "oss://a" }, { "text": "snow" }] }] },
        "parameters": {},
    });
    match body.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[key] = value;
        }
    }
    body
}

fn refusal(body: &Value) -> ApiFailure {
    check_json(body).expect_err(&body.to_string())
}

#[test]
fn wrong_shapes_get_the_documented_text() {
    let item = "The item of content should be a message of a certain modal.";
    let content = "/input/messages/0/content";
    let image = json!({ "image": "oss://a" });
    let text = json!({ "text": "snow" });
    let message = json!({ "role": "user", "content": [image, text] });
    for (pointer, value, expected) in [
        ("/input", json!({}), "Either \"prompt\" or \"messages\" must exist"),
        ("/input", json!({ "prompt": "snow" }), "No messages found in input"),
        ("/input", json!("snow"), "Required body invalid, please check the request body format."),
        ("/input/messages", json!([]), "No messages found in input"),
        ("/input/messages", json!("snow"), "No messages found in input"),
        ("/input/messages", json!([message, message]), "messages length only supports 1"),
        (
            "/input/messages/0/role",
            json!("system"),
            "the parameters must conform to the specification: the role",
        ),
        (content, json!("snow"), item),
        (content, json!([{}]), item),
        (content, json!(["snow"]), item),
        (content, json!([{ "image": 5 }, text]), item),
        (content, json!([{ "image": "oss://a", "text": "snow" }]), item),
        (content, json!([image, text, { "video": "oss://b" }]), item),
        (content, json!([]), "lack of image or text"),
        (content, json!([image]), "lack of image or text"),
        (content, json!([text]), "lack of image or text"),
        (content, json!([image, { "text": "  " }]), "lack of image or text"),
        (content, json!([image, text, text]), "the parameters must conform to the specification: content"),
        (
            content,
            json!([image, image, image, image, text]),
            "the parameters must conform to the specification: content",
        ),
        ("/parameters", json!("n=3"), "Required body invalid"),
    ] {
        let failure = refusal(&with(pointer, value));
        assert_eq!((failure.status, failure.code.as_str()), (StatusCode::BAD_REQUEST, "InvalidParameter"));
        assert!(failure.message.starts_with(expected), "{pointer}: {} / {expected}", failure.message);
    }
}

#[test]
fn bodies_that_are_not_one_json_object_are_invalid() {
    for body in ["", "{", "[]", "null", "\"x\"", "{}{}", "model=x"] {
        let failure = parse(body.as_bytes()).expect_err(body);
        assert!(failure.message.starts_with("Required body invalid"), "{body}: {}", failure.message);
    }
}

#[test]
fn missing_and_unknown_models_have_their_own_codes() {
    for (model, status, code) in [
        (json!(null), 400, "BadRequest.EmptyModel"),
        (json!(""), 400, "BadRequest.EmptyModel"),
        (json!("qwen-image-9"), 404, "InvalidParameter"),
    ] {
        let failure = refusal(&with("/model", model));
        assert_eq!((failure.status.as_u16(), failure.code.as_str()), (status, code));
    }
    assert_eq!(refusal(&with("/model", json!("nonsense"))).message, "Model not exist.");
    let mut body = with("/model", json!("qwen-image-2.0"));
    body.as_object_mut().unwrap().remove("input");
    assert_eq!(refusal(&body).code, "BadRequest.EmptyInput");
}

#[test]
fn parameters_are_checked_against_the_model() {
    let (pro, max, plain, three) =
        ("qwen-image-2.0-pro", "qwen-image-edit-max", "qwen-image-edit", "qwen-image-3.0-pro");
    let specification = "the parameters must conform to the specification: ";
    for (model, parameters, expected) in [
        (pro, json!({ "n": 0 }), "Range of n should be [1, 6]"),
        (pro, json!({ "n": 7 }), "Range of n should be [1, 6]"),
        (pro, json!({ "n": -1 }), "Range of n should be [1, 6]"),
        (pro, json!({ "n": "3" }), specification),
        (pro, json!({ "n": 1.5 }), specification),
        (plain, json!({ "n": 2 }), "num_images_per_prompt must be 1."),
        (plain, json!({ "size": "1024*1024" }), specification),
        (plain, json!({ "prompt_extend": true }), specification),
        (pro, json!({ "seed": -1 }), "Range of seed should be [0, 2147483647]"),
        (pro, json!({ "seed": 2_147_483_648_i64 }), "Range of seed should be [0, 2147483647]"),
        (pro, json!({ "size": "1024x1024" }), specification),
        (pro, json!({ "size": 1024 }), specification),
        (
            pro,
            json!({ "size": "3*3" }),
            "Image area must be between 262144 and 4194304 pixels. Got area=9 (width=3, height=3).",
        ),
        (pro, json!({ "size": "2064*2048" }), "Image area must be between 262144 and 4194304 pixels."),
        (pro, json!({ "size": "1*4194304" }), specification),
        (max, json!({ "size": "511*1024" }), "Size 511*1024 is out of range [512*512, 2048*2048]"),
        (three, json!({ "size": "4096*256" }), specification),
        (three, json!({ "prompt_extend_mode": "agent" }), specification),
        (pro, json!({ "watermark": "yes" }), specification),
        (pro, json!({ "negative_prompt": 5 }), specification),
    ] {
        let mut body = with("/parameters", parameters.clone());
        body["model"] = json!(model);
        let failure = refusal(&body);
        assert_eq!(failure.code, "InvalidParameter");
        assert!(failure.message.starts_with(expected), "{model} {parameters}: {}", failure.message);
    }
}

#[test]
fn what_real_sdks_send_passes() {
    for parameters in [
        json!({}),
        json!(null),
        json!({ "stream": false }),
        json!({ "is_async": true, "anything": [1, 2] }),
        json!({ "n": 6, "seed": 0, "size": "512*512", "watermark": false, "negative_prompt": " ", "prompt_extend": true }),
        json!({ "size": "2048*2048", "negative_prompt": "x".repeat(600) }),
    ] {
        assert!(check_json(&with("/parameters", parameters.clone())).is_ok(), "{parameters}");
    }
    let call = check_json(&with("/parameters", json!({ "n": 3, "seed": 0, "size": "1033*1032" }))).unwrap();
    assert_eq!((call.n, call.seed, call.size), (3, Some(0), Some(Size { width: 1033, height: 1032 })));
    let mut body = with("/parameters", json!({}));
    body.as_object_mut().unwrap().remove("parameters");
    assert_eq!(check_json(&body).unwrap().n, 1);
}

#[test]
fn the_order_of_pictures_is_kept_and_text_may_come_first() {
    let content =
        json!([{ "text": "snow" }, { "image": "oss://1" }, { "type": "image", "image": "oss://2" }]);
    let call = check_json(&with("/input/messages/0/content", content)).unwrap();
    assert_eq!(call.images, ["oss://1", "oss://2"]);
    assert_eq!(call.prompt, "snow");
}

#[test]
fn a_lenient_simulator_ignores_what_the_model_does_not_have() {
    let mut body = with("/parameters", json!({ "size": "nonsense", "prompt_extend": true }));
    body["model"] = json!("qwen-image-edit");
    let call = check(&headers(&[]), parse(body.to_string().as_bytes()), true).unwrap();
    assert_eq!(call.size, None);
}

#[test]
fn headers_are_checked_before_the_body() {
    let broken = || parse(b"{");
    let right = || parse(with("/parameters", json!({})).to_string().as_bytes());
    let no_key = HeaderMap::new();
    assert_eq!(check(&no_key, broken(), false).unwrap_err(), ApiFailure::no_api_key());
    let text = headers(&[("content-type", "text/plain")]);
    assert_eq!(check(&text, right(), false).unwrap_err(), ApiFailure::body_invalid());
    let asynchronous = headers(&[("x-dashscope-async", "enable")]);
    assert_eq!(check(&asynchronous, right(), false).unwrap_err(), ApiFailure::no_asynchronous_calls());
    let charset = headers(&[("content-type", "application/json; charset=utf-8")]);
    assert!(!check(&charset, right(), false).unwrap().resolves_uploads);
    let resolving = headers(&[("x-dashscope-ossresourceresolve", "enable")]);
    assert!(check(&resolving, right(), false).unwrap().resolves_uploads);
}
