//! Every violation, alone and together.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

use proptest::prelude::*;
use qwen_edit_api::violation::Violation;
use qwen_edit_api::{
    EditDraft, Field, MAX_PICTURE_BYTES, MediaType, PictureFacts, PictureSource, Size, ViolationKind,
    Violations,
};

fn url(link: &str) -> PictureSource {
    PictureSource::Url(link.to_owned())
}

fn file(bytes: u64, width: u32, height: u32) -> PictureSource {
    PictureSource::File(PictureFacts { media_type: MediaType::Png, bytes, width, height })
}

fn draft(model: &str) -> EditDraft {
    EditDraft {
        model: model.to_owned(),
        pictures: vec![url("https://example.com/a.png")],
        prompt: "make it snow".to_owned(),
        ..EditDraft::default()
    }
}

fn pro() -> EditDraft {
    draft("qwen-image-2.0-pro")
}

fn violations(draft: &EditDraft) -> Violations {
    draft.validate().unwrap_err()
}

/// The draft has exactly this one violation.
#[track_caller]
fn refused(draft: &EditDraft, field: Field, kind: ViolationKind) {
    let found = violations(draft);
    assert_eq!(found.iter().cloned().collect::<Vec<_>>(), [Violation { field, kind }], "{found}");
}

#[track_caller]
fn accepted(draft: &EditDraft) {
    if let Err(found) = draft.validate() {
        panic!("should be accepted: {found}");
    }
}

#[test]
fn the_model_must_be_named() {
    for name in ["", "  "] {
        refused(&draft(name), Field::Model, ViolationKind::EmptyModel);
    }
}

#[test]
fn the_number_of_pictures_must_fit_the_model() {
    let with = |model: &str, count: usize| EditDraft {
        pictures: vec![url("https://example.com/a.png"); count],
        ..draft(model)
    };
    refused(&with("qwen-image-2.0", 0), Field::Pictures, ViolationKind::TooFewPictures { min: 1 });
    refused(&with("qwen-image-2.0", 4), Field::Pictures, ViolationKind::TooManyPictures { max: 3, got: 4 });
    refused(
        &with("qwen-image-2.1-pro", 11),
        Field::Pictures,
        ViolationKind::TooManyPictures { max: 10, got: 11 },
    );
    refused(&with("qwen-image-9", 0), Field::Pictures, ViolationKind::TooFewPictures { min: 1 });
    accepted(&with("qwen-image-edit", 3));
    accepted(&with("qwen-image-2.1-pro", 10));
    accepted(&with("qwen-image-9", 50));
}

#[test]
fn a_file_may_have_ten_megabytes_and_no_more() {
    let max = MAX_PICTURE_BYTES;
    let with = |bytes| EditDraft { pictures: vec![file(9, 0, 0), file(bytes, 0, 0)], ..pro() };
    accepted(&with(max));
    let bytes = max + 1;
    refused(&with(bytes), Field::Picture(1), ViolationKind::PictureTooLarge { bytes, max });
}

#[test]
fn a_data_url_is_held_to_the_same_size() {
    let with = |digits: usize| {
        let link = format!("data:image/png;base64,{}", "A".repeat(digits));
        EditDraft { pictures: vec![url(&link)], ..pro() }
    };
    let max = MAX_PICTURE_BYTES;
    accepted(&with(usize::try_from(max / 3 * 4).unwrap()));
    let kind = ViolationKind::PictureTooLarge { bytes: 10_485_762, max };
    refused(&with(13_981_016), Field::Picture(0), kind);
}

#[test]
fn a_link_must_be_one_that_the_api_can_use() {
    for good in [
        "https://example.com/a.png",
        "HTTP://127.0.0.1:8788/a.png?x=1#y",
        "https://help-static.example/image+%2815%29.png",
        "https://例子.example/图.png",
        "oss://dashscope-instant/key/a.png",
        "data:image/png;base64,AAAA",
        "DATA:IMAGE/JPG;base64,AAA=",
    ] {
        accepted(&EditDraft { pictures: vec![url(good)], ..pro() });
    }
    for bad in [
        "",
        "a.png",
        "example.com/a.png",
        "file:///a.png",
        "ftp://example.com/a.png",
        "https://",
        "https:///a.png",
        "https://?a",
        "oss://",
        "https://example.com/a b.png",
        " https://example.com/a.png",
        "https://example.com/\n",
        "javascript:alert(1)",
        "data:image/png,AAAA",
        "data:image/svg+xml;base64,AAAA",
        "data:text/html;base64,AAAA",
        "data:image/png;base64,",
        "data:image/png;base64,====",
        "data:image/png;base64,AA-_",
        "data:image/png;base64,A===",
        "blob:https://example.com/1",
        "图",
    ] {
        let draft = EditDraft { pictures: vec![url(bad)], ..pro() };
        refused(&draft, Field::Picture(0), ViolationKind::PictureUrlInvalid);
    }
}

