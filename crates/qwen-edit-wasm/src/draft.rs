//! What a caller asks for, as `npm/options.js` hands it over: checked for its types there, and for its sense here.

use qwen_edit_api::fit::MAX_SOURCE_BYTES;
use qwen_edit_api::json::Json;
use qwen_edit_api::{DEFAULT_MODEL, EditDraft, MAX_PICTURE_BYTES, MediaType, PictureFacts, PictureSource};
use qwen_edit_client::{PictureError, presentable_link};

/// Nothing is known: 0 is unknown, and the format plays no role in any rule.
const UNREAD: PictureFacts = PictureFacts { media_type: MediaType::Png, bytes: 0, width: 0, height: 0 };

/// Reads `{model?, prompt?, n?, size?, seed?, negativePrompt?, promptExtend?, watermark?}`. Numbers are texts, so that
/// those below 0 arrive and can be refused with their name.
pub(crate) fn read(draft: &str) -> EditDraft {
    let draft = parsed(draft);
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

/// What can be said of a picture without reading it: `{url, isAbsolute}` or `{name, bytes}`.
pub(crate) fn unjudged(picture: &Json, as_it_is: bool) -> Result<PictureSource, PictureError> {
    if let Some(url) = picture.field("url").text() {
        let url = url.trim();
        return match picture.field("isAbsolute").is_true() {
            true => Ok(PictureSource::Url(url.to_owned())),
            false => Err(PictureError::UrlInvalid { url: presentable_link(url) }),
        };
    }
    let name = picture.field("name").text().unwrap_or_default().to_owned();
    let bytes = picture.field("bytes").count().unwrap_or_default();
    let max = if as_it_is { MAX_PICTURE_BYTES } else { MAX_SOURCE_BYTES };
    match bytes {
        0 => Err(PictureError::Empty { name }),
        _ if bytes > max => Err(PictureError::TooLarge { name, bytes, max }),
        // What it will be once it was made fit, nobody knows yet.
        _ => Ok(unread(if as_it_is { bytes } else { 0 })),
    }
}

/// JSON that was written here or by `npm/`; anything else reads as nothing.
pub(crate) fn parsed(json: &str) -> Json {
    Json::parse(json.as_bytes()).unwrap_or(Json::Null)
}

/// A file of which only the length is known.
pub(crate) fn unread(bytes: u64) -> PictureSource {
    PictureSource::File(PictureFacts { bytes, ..UNREAD })
}
