//! Reading a request's own JSON back.

use qwen_edit_api::json::Json;
use qwen_edit_api::{EditDraft, MediaType, PictureFacts, PictureSource};

/// The draft of a body whose files are left out: an empty data URL stands for each. What is missing is empty.
pub(crate) fn read(body: &str) -> Option<EditDraft> {
    let body = Json::parse(body.as_bytes()).ok()?;
    let messages = body.field("input").field("messages").items();
    let content = || messages.iter().flat_map(|message| message.field("content").items());
    let parameters = body.field("parameters");
    let text = |value: &Json| value.text().map(str::to_owned);
    let count = |name: &str| parameters.field(name).count().and_then(|count| i64::try_from(count).ok());
    let flag = |name: &str| match parameters.field(name) {
        Json::Bool(flag) => Some(*flag),
        _ => None,
    };
    Some(EditDraft {
        model: text(body.field("model")).unwrap_or_default(),
        pictures: content().filter_map(|item| item.field("image").text()).map(picture).collect(),
        prompt: content().find_map(|item| text(item.field("text"))).unwrap_or_default(),
        n: count("n"),
        size: text(parameters.field("size")),
        seed: count("seed"),
        negative_prompt: text(parameters.field("negative_prompt")),
        prompt_extend: flag("prompt_extend"),
        watermark: flag("watermark"),
    })
}

fn picture(image: &str) -> PictureSource {
    let mime = image.strip_prefix("data:").and_then(|rest| rest.strip_suffix(";base64,"));
    match mime.and_then(MediaType::from_mime) {
        Some(media_type) => PictureSource::File(PictureFacts { media_type, bytes: 0, width: 0, height: 0 }),
        None => PictureSource::Url(image.to_owned()),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;
    use qwen_edit_api::models;

    use super::*;

    /// Any request that every model with all parameters takes.
    fn drafts() -> impl Strategy<Value = EditDraft> {
        let picture = prop_oneof![
            Just(PictureSource::Url("https://h.example/a.png?x=\"1\"".into())),
            prop::sample::select(MediaType::ALL.to_vec()).prop_map(|media_type| {
                PictureSource::File(PictureFacts { media_type, bytes: 0, width: 0, height: 0 })
            }),
        ];
        let parameters = (
            prop::option::of(1_i64..=6),
            prop::option::of(Just("1024*1536".to_owned())),
            prop::option::of(0_i64..=i64::from(i32::MAX)),
            prop::option::of(any::<bool>()),
        );
        (prop::collection::vec(picture, 1..=3), "\\PC{1,80}", parameters).prop_map(
            |(pictures, prompt, (n, size, seed, flag))| EditDraft {
                model: models()[0].id.to_owned(),
                pictures,
                prompt: format!("p{}", prompt.trim()),
                n,
                size,
                seed,
                negative_prompt: None,
                prompt_extend: flag,
                watermark: flag,
            },
        )
    }

    proptest! {
        #[test]
        fn what_a_request_writes_is_read_back(draft in drafts()) {
            let request = draft.validate().unwrap();
            let again = read(&request.to_json(|_| String::new())).unwrap().validate().unwrap();
            prop_assert_eq!(again, request);
        }
    }

    #[test]
    fn what_is_no_request_reads_as_one_that_cannot_be_sent() {
        assert!(read("no JSON").is_none());
        for body in ["{}", "[]", "7", r#"{"input":{"messages":[{"content":"text"}]}}"#] {
            assert!(read(body).unwrap().validate().is_err(), "{body}");
        }
    }
}
