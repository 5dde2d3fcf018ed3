//! Every warning: what may go wrong or cost quality, but stops nothing.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

use qwen_edit_api::{
    EditDraft, Field, MediaType, PictureFacts, PictureSource, SAFE_BODY_BYTES, Warning, WarningKind,
    estimated_tokens,
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

#[track_caller]
fn warned(draft: &EditDraft, field: Field, kind: WarningKind) {
    assert_eq!(draft.warnings(), [Warning { field, kind }]);
    assert_eq!(draft.check().unwrap().warnings, draft.warnings(), "a warning stops nothing");
}

#[test]
fn an_ordinary_draft_has_nothing_to_warn_about() {
    let draft = EditDraft { pictures: vec![file(5_000, 384, 3072), file(5_000, 0, 0)], ..pro() };
    assert_eq!(draft.check().unwrap().warnings, []);
    assert_eq!(EditDraft::default().warnings(), []);
}

#[test]
fn unusual_models_are_warned_about() {
    warned(&draft("qwen-image-9"), Field::Model, WarningKind::UnknownModel);
    warned(&draft("qwen-image-3.0-pro"), Field::Model, WarningKind::ExperimentalModel);
    warned(&draft("qwen-image-edit"), Field::Model, WarningKind::LegacyModel);
}

#[test]
fn pictures_outside_the_recommended_sides_are_warned_about() {
    let with = |model: &str, width, height| EditDraft {
        pictures: vec![file(5_000, 1000, 1000), file(5_000, width, height)],
        ..draft(model)
    };
    let small = WarningKind::PictureSmall { side: 383, min: 384 };
    warned(&with("qwen-image-2.0", 383, 1000), Field::Picture(1), small);
    warned(&with("qwen-image-2.0", 1000, 383), Field::Picture(1), small);
    warned(&with("qwen-image-2.0", 383, 9999), Field::Picture(1), small);
    let large = WarningKind::PictureLarge { side: 3073, max: 3072 };
    warned(&with("qwen-image-2.0", 3073, 1000), Field::Picture(1), large);
    assert_eq!(with("qwen-image-9", 1, 1).warnings().len(), 1, "an unknown model recommends nothing");
}

#[test]
fn a_body_that_a_gateway_may_refuse_is_warned_about() {
    let with = |bytes| EditDraft { pictures: vec![file(bytes, 1000, 1000)], ..pro() };
    assert_eq!(with(4_499_000).warnings(), []);
    let large = with(4_500_000);
    let bytes = large.validate().unwrap().body_len();
    warned(&large, Field::Pictures, WarningKind::BodyLarge { bytes, safe: SAFE_BODY_BYTES });
}

#[test]
fn a_prompt_that_will_be_cut_is_warned_about() {
    let with = |model: &str, length| EditDraft { prompt: "雪".repeat(length), ..draft(model) };
    for (model, limit_tokens) in [("qwen-image-2.0-pro", 1300), ("qwen-image-edit-plus", 800)] {
        assert_eq!(with(model, limit_tokens as usize).warnings(), []);
        let kind = WarningKind::PromptLong { limit_tokens, estimated_tokens: limit_tokens + 1 };
        warned(&with(model, limit_tokens as usize + 1), Field::Prompt, kind);
    }
}

#[test]
fn tokens_are_guessed_by_script() {
    for (text, tokens) in
        [("", 0), ("abcd", 1), ("abcde", 2), ("图一", 2), ("한국", 2), ("图 one", 2), ("𠀀", 1)]
    {
        assert_eq!(estimated_tokens(text), tokens, "{text}");
    }
}

#[test]
fn a_prompt_that_speaks_of_a_missing_picture_is_warned_about() {
    for (prompt, numbers) in [
        ("把图3放到图1里", vec![3]),
        ("把图三的人放进图一", vec![3]),
        ("圖4的顏色", vec![4]),
        ("参考图片3和图像5", vec![3, 5]),
        ("用第3张图的风格", vec![3]),
        ("用第三張圖片的風格，再看第六幅照片", vec![3, 6]),
        ("Put image 3 behind Image 1", vec![3]),
        ("image3, IMAGE #4 and picture 5; photo 10.", vec![3, 4, 5, 10]),
        ("图3 and image 3 twice", vec![3]),
        // Not mentions of pictures, or of ones that are there.
        ("图1和图二，image 2, 第2张图", vec![]),
        ("图2026年的图书3本，地图", vec![]),
        ("image 3d look, image 3x larger, 2048x2048 image, image 4000 wide", vec![]),
        ("thumbnailimage 3, epic 5", vec![]),
        ("第三张桌子", vec![]),
        ("image", vec![]),
    ] {
        let draft = EditDraft {
            pictures: vec![url("https://example.com/a.png"), url("https://example.com/b.png")],
            prompt: prompt.to_owned(),
            ..pro()
        };
        let expected: Vec<_> = numbers
            .into_iter()
            .map(|number| Warning {
                field: Field::Prompt,
                kind: WarningKind::MentionsMissingPicture { number },
            })
            .collect();
        assert_eq!(draft.check().unwrap().warnings, expected, "{prompt}");
    }
}
