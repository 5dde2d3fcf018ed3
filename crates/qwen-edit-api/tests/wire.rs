//! The body on the wire, against what the vendor's own SDK sends.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

use proptest::prelude::*;
use qwen_edit_api::wire::RequestBody;
use qwen_edit_api::{BodyPart, EditDraft, EditRequest, MediaType, PictureFacts, PictureSource};
use serde_json::{Value, json};

const TWO_URLS: &str = include_str!("../fixtures/request-two-urls.json");
const BASE64: &str = include_str!("../fixtures/request-base64.json");
const TWO_URLS_OLD_SDK: &str = include_str!("../fixtures/request-two-urls-sdk-1.25.json");

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn file(media_type: MediaType, bytes: u64) -> PictureSource {
    PictureSource::File(PictureFacts { media_type, bytes, width: 1024, height: 1024 })
}

/// What both examples of the source document have in common.
fn example(pictures: Vec<PictureSource>, prompt: &str) -> EditDraft {
    EditDraft {
        model: "qwen-image-2.0-pro".to_owned(),
        pictures,
        prompt: prompt.to_owned(),
        n: Some(1),
        size: Some("2048*2048".to_owned()),
        negative_prompt: Some(" ".to_owned()),
        prompt_extend: Some(true),
        watermark: Some(false),
        ..EditDraft::default()
    }
}

fn smallest() -> EditDraft {
    EditDraft {
        model: "qwen-image-2.0".to_owned(),
        pictures: vec![PictureSource::Url("https://example.com/a.png".to_owned())],
        prompt: "hello".to_owned(),
        ..EditDraft::default()
    }
}

fn request(draft: &EditDraft) -> EditRequest {
    draft.validate().unwrap()
}

fn body(draft: &EditDraft) -> Value {
    parse(&request(draft).to_json(|_| "AAAA".to_owned()))
}

fn example_with_urls(expected: &Value) -> EditDraft {
    let content = &expected["input"]["messages"][0]["content"];
    let url = |index: usize| PictureSource::Url(content[index]["image"].as_str().unwrap().to_owned());
    example(vec![url(0), url(1)], content[2]["text"].as_str().unwrap())
}

#[test]
fn the_example_with_two_links_equals_the_sdks_body() {
    let expected = parse(TWO_URLS);
    assert_eq!(body(&example_with_urls(&expected)), expected);
}

#[test]
fn the_example_with_a_file_equals_the_sdks_body() {
    let expected = parse(BASE64);
    let content = &expected["input"]["messages"][0]["content"];
    let base64 = content[0]["image"].as_str().unwrap().strip_prefix("data:image/png;base64,").unwrap();
    let length = base64.trim_end_matches('=').len() as u64 * 3 / 4;
    let request = request(&example(vec![file(MediaType::Png, length)], content[1]["text"].as_str().unwrap()));

    let json = request.to_json(|_| base64.to_owned());

    assert_eq!(parse(&json), expected);
    assert_eq!(request.body_len(), json.len() as u64);
}

#[test]
fn an_old_sdk_differs_by_one_stray_parameter_only() {
    let mut old = parse(TWO_URLS_OLD_SDK);
    assert_eq!(old["parameters"].as_object_mut().unwrap().remove("stream"), Some(json!(false)));
    assert_eq!(body(&example_with_urls(&old)), old);
}

#[test]
fn without_settings_the_parameters_are_an_empty_object() {
    let expected = json!({
        "model": "qwen-image-2.0",
        "input": {"messages": [{"role": "user", "content": [
            {"image": "https://example.com/a.png"}, {"text": "hello"}
        ]}]},
        "parameters": {}
    });
    assert_eq!(body(&smallest()), expected);
}

#[test]
fn zero_is_a_seed() {
    let draft = EditDraft { seed: Some(0), ..smallest() };
    assert_eq!(body(&draft)["parameters"], json!({"seed": 0}));
}

#[test]
fn false_and_empty_settings_are_sent_because_they_were_set() {
    let draft = EditDraft {
        prompt_extend: Some(false),
        watermark: Some(false),
        negative_prompt: Some(String::new()),
        ..smallest()
    };
    let expected = json!({"prompt_extend": false, "watermark": false, "negative_prompt": ""});
    assert_eq!(body(&draft)["parameters"], expected);
}

#[test]
fn what_a_model_does_not_take_is_left_out() {
    let all = EditDraft {
        n: Some(1),
        size: Some("1024*1024".to_owned()),
        seed: Some(7),
        negative_prompt: Some("fog".to_owned()),
        prompt_extend: Some(true),
        watermark: Some(true),
        ..smallest()
    };
    let plain = EditDraft { model: "qwen-image-edit".to_owned(), ..all.clone() }.without_unsupported();
    let expected = json!({"n": 1, "seed": 7, "negative_prompt": "fog", "watermark": true});
    assert_eq!(body(&plain)["parameters"], expected);
    assert_eq!(all.without_unsupported(), all, "this one takes everything");
    let unknown = EditDraft { model: "qwen-image-9".to_owned(), ..all };
    assert_eq!(unknown.without_unsupported(), unknown, "nobody knows what this one takes");
    assert_eq!(body(&unknown)["parameters"].as_object().unwrap().len(), 6);
}