#[test]
fn there_must_be_something_to_do() {
    for prompt in ["", " \n\t", "\u{3000}"] {
        refused(&EditDraft { prompt: prompt.to_owned(), ..pro() }, Field::Prompt, ViolationKind::EmptyPrompt);
    }
}

#[test]
fn n_must_be_in_the_models_range() {
    let with = |model: &str, n| EditDraft { n: Some(n), ..draft(model) };
    for (model, max) in [("qwen-image-2.0-pro", 6), ("qwen-image-edit-plus", 6), ("qwen-image-edit", 1)] {
        accepted(&with(model, 1));
        accepted(&with(model, max));
        for got in [0, -1, max + 1, i64::MIN, i64::MAX] {
            refused(&with(model, got), Field::N, ViolationKind::OutOfRange { min: 1, max, got });
        }
    }
    accepted(&with("qwen-image-9", 100));
    let kind = ViolationKind::OutOfRange { min: 1, max: u32::MAX.into(), got: 0 };
    refused(&with("qwen-image-9", 0), Field::N, kind);
}

#[test]
fn a_size_must_have_the_form_of_one() {
    for model in ["qwen-image-2.0-pro", "qwen-image-edit-max", "qwen-image-9"] {
        for text in ["1024x1024", "", "big"] {
            let draft = EditDraft { size: Some(text.to_owned()), ..draft(model) };
            refused(&draft, Field::Size, ViolationKind::SizeFormat { got: text.to_owned() });
        }
    }
}

#[test]
fn a_size_must_keep_the_rule_of_its_family() {
    let with = |model: &str, size: &str| EditDraft { size: Some(size.to_owned()), ..draft(model) };
    let (min, max) = (262_144, 4_194_304);
    let area = |got| ViolationKind::SizeArea { min, max, got };
    let side = |width, height| {
        let got = Size { width, height };
        ViolationKind::SizeSide { min: 512, max: 2048, got }
    };
    // The two families disagree about exactly these.
    accepted(&with("qwen-image-2.0", "256*4096"));
    refused(&with("qwen-image-edit-max", "256*4096"), Field::Size, side(256, 4096));
    accepted(&with("qwen-image-edit-max", "512*2048"));
    refused(&with("qwen-image-2.0", "3*3"), Field::Size, area(9));
    refused(&with("qwen-image-2.0", "4294967295*4294967295"), Field::Size, area(18_446_744_065_119_617_025));
    refused(&with("qwen-image-edit-plus", "2049*1024"), Field::Size, side(2049, 1024));
    refused(&with("qwen-image-3.0", "256*4096"), Field::Size, ViolationKind::SizeRatio { max: 8 });
    accepted(&with("qwen-image-9", "3*3"));
}

#[test]
fn a_seed_must_fit() {
    for model in ["qwen-image-2.0-pro", "qwen-image-edit", "qwen-image-9"] {
        let with = |seed| EditDraft { seed: Some(seed), ..draft(model) };
        accepted(&with(0));
        accepted(&with(2_147_483_647));
        for got in [-1, 2_147_483_648] {
            let kind = ViolationKind::OutOfRange { min: 0, max: 2_147_483_647, got };
            refused(&with(got), Field::Seed, kind);
        }
    }
}

#[test]
fn a_negative_prompt_is_counted_in_characters() {
    let with =
        |model: &str, length| EditDraft { negative_prompt: Some("雾".repeat(length)), ..draft(model) };
    accepted(&with("qwen-image-2.0", 500));
    let kind = ViolationKind::TooLong { max: 500, got: 501 };
    refused(&with("qwen-image-2.0", 501), Field::NegativePrompt, kind.clone());
    refused(&with("qwen-image-edit", 501), Field::NegativePrompt, kind);
    accepted(&with("qwen-image-3.0", 501));
    accepted(&with("qwen-image-9", 501));
}

