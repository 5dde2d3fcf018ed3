//! What a caller asks for, as `npm/options.js` hands it over: checked for its types there, and for its sense here.

use qwen_edit_api::json::Json;
use qwen_edit_api::{DEFAULT_MODEL, EditDraft, MediaType, PictureFacts, PictureSource};

/// Nothing is known: 0 is unknown, and the format plays no role in any rule.
const UNREAD: PictureFacts = PictureFacts { media_type: MediaType::Png, bytes: 0, width: 0, height: 0 };

/// Reads `{model?, prompt?, n?, size?, seed?, negativePrompt?, promptExtend?, watermark?}`. Numbers are texts, so that
/// those below 0 arrive and can be refused with their name.
pub(crate) fn read(draft: &str) -> EditDraft {
    let draft = Json::parse(draft.as_bytes()).unwrap_or(Json::Null);
    let text = |name: &str| draft.field(name).text().map(str::to_owned);
    let number = |name: &str| draft.field(name).text().and_then(|digits| digits.parse().ok());
    let flag = |name: &str| match draft.field(name) {
        Json::Bool(flag) => Some(*flag),
        _ => None,
    };
    EditDraft {
        model: text("model").unwrap_or_else(|| DEFAULT_MODEL.to_owned()),
        pictures: Vec::new(),
        prompt: text("prompt").unwrap_or_default(),
        n: number("n"),
        size: text("size"),
        seed: number("seed"),
        negative_prompt: text("negativePrompt"),
        prompt_extend: flag("promptExtend"),
        watermark: flag("watermark"),
    }
}

/// Reads `[{"bytes": 5}, {"url": "https://…"}]`: what can be said of pictures without reading them.
pub(crate) fn read_pictures(pictures: &str) -> Vec<PictureSource> {
    let pictures = Json::parse(pictures.as_bytes()).unwrap_or(Json::Null);
    let source = |picture: &Json| match picture.field("url").text() {
        Some(url) => PictureSource::Url(url.to_owned()),
        None => unread(picture.field("bytes").count().unwrap_or_default()),
    };
    pictures.items().iter().map(source).collect()
}

/// A file of which only the length is known.
pub(crate) fn unread(bytes: u64) -> PictureSource {
    PictureSource::File(PictureFacts { bytes, ..UNREAD })
}
