//! What goes out: the body byte for byte, the headers, and what is said meanwhile.

use std::cell::RefCell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qwen_edit_api::{DEMO_KEY, GENERATION_PATH};
use qwen_edit_client::{ApiKey, Client, ErrorKind, Picture, PictureError, Progress};
use sha2::{Digest, Sha256};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake_fetch::FakeFetch;
use crate::fixtures::{bytes, png, png_picture, request};

const SLICE: usize = 3 * 1024 * 1024;
const WINDOW: usize = 96 * 1024;

fn refusing() -> FakeFetch {
    FakeFetch::with(400, "application/json", r#"{"code":"InvalidParameter","message":"m","request_id":"r"}"#)
}

#[wasm_bindgen_test]
async fn the_body_is_the_expected_json_for_files_of_any_length() {
    let edges =
        [33, 34, 35, WINDOW - 1, WINDOW, WINDOW + 1, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE + WINDOW + 2];
    for len in edges {
        let fetch = refusing();
        let pictures = [png_picture(len)];
        let request = request(&pictures);
        Client::new("/relay", "demo").edit(&request, &pictures, |_| ()).await.unwrap_err();

        let expected = request.to_json(|_| STANDARD.encode(png(len)));
        let sent = bytes(&fetch.body().await).await;
        assert_eq!(sent.len() as u64, request.body_len(), "{len}");
        assert_eq!(Sha256::digest(&sent), Sha256::digest(&expected), "{len}");
    }
}

#[wasm_bindgen_test]
async fn files_and_links_keep_their_order_prepared_or_not() {
    let fetch = refusing();
    let (first, last) = (png_picture(5000), png_picture(400));
    last.prepare().await.unwrap();
    let link = Picture::from_url("https://h.example/image+%2815%29.png").unwrap();
    let pictures = [first, link, last];
    let request = request(&pictures);
    Client::new("/relay", "demo").edit(&request, &pictures, |_| ()).await.unwrap_err();

    let expected = request.to_json(|index| STANDARD.encode(png(if index == 0 { 5000 } else { 400 })));
    let sent = String::from_utf8(bytes(&fetch.body().await).await).unwrap();
    assert_eq!(sent, expected);
    let value: serde_json::Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(value["input"]["messages"][0]["content"][1]["image"], "https://h.example/image+%2815%29.png");
    assert_eq!(value["parameters"]["seed"], 0);
}

#[wasm_bindgen_test]
async fn only_the_needed_headers_go_to_the_mirrored_path() {
    let fetch = refusing();
    let pictures = [png_picture(33)];
    let client =
        Client::new("https://relay.example/relay/", "beijing").with_key(ApiKey::parse("sk-mine").unwrap());
    client.edit(&request(&pictures), &pictures, |_| ()).await.unwrap_err();

    assert_eq!(fetch.text("method"), "POST");
    assert_eq!(fetch.text("url"), format!("https://relay.example/relay/beijing{GENERATION_PATH}"));
    assert_eq!(fetch.headers(), ["authorization: Bearer sk-mine", "content-type: application/json"]);
    assert_eq!(fetch.text("redirect"), "manual");
}

#[wasm_bindgen_test]
async fn the_demo_needs_no_key_and_other_regions_get_none_made_up() {
    for (region, expected) in
        [("demo", Some(format!("authorization: Bearer {DEMO_KEY}"))), ("singapore", None)]
    {
        let fetch = refusing();
        let pictures = [png_picture(33)];
        Client::new("/relay", region).edit(&request(&pictures), &pictures, |_| ()).await.unwrap_err();
        let authorization = fetch.headers().into_iter().find(|header| header.starts_with("authorization"));
        assert_eq!(authorization, expected);
    }
}

#[wasm_bindgen_test]
async fn progress_is_told_in_order_and_before_the_answer() {
    let fetch = refusing();
    let pictures = [png_picture(3000), png_picture(500)];
    let request = request(&pictures);
    let told = RefCell::new(Vec::new());
    let note = |progress| {
        assert_eq!(fetch.calls(), u32::from(matches!(progress, Progress::Sent { .. })), "{progress:?}");
        told.borrow_mut().push(progress);
    };
    Client::new("/relay", "demo").edit(&request, &pictures, note).await.unwrap_err();
    let encoding = |done_bytes| Progress::Encoding { done_bytes, total_bytes: 3500 };
    let sent = Progress::Sent { body_bytes: request.body_len() };
    assert_eq!(told.into_inner(), [encoding(0), encoding(3000), encoding(3500), sent]);
}

#[wasm_bindgen_test]
async fn links_alone_need_no_encoding() {
    let _fetch = refusing();
    let pictures = [Picture::from_url("https://h.example/a.png").unwrap()];
    let told = RefCell::new(Vec::new());
    let note = |progress| told.borrow_mut().push(progress);
    Client::new("/relay", "demo").edit(&request(&pictures), &pictures, note).await.unwrap_err();
    assert!(matches!(told.into_inner()[..], [Progress::Sent { .. }]));
}

#[wasm_bindgen_test]
async fn other_pictures_than_those_of_the_request_are_not_sent() {
    let fetch = refusing();
    let (small, large) = (png_picture(100), png_picture(200));
    let request = request(&[small.clone(), large.clone()]);
    let cases = [
        (vec![large.clone(), small.clone()], 1),
        (vec![small.clone()], 2),
        (vec![small.clone(), large.clone(), small.clone()], 3),
        (vec![small, Picture::from_url("https://h.example/a.png").unwrap()], 2),
    ];
    for (pictures, number) in cases {
        let error = Client::new("/relay", "demo").edit(&request, &pictures, |_| ()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Picture(PictureError::Mismatch { number }));
    }
    assert_eq!(fetch.calls(), 0);
}
