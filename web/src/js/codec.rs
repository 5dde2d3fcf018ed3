//! The picture codec, which boot.js loads when asked.

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = qwenEditPictureCodec)]
    static LOAD: Function;
}

/// Gives a promise of the codec's module.
pub(crate) fn loader() -> Function {
    LOAD.with(Clone::clone)
}
