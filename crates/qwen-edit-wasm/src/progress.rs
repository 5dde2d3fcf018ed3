//! Telling the caller how far an edit has come.

use js_sys::Function;
use qwen_edit_client::Progress;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Failure;
use crate::object::object;
use crate::options::Options;

#[wasm_bindgen]
extern "C" {
    /// Shows an error as if nobody had caught it.
    #[wasm_bindgen(js_name = "reportError", catch)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;
}

/// The caller's `onProgress`, if there is one.
pub(crate) struct Listener(Option<Function>);

impl Listener {
    pub(crate) fn read(options: &Options) -> Result<Listener, Failure> {
        options.function("onProgress").map(Listener)
    }

    /// A listener that throws must not cost a paid result: its error is reported and the edit goes on.
    pub(crate) fn tell(&self, progress: Progress) {
        self.call(|| to_js(progress));
    }

    /// A picture is fit, by its place among the images.
    pub(crate) fn tell_fit(&self, picture: usize) {
        self.call(|| object([("phase", JsValue::from_str("fit")), ("picture", picture.into())]).into());
    }

    fn call(&self, progress: impl FnOnce() -> JsValue) {
        if let Some(listener) = &self.0
            && let Err(thrown) = listener.call1(&JsValue::UNDEFINED, &progress())
        {
            report_error(&thrown).ok();
        }
    }
}

fn to_js(progress: Progress) -> JsValue {
    let phase = |name: &str| ("phase", JsValue::from_str(name));
    let bytes = |count: u64| JsValue::from_f64(count as f64);
    match progress {
        Progress::Encoding { done_bytes, total_bytes } => {
            object([phase("encode"), ("doneBytes", bytes(done_bytes)), ("totalBytes", bytes(total_bytes))])
        }
        Progress::Sent { body_bytes } => object([phase("sent"), ("bodyBytes", bytes(body_bytes))]),
        Progress::Accepted => object([phase("accepted")]),
    }
    .into()
}
