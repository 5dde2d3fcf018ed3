//! Copying to the clipboard.

use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Clipboard, ClipboardItem};

/// Copies a PNG. False when the browser does not allow it.
pub(crate) async fn copy_png(blob: &Blob) -> bool {
    let copy = || -> Result<Promise, JsValue> {
        let record = Object::new();
        Reflect::set(&record, &"image/png".into(), &Promise::resolve(blob))?;
        let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&record)?;
        Ok(clipboard()?.write(&Array::of1(&item)))
    };
    match copy() {
        Ok(written) => JsFuture::from(written).await.is_ok(),
        Err(_) => false,
    }
}

/// Copies text. False when the browser does not allow it.
pub(crate) async fn copy_text(text: &str) -> bool {
    match clipboard() {
        Ok(clipboard) => JsFuture::from(clipboard.write_text(text)).await.is_ok(),
        Err(_) => false,
    }
}

/// The clipboard; a page that did not come over https or from this machine has none.
fn clipboard() -> Result<Clipboard, JsValue> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into())?;
    if clipboard.is_undefined() { Err(clipboard) } else { Ok(clipboard.unchecked_into()) }
}
