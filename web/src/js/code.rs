//! The module that writes programs (`qwen-edit-code`), loaded when somebody asks for one.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    // In boot.js, because a page that allows no `eval` can import from files only.
    #[wasm_bindgen(catch, js_name = writeCode)]
    async fn write_code(
        body: &str,
        language: &str,
        relay: &str,
        region: &str,
        names: &str,
    ) -> Result<JsValue, JsValue>;
}

/// The request `body`, its files left out, as a program. Nothing when the module cannot be loaded.
pub(crate) async fn write(
    body: &str,
    language: &str,
    relay: &str,
    region: &str,
    names: &[String],
) -> Option<String> {
    write_code(body, language, relay, region, &names.join("\0")).await.ok()?.as_string()
}
