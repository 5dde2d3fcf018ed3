//! Files and links as they come from users.

use qwen_edit_api::{MAX_PICTURE_BYTES, MediaType, PictureFacts, PictureSource};
use qwen_edit_client::{Picture, PictureError};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

use crate::fixtures::{blob, js, js_blob, png};

async fn refusal(blob: Blob, name: &str) -> PictureError {
    Picture::from_blob(blob, name).await.unwrap_err()
}

/// A PNG of this many bytes, made by the browser.
fn large_png(bytes: u64) -> Blob {
    js(&format!("return new Blob([it, new Uint8Array({bytes} - it.size)]);"), &blob(&png(33))).into()
}

#[wasm_bindgen_test]
async fn a_picture_is_known_by_its_bytes_and_not_by_its_name() {
    let picture = Picture::from_blob(blob(&png(1000)), "holiday.txt").await.unwrap();
    let facts = PictureFacts { media_type: MediaType::Png, bytes: 1000, width: 640, height: 427 };
    assert_eq!(picture.facts(), Some(&facts));
    assert_eq!(picture.source(), PictureSource::File(facts));
    assert_eq!((picture.name(), picture.url()), ("holiday.txt", None));
    assert_eq!(picture.blob().unwrap().size(), 1000.0);
}

#[wasm_bindgen_test]
async fn what_is_no_picture_is_refused_by_name() {
    let name = || "cat.png".to_owned();
    assert_eq!(refusal(blob(b""), "cat.png").await, PictureError::Empty { name: name() });
    assert_eq!(refusal(blob(b"just text"), "cat.png").await, PictureError::NotAPicture { name: name() });
    assert_eq!(
        refusal(blob(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), "cat.png").await,
        PictureError::UnsupportedFormat { name: name(), detected: "HEIC" }
    );
    assert_eq!(
        refusal(blob(&png(40)[..20]), "cat.png").await,
        PictureError::Damaged { name: name(), format: "PNG" }
    );
}

#[wasm_bindgen_test]
async fn the_limit_of_ten_megabytes_is_exact() {
    assert!(Picture::from_blob(large_png(MAX_PICTURE_BYTES), "a.png").await.is_ok());
    assert_eq!(
        refusal(large_png(MAX_PICTURE_BYTES + 1), "a.png").await,
        PictureError::TooLarge { name: "a.png".into(), bytes: MAX_PICTURE_BYTES + 1, max: MAX_PICTURE_BYTES }
    );
}

#[wasm_bindgen_test]
async fn a_large_file_that_is_no_picture_is_refused_for_what_it_is() {
    let video = js_blob("return new Blob(['\\0\\0\\0\\x18ftypisom', new Uint8Array(40e6)]);");
    assert!(matches!(
        refusal(video, "clip.png").await,
        PictureError::UnsupportedFormat { detected: "video", .. }
    ));
}

#[wasm_bindgen_test]
async fn a_file_that_vanished_is_reported_whatever_the_browser_throws() {
    for thrown in ["new DOMException('gone', 'NotReadableError')", "'gone'", "undefined", "null", "7"] {
        let vanished = js_blob(&format!(
            "const file = new Blob(['x']); file.slice = () => ({{arrayBuffer: () => Promise.reject({thrown})}}); return file;"
        ));
        let error = refusal(vanished, "a.png").await;
        assert!(
            matches!(&error, PictureError::Unreadable { name, .. } if name == "a.png"),
            "{thrown}: {error:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn a_file_that_changed_before_it_was_sent_is_not_sent() {
    let file = blob(&png(1000));
    let picture = Picture::from_blob(file.clone(), "a.png").await.unwrap();
    js("const slice = it.slice; it.slice = (start, end) => slice.call(it, start, end - 1);", &file);
    assert!(matches!(picture.prepare().await, Err(PictureError::Unreadable { .. })));
}

#[wasm_bindgen_test]
async fn preparing_twice_reads_the_file_once() {
    let file = blob(&png(1000));
    let picture = Picture::from_blob(file.clone(), "a.png").await.unwrap();
    js(
        "it.reads = 0; const slice = it.slice; it.slice = (...range) => { it.reads += 1; return slice.apply(it, range); };",
        &file,
    );
    picture.prepare().await.unwrap();
    picture.clone().prepare().await.unwrap();
    assert_eq!(js("return it.reads;", &file).as_f64(), Some(1.0));
}

#[wasm_bindgen_test]
fn links_are_taken_as_they_are() {
    for url in ["https://h.example/a%20b.png?x=+%2815%29", "http://127.0.0.1:8788/cat.png"] {
        let picture = Picture::from_url(&format!(" {url}\n")).unwrap();
        assert_eq!((picture.url(), picture.facts()), (Some(url), None));
        assert_eq!(picture.source(), PictureSource::Url(url.to_owned()));
    }
    assert_eq!(Picture::from_url("https://h.example/a/cat.png?x=1").unwrap().name(), "cat.png");
}

#[wasm_bindgen_test]
fn what_is_no_link_to_the_web_is_refused() {
    for url in [
        "",
        "cat.png",
        "/cat.png",
        "//h.example/cat.png",
        "javascript:alert(1)",
        "data:image/png;base64,AA==",
        "blob:x",
        "file:///etc/passwd",
        "https://",
    ] {
        assert!(matches!(Picture::from_url(url), Err(PictureError::UrlInvalid { .. })), "{url}");
    }
}

#[wasm_bindgen_test]
fn neither_debug_nor_errors_show_the_secret_part_of_a_link() {
    let signed = Picture::from_url("https://h.example/a.png?Signature=secret").unwrap();
    let refused = Picture::from_url("ftp://me:secret@h.example/a.png?Signature=secret").unwrap_err();
    for text in [format!("{signed:?}"), format!("{refused:?}"), refused.to_string()] {
        assert!(text.contains("h.example/a.png") && !text.contains("secret"), "{text}");
    }
}
