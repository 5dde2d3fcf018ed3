//! Pictures and requests to test with.

use js_sys::{Array, Function, Uint8Array};
use qwen_edit_api::{EditDraft, EditRequest, MediaType, PictureFacts};
use qwen_edit_client::Picture;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

pub(crate) const MODEL: &str = "qwen-image-2.0-pro";

/// The header of a 640 x 427 PNG and, after it, bytes that differ from place to place, `len` in all.
pub(crate) fn png(len: usize) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xab\x08\x06\0\0\0\0\0\0\0".to_vec();
    assert!(len >= file.len(), "a PNG needs its header");
    // A linear congruential generator (Numerical Recipes): a slice out of place must change the digest.
    let mut state = 1u32;
    file.resize_with(len, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    file
}

pub(crate) fn blob(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

pub(crate) fn png_picture(len: usize) -> Picture {
    checked(blob(&png(len)), "photo.png")
}

/// As the codec would have read it.
pub(crate) fn checked(file: Blob, name: &str) -> Picture {
    let bytes = file.size() as u64;
    Picture::from_checked(
        file,
        name,
        PictureFacts { media_type: MediaType::Png, bytes, width: 640, height: 427 },
    )
}

/// Runs JavaScript with one argument.
pub(crate) fn js(code: &str, argument: &JsValue) -> JsValue {
    Function::new_with_args("it", code).call1(&JsValue::NULL, argument).unwrap()
}

pub(crate) fn js_blob(code: &str) -> Blob {
    js(code, &JsValue::NULL).unchecked_into()
}

pub(crate) fn request(pictures: &[Picture]) -> EditRequest {
    let draft = EditDraft {
        model: MODEL.to_owned(),
        pictures: pictures.iter().map(Picture::source).collect(),
        prompt: "把天空变成\"傍晚\" \u{1F305}".to_owned(),
        n: Some(2),
        seed: Some(0),
        ..EditDraft::default()
    };
    draft.validate().unwrap()
}

pub(crate) async fn bytes(blob: &Blob) -> Vec<u8> {
    Uint8Array::new(&blob.array_buffer().await.unwrap()).to_vec()
}
