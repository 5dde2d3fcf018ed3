//! What tests ask for: pictures and the JSON of a call.

use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// A model that knows every parameter.
pub const MODEL: &str = "qwen-image-2.0-pro";

/// A correct call that edits one small photograph.
pub fn call(parameters: &Value) -> Value {
    call_with(&[data_url("image/png", &photo_bytes("coffee.png"))], parameters)
}

/// A correct call that edits these pictures.
pub fn call_with(images: &[String], parameters: &Value) -> Value {
    json!({ "model": MODEL, "input": { "messages": messages(images, "让天空下雪") }, "parameters": parameters })
}

/// One message with pictures and an instruction.
pub fn messages(images: &[String], instruction: &str) -> Value {
    let mut content: Vec<Value> = images.iter().map(|image| json!({ "image": image })).collect();
    content.push(json!({ "text": instruction }));
    json!([{ "role": "user", "content": content }])
}

/// One of the real photographs that all tests share.
pub fn photo(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../photos").join(name).canonicalize().unwrap()
}

/// The bytes of a photograph.
pub fn photo_bytes(name: &str) -> Vec<u8> {
    std::fs::read(photo(name)).unwrap()
}

/// A picture as it stands in a request.
pub fn data_url(mime: &str, picture: &[u8]) -> String {
    format!("data:{mime};base64,{}", BASE64_STANDARD.encode(picture))
}

/// The bytes behind a data URL.
pub fn data_url_bytes(url: &str) -> Vec<u8> {
    let (_, encoded) = url.split_once(";base64,").unwrap();
    BASE64_STANDARD.decode(encoded).unwrap()
}

/// A bitmap full of noise: nothing on the way can make it smaller.
pub fn noise_bmp(width: u32, height: u32, seed: u32) -> Vec<u8> {
    const HEADERS: u32 = 54;
    let row = (width * 3).next_multiple_of(4);
    let size = HEADERS + row * height;
    let mut bmp = Vec::with_capacity(size as usize);
    bmp.extend_from_slice(b"BM");
    for number in [size, 0, HEADERS, 40, width, height] {
        bmp.extend_from_slice(&number.to_le_bytes());
    }
    // One plane, 24 bits for each pixel, then six fields that may be zero.
    bmp.extend_from_slice(&[1, 0, 24, 0]);
    bmp.resize(HEADERS as usize, 0);
    let mut state = seed | 1;
    bmp.extend((0..row * height).map(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    }));
    bmp
}

/// Width and height as a PNG's header states them.
pub fn png_size(png: &[u8]) -> (u32, u32) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "no PNG");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}
