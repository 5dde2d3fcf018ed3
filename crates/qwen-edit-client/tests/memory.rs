//! The budget of wasm memory: 8 MiB for three pictures of 10 MB. A file of its own, for a memory nobody used before.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use js_sys::Function;
use qwen_edit_api::{EditDraft, MediaType, PictureFacts};
use qwen_edit_client::{Client, Picture};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const PAGE_BYTES: usize = 64 * 1024;
const BUDGET: usize = 8 * 1024 * 1024;

fn js(code: &str) -> JsValue {
    Function::new_no_args(code).call0(&JsValue::NULL).unwrap()
}

fn large_file() -> Blob {
    js("return new Blob([new Uint8Array(10e6)]);").into()
}

#[wasm_bindgen_test]
async fn three_large_pictures_stay_out_of_wasm_memory() {
    js("globalThis.fetch = async (request) => {
            globalThis.sent = (await request.blob()).size;
            return new Response('{\"code\":\"InternalError\"}', {status: 500});
        };");
    let files = [large_file(), large_file(), large_file()];
    let before = core::arch::wasm32::memory_size::<0>();

    let mut pictures = Vec::new();
    for file in files {
        let facts =
            PictureFacts { media_type: MediaType::Tiff, bytes: file.size() as u64, width: 640, height: 427 };
        pictures.push(Picture::from_checked(file, "scan.tiff", facts));
    }
    let draft = EditDraft {
        model: "qwen-image-2.0-pro".to_owned(),
        pictures: pictures.iter().map(Picture::source).collect(),
        prompt: "make it night".to_owned(),
        ..EditDraft::default()
    };
    let request = draft.validate().unwrap();
    Client::new("/relay", "demo").edit(&request, &pictures, |_| ()).await.unwrap_err();

    let grown = (core::arch::wasm32::memory_size::<0>() - before) * PAGE_BYTES;
    assert_eq!(js("return globalThis.sent").as_f64(), Some(request.body_len() as f64));
    assert!(request.body_len() > 40_000_000);
    assert!(grown <= BUDGET, "wasm memory grew by {grown} bytes");
}