#[test]
fn each_files_base64_has_a_place_of_its_own() {
    let pictures = vec![
        file(MediaType::Jpeg, 4),
        PictureSource::Url("oss://bucket/key.png".to_owned()),
        file(MediaType::Webp, 6),
    ];
    let request = request(&EditDraft { pictures, ..smallest() });

    let parts = request.body_parts();

    let [
        BodyPart::Json(first),
        BodyPart::Base64 { picture: 0 },
        BodyPart::Json(second),
        BodyPart::Base64 { picture: 2 },
        BodyPart::Json(_),
    ] = parts.as_slice()
    else {
        panic!("unexpected parts: {parts:?}")
    };
    assert!(first.ends_with("{\"image\":\"data:image/jpeg;base64,"), "{first}");
    assert!(second.starts_with("\"},{\"image\":\"oss://bucket/key.png\"},"), "{second}");
    assert!(second.ends_with("{\"image\":\"data:image/webp;base64,"), "{second}");
    // 4 bytes are 8 characters of base64 with padding, 6 bytes are 8 without.
    let json = request.to_json(|picture| if picture == 0 { "AAAAAA==" } else { "AAAAAAAA" }.to_owned());
    assert_eq!(request.body_len(), json.len() as u64);
}

#[test]
fn a_request_tells_what_it_holds() {
    let draft = EditDraft { model: " qwen-image-2.0 ".to_owned(), n: Some(4), ..smallest() };
    let request = request(&draft);
    assert_eq!((request.model(), request.n(), request.picture_count()), ("qwen-image-2.0", 4, 1));
    assert_eq!((request.pictures(), request.prompt(), request.size()), (&draft.pictures[..], "hello", None));
    assert_eq!(self::request(&smallest()).n(), 1, "the vendor's default");
}

#[test]
fn debug_output_shows_neither_signatures_nor_pictures() {
    let pictures = vec![
        PictureSource::Url("https://example.com/a.png?Signature=secret".to_owned()),
        PictureSource::Url("data:image/png;base64,c2VjcmV0".to_owned()),
    ];
    let draft = EditDraft { pictures, ..smallest() };
    let request = request(&draft);
    let wire: RequestBody = serde_json::from_str(&request.to_json(|_| String::new())).unwrap();
    for shown in [
        format!("{draft:?}"),
        format!("{request:?}"),
        format!("{:?}", request.body_parts()),
        format!("{wire:?}"),
    ] {
        assert!(!shown.contains("secret") && !shown.contains("c2VjcmV0"), "{shown}");
    }
}

#[test]
fn an_arriving_body_is_read_with_what_is_unknown_kept() {
    let body: RequestBody = serde_json::from_str(TWO_URLS_OLD_SDK).unwrap();
    let parameters = body.parameters.unwrap();
    assert_eq!((parameters.n, parameters.size.as_deref()), (Some(1), Some("2048*2048")));
    assert_eq!(parameters.other["stream"], json!(false));
    let messages = body.input.unwrap().messages.unwrap();
    let content = messages[0].content.as_ref().unwrap();
    assert_eq!((messages[0].role.as_deref(), content.len()), (Some("user"), 3));
    assert!(content[0].image.is_some() && content[2].text.is_some());
}

#[test]
fn an_arriving_body_may_lack_anything_but_not_have_wrong_types() {
    let empty: RequestBody = serde_json::from_str("{}").unwrap();
    assert!(empty.model.is_none() && empty.input.is_none() && empty.parameters.is_none());
    assert!(serde_json::from_str::<RequestBody>(r#"{"parameters":{"n":"1"}}"#).is_err());
}

proptest! {
    #[test]
    fn any_prompt_makes_valid_json_of_the_promised_length(
        prompt in "\\PC*[^ ]",
        controls in proptest::collection::vec(any::<char>(), 0..40),
        negative in proptest::option::of("(?s).{0,100}"),
        lengths in proptest::collection::vec(0_u64..50, 1..3),
    ) {
        let prompt = format!("x{}{prompt}", controls.iter().collect::<String>());
        let draft = EditDraft {
            prompt: prompt.clone(),
            negative_prompt: negative.clone(),
            pictures: lengths.iter().map(|&length| file(MediaType::Png, length)).collect(),
            ..smallest()
        };
        let request = draft.validate().unwrap();

        let json = request.to_json(|picture| "A".repeat(lengths[picture].div_ceil(3) as usize * 4));

        prop_assert_eq!(request.body_len(), json.len() as u64);
        let body: Value = serde_json::from_str(&json).unwrap();
        let content = &body["input"]["messages"][0]["content"];
        prop_assert_eq!(content[lengths.len()]["text"].as_str(), Some(prompt.as_str()));
        prop_assert_eq!(body["parameters"]["negative_prompt"].as_str(), negative.as_deref());
    }

    #[test]
    fn any_model_name_stays_one_json_string(model in "[\\PC\\n\"\\\\]*[a-z]") {
        let draft = EditDraft { model: model.clone(), ..smallest() };
        let body = body(&draft);
        prop_assert_eq!(body["model"].as_str(), Some(model.trim()));
    }
}
