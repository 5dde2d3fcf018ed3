//! Requests as programs. That they send the right JSON is tested where they can run, in `tests/contract`.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

use proptest::prelude::*;
use qwen_edit_api::{
    CodeLanguage, CodeTarget, EditDraft, EditRequest, MediaType, PictureFacts, PictureSource,
};

const RELAY: &str = "https://edit.example/relay";

fn file(media_type: MediaType) -> PictureSource {
    PictureSource::File(PictureFacts { media_type, bytes: 3, width: 600, height: 400 })
}

fn link(url: &str) -> PictureSource {
    PictureSource::Url(url.to_owned())
}

fn request(pictures: Vec<PictureSource>, prompt: &str) -> EditRequest {
    let draft = EditDraft {
        model: "qwen-image-2.0-pro".to_owned(),
        pictures,
        prompt: prompt.to_owned(),
        ..EditDraft::default()
    };
    draft.validate().unwrap()
}

fn code(request: &EditRequest, language: CodeLanguage, names: &[&str]) -> String {
    let target = CodeTarget::new(RELAY, "beijing");
    request.to_code(language, &target, &|index| names.get(index).copied().unwrap_or_default().to_owned())
}

#[test]
fn curl_reads_like_written_by_hand() {
    let mut draft = EditDraft {
        model: "qwen-image-2.0-pro".to_owned(),
        pictures: vec![link("https://a.example/1.png"), file(MediaType::Jpeg)],
        prompt: "把图2的狗放到图1".to_owned(),
        ..EditDraft::default()
    };
    draft.n = Some(2);
    draft.size = Some("1024*1024".to_owned());
    draft.watermark = Some(false);
    let expected = r#"ls -- 'dog.jpg' > /dev/null && {
  printf '%s' '{"model": "qwen-image-2.0-pro",
  "input": {"messages": [{"role": "user", "content": [
    {"image": "https://a.example/1.png"},
    {"image": "data:image/jpeg;base64,'
  base64 < 'dog.jpg' | tr -d '\n'
  printf '%s' '"},
    {"text": "把图2的狗放到图1"}
  ]}]},
  "parameters": {"n": 2, "size": "1024*1024", "watermark": false}}'
} | curl -sS 'https://dashscope.aliyuncs.com/api/v1/services/aigc/multimodal-generation/generation' \
  -H "Authorization: Bearer $DASHSCOPE_API_KEY" \
  -H 'Content-Type: application/json' \
  --data-binary @-
"#;
    assert_eq!(code(&draft.validate().unwrap(), CodeLanguage::Curl, &["", "dog.jpg"]), expected);
}

#[test]
fn every_language_names_file_link_prompt_and_key_and_leaves_no_place_empty() {
    let pictures = vec![file(MediaType::Png), link("https://a.example/1.png")];
    let request = request(pictures, "Make it snow");
    for language in CodeLanguage::ALL {
        let code = code(&request, language, &["street.png"]);
        for wanted in
            ["street.png", "image/png", "https://a.example/1.png", "Make it snow", "DASHSCOPE_API_KEY"]
        {
            assert!(code.contains(wanted), "{language:?} lacks {wanted}: {code}");
        }
        assert!(!code.contains("__"), "{language:?}: {code}");
        assert!(!code.contains("|  ") && !code.contains("sk-"), "{language:?}: {code}");
    }
}

#[test]
fn without_a_file_nothing_reads_files() {
    let request = request(vec![link("https://a.example/1.png")], "Make it snow");
    for language in CodeLanguage::ALL {
        let code = code(&request, language, &[]);
        for unused in ["base64", "dataUrl", "data_url", "readFile", "ls --", "OssResource"] {
            assert!(!code.contains(unused), "{language:?} has {unused}: {code}");
        }
    }
}

#[test]
fn a_temporary_upload_is_asked_to_be_looked_up_where_no_sdk_does_it() {
    let request = request(vec![link("oss://dashscope-instant/a.png")], "Make it snow");
    for language in [CodeLanguage::Curl, CodeLanguage::Rust] {
        assert!(code(&request, language, &[]).contains("X-DashScope-OssResourceResolve"), "{language:?}");
    }
}

#[test]
fn a_nameless_file_gets_a_name() {
    let request = request(vec![link("https://a.example/1.png"), file(MediaType::Webp)], "Make it snow");
    assert!(
        code(&request, CodeLanguage::Python, &[]).contains("data_url(\"picture-2.webp\", \"image/webp\")")
    );
}

#[test]
fn parameters_have_the_names_and_values_of_their_language() {
    let draft = EditDraft {
        negative_prompt: Some("it's \"blurred\"".to_owned()),
        prompt_extend: Some(false),
        seed: Some(7),
        ..EditDraft {
            model: "qwen-image-2.0-pro".to_owned(),
            pictures: vec![link("https://a.example/1.png")],
            prompt: "Hi".to_owned(),
            ..EditDraft::default()
        }
    };
    let request = draft.validate().unwrap();
    let cases = [
        (CodeLanguage::Curl, r#""negative_prompt": "it'\''s \"blurred\"", "prompt_extend": false"#),
        (CodeLanguage::Python, "negative_prompt=\"it's \\\"blurred\\\"\",\n    prompt_extend=False,"),
        (CodeLanguage::Java, "parameters.put(\"negative_prompt\", \"it's \\\"blurred\\\"\");"),
        (CodeLanguage::JavaScript, "negativePrompt: \"it's \\\"blurred\\\"\",\n  promptExtend: false,"),
        (CodeLanguage::Rust, "\"negative_prompt\": \"it's \\\"blurred\\\"\","),
    ];
    for (language, wanted) in cases {
        let code = code(&request, language, &[]);
        assert!(code.contains(wanted), "{language:?}: {code}");
    }
}

#[test]
fn a_text_that_looks_like_a_place_or_turns_the_line_around_stays_a_text() {
    let request = request(vec![link("https://a.example/1.png")], "__MODEL__ \u{202e}|\u{2028}\0");
    for language in CodeLanguage::ALL {
        let code = code(&request, language, &[]);
        assert!(code.contains("__MODEL__ "), "{language:?}: {code}");
        let unseen = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202e}' | '\u{2028}');
        assert!(!code.contains(unseen), "{language:?}: {code:?}");
    }
}

#[test]
fn a_region_without_a_key_is_reached_through_the_relay() {
    let base = |region| CodeTarget::new("https://edit.example/relay/", region).base_url;
    assert_eq!(base("singapore"), "https://dashscope-intl.aliyuncs.com");
    assert_eq!(base("demo"), "https://edit.example/relay/demo");
    assert_eq!(base("frankfurt"), "https://edit.example/relay/frankfurt");
}

#[test]
fn names_for_programs_are_stable() {
    for language in CodeLanguage::ALL {
        assert_eq!(CodeLanguage::from_name(language.as_str()), Some(language));
    }
    assert_eq!(CodeLanguage::from_name("Curl"), None);
}

proptest! {
    #[test]
    fn any_prompt_stays_one_literal_on_its_line(prompt in "\\PC*|.*[^\\s]") {
        prop_assume!(!prompt.trim().is_empty());
        let code = code(&request(vec![link("https://a.example/1.png")], &prompt), CodeLanguage::JavaScript, &[]);
        let line = code.lines().find_map(|line| line.strip_prefix("  prompt: ")).unwrap();
        let said: String = serde_json::from_str(line.strip_suffix(',').unwrap()).unwrap();
        prop_assert_eq!(said, prompt);
    }
}
