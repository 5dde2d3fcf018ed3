//! What JavaScript threw. Anything can be thrown, also a string or nothing, so nothing is assumed of it.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// The name of a thrown error ("NotReadableError"). Its message is left out: it may quote an address with its secrets.
pub(crate) fn name(thrown: &JsValue) -> String {
    Reflect::get(thrown, &JsValue::from_str("name"))
        .ok()
        .and_then(|name| name.as_string())
        .unwrap_or_else(|| "unknown error".to_owned())
}
