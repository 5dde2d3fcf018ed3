//! Giving up a request: whoever drops the future drops the guard, and that ends the fetch.

use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

/// Aborts its request when dropped. After the answer was read whole this has no effect.
#[derive(Debug)]
pub(crate) struct AbortGuard(AbortController);

impl AbortGuard {
    pub(crate) fn new() -> Result<AbortGuard, JsValue> {
        AbortController::new().map(AbortGuard)
    }

    pub(crate) fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        // Without a reason: a reason becomes what the fetch rejects with, and readers expect an Error there.
        self.0.abort();
    }
}
