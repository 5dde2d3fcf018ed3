//! Copying to the clipboard.

use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ClipboardItem};

/// Copies a PNG. False when the browser does not allow it.
pub(crate) async fn copy_png(blob: &Blob) -> bool {
    let copy = || -> Result<Promise, JsValue> {
        let record = Object::new();
        Reflect::set(&record, &"image/png".into(), &Promise::resolve(blob))?;
        let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&record)?;
        Ok(window().navigator().clipboard().write(&Array::of1(&item)))
    };
    match copy() {
        Ok(written) => JsFuture::from(written).await.is_ok(),
        Err(_) => false,
    }
}

/// Copies text. False when the browser does not allow it.
pub(crate) async fn copy_text(text: &str) -> bool {
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}
