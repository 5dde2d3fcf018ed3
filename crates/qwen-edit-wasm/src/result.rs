//! The result of an edit, for JavaScript.

use qwen_edit_api::Usage;
use qwen_edit_api::json::{ObjectWriter, list};
use qwen_edit_client::{EditResult, ResultImage};

/// Beyond it JavaScript has no dates.
const LAST_DATE_MS: u64 = 8_640_000_000_000_000;

/// `{ images, usage?, requestId?, model, requested }`; `npm/index.d.ts` says what each is. Dates are milliseconds here.
pub(crate) fn written(result: &EditResult) -> String {
    let mut object = ObjectWriter::new();
    object.json("images", &list(result.images.iter().map(image)));
    if let Some(usage_told) = &result.usage {
        object.json("usage", &usage(usage_told));
    }
    object.text_if_any("requestId", result.request_id.as_deref());
    object.text("model", &result.model);
    object.number("requested", result.requested.into());
    object.end()
}

fn image(image: &ResultImage) -> String {
    let mut object = ObjectWriter::new();
    object.text("url", &image.url);
    let expires_at = image.expires_at.map(|seconds| seconds.saturating_mul(1000));
    object.number_if_any("expiresAt", expires_at.filter(|milliseconds| *milliseconds <= LAST_DATE_MS));
    object.end()
}

fn usage(usage: &Usage) -> String {
    let mut object = ObjectWriter::new();
    object.number_if_any("width", usage.width.map(Into::into));
    object.number_if_any("height", usage.height.map(Into::into));
    object.number_if_any("imageCount", usage.image_count.map(Into::into));
    object.number_if_any("inputImageCount", usage.input_image_count.map(Into::into));
    object.text_if_any("inputImageType", usage.input_image_type.as_deref());
    object.text_if_any("outputImageType", usage.output_image_type.as_deref());
    object.end()
}
