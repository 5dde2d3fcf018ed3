//! What only a browser can show: reading files, building the body, one fetch and its end.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bodies;
mod endings;
mod fake_fetch;
mod fixtures;
mod jobs;
mod pictures;
mod relay;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
