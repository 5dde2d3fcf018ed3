//! The picture codec, which boot.js loads when asked.

use js_sys::Function;
use qwen_edit_client::Fitter;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = qwenEditPictureCodec)]
    static LOAD: Function;
}

thread_local! {
    /// One for the page: it remembers the loaded codec.
    static FITTER: Fitter = Fitter::new(LOAD.with(Clone::clone));
}

/// Makes pictures fit for the model.
pub(crate) fn fitter() -> Fitter {
    FITTER.with(Clone::clone)
}