#[test]
fn what_a_model_does_not_take_is_refused_by_name() {
    let plain = draft("qwen-image-edit");
    let size = EditDraft { size: Some("nonsense".to_owned()), ..plain.clone() };
    refused(&size, Field::Size, ViolationKind::NotSupported);
    for flag in [true, false] {
        let extend = EditDraft { prompt_extend: Some(flag), ..plain.clone() };
        refused(&extend, Field::PromptExtend, ViolationKind::NotSupported);
    }
    let negative = EditDraft { negative_prompt: Some("雾".repeat(501)), ..draft("qwen-image-2.1-pro") };
    refused(&negative, Field::NegativePrompt, ViolationKind::NotSupported);
}

#[test]
fn everything_wrong_is_said_at_once() {
    let bytes = MAX_PICTURE_BYTES + 5;
    let draft = EditDraft {
        model: "qwen-image-2.0-pro".to_owned(),
        pictures: vec![url("a.png"), file(bytes, 10, 10), url("https://a"), url("https://b")],
        prompt: " ".to_owned(),
        n: Some(7),
        size: Some("1*1".to_owned()),
        seed: Some(-1),
        negative_prompt: Some("x".repeat(600)),
        prompt_extend: Some(true),
        watermark: Some(true),
    };
    let found = violations(&draft);
    let fields: Vec<_> = found.iter().map(|violation| violation.field.as_str().into_owned()).collect();
    let expected = ["images", "images[0]", "images[1]", "prompt", "n", "size", "seed", "negative_prompt"];
    assert_eq!(fields, expected);
    assert_eq!(found.of(Field::Seed).count(), 1);
    assert_eq!(found.of(Field::Watermark).count(), 0);
    assert_eq!(
        found.to_string(),
        "images: 4 pictures, the model takes 3: remove 1; \
         images[0]: use an http(s) or oss link, or data:image/<type>;base64,<data>; \
         images[1]: 10485765 bytes, the limit is 10485760: make the picture smaller; \
         prompt: is empty: say what to change; \
         n: is 7, must be 1 to 6; \
         size: has 1 pixels, width times height must be 262144 to 4194304; \
         seed: is -1, must be 0 to 2147483647; \
         negative_prompt: has 600 characters, the limit is 500: shorten it"
    );
    let nothing = violations(&EditDraft::default());
    assert_eq!(
        nothing.to_string(),
        "model: is empty: name a model; images: add at least 1 picture(s); prompt: is empty: say what to change"
    );
}

#[test]
fn other_violations_name_the_fix_too() {
    let size = |size: &str| Some(size.to_owned());
    let cases = [
        (
            EditDraft { size: size("1024x1024"), ..pro() },
            "size: is \"1024x1024\": write width*height in pixels, such as 1024*1024",
        ),
        (
            EditDraft { size: size("1*600"), ..draft("qwen-image-edit-max") },
            "size: is 1*600, width and height must each be 512 to 2048",
        ),
        (
            EditDraft { size: size("256*4096"), ..draft("qwen-image-3.0") },
            "size: is too narrow: the longer side may be at most 8 times the shorter one",
        ),
        (
            EditDraft { prompt_extend: Some(true), ..draft("qwen-image-edit") },
            "prompt_extend: is not a parameter of this model: leave it out",
        ),
    ];
    for (draft, text) in cases {
        assert_eq!(violations(&draft).to_string(), text);
    }
    let long = violations(&EditDraft { size: Some("y".repeat(9999)), ..pro() }).to_string();
    assert!(long.len() < 200, "{long}");
}

#[test]
fn no_message_repeats_a_link() {
    let draft = EditDraft { pictures: vec![url("ftp://example.com/a.png?Signature=secret")], ..pro() };
    let found = violations(&draft);
    assert!(!found.to_string().contains("secret") && !format!("{found:?}").contains("secret"));
}

proptest! {
    #[test]
    fn no_draft_makes_it_panic(model in "qwen-image-(2.0|edit|3.0|x)|.*", link in ".*", prompt in "(图|第|张|image|[0-9 #一十]|.){0,20}", n: i64, size in "[0-9*]{0,20}|.*", seed: i64) {
        let draft = EditDraft {
            model, prompt, n: Some(n), size: Some(size), seed: Some(seed),
            pictures: vec![PictureSource::Url(link), file(u64::MAX, u32::MAX, 1)],
            ..EditDraft::default()
        };
        let _ = draft.check();
        let _ = draft.warnings();
    }
}
