//! The result of an edit, for JavaScript.

use js_sys::Date;
use qwen_edit_api::Usage;
use qwen_edit_client::{EditResult, Fitted, ResultImage};
use wasm_bindgen::JsValue;

use crate::fit::receipt;
use crate::object::{array, number, object, text};

/// `{ images, usage, requestId, model, requested, receipts }`; `npm/index.d.ts` says what each is.
pub(crate) fn to_js(result: &EditResult, fitted: &[Fitted]) -> JsValue {
    object([
        ("images", array(&mut result.images.iter().map(image)).into()),
        ("usage", result.usage.as_ref().map_or(JsValue::UNDEFINED, usage)),
        ("requestId", text(result.request_id.as_deref())),
        ("model", JsValue::from_str(&result.model)),
        ("requested", result.requested.into()),
        ("receipts", array(&mut fitted.iter().map(|it| receipt(it.receipt.as_ref()))).into()),
    ])
    .into()
}

fn image(image: &ResultImage) -> JsValue {
    let expires_at = image.expires_at.map(|seconds| Date::new(&JsValue::from_f64(seconds as f64 * 1000.0)));
    object([("url", JsValue::from_str(&image.url)), ("expiresAt", expires_at.into())]).into()
}

fn usage(usage: &Usage) -> JsValue {
    object([
        ("width", number(usage.width)),
        ("height", number(usage.height)),
        ("imageCount", number(usage.image_count)),
        ("inputImageCount", number(usage.input_image_count)),
        ("inputImageType", text(usage.input_image_type.as_deref())),
        ("outputImageType", text(usage.output_image_type.as_deref())),
    ])
    .into()
}
