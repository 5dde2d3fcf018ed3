//! Making plain JavaScript objects.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

/// A plain object. What is `undefined` is left out.
pub(crate) fn object<const N: usize>(fields: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, &value);
    }
    object
}

/// Sets a field, unless the value is `undefined`.
pub(crate) fn set(object: &Object, name: &str, value: &JsValue) {
    if !value.is_undefined() {
        // Fails only where an object refuses new fields; these are new ones of our own.
        Reflect::set(object, &JsValue::from_str(name), value).ok();
    }
}

/// An array. `dyn`: compiled once instead of for each kind of item.
pub(crate) fn array(items: &mut dyn Iterator<Item = JsValue>) -> Array {
    let array = Array::new();
    for item in items {
        array.push(&item);
    }
    array
}

/// A text that may be missing.
pub(crate) fn text(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::UNDEFINED, JsValue::from_str)
}

/// A number that may be missing.
pub(crate) fn number(number: Option<impl Into<f64>>) -> JsValue {
    number.map_or(JsValue::UNDEFINED, |number| JsValue::from_f64(number.into()))
}
