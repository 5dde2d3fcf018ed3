//! Files and links as they come from users. What their headers say is read by the codec, see ../../js.

use qwen_edit_api::PictureSource;
use qwen_edit_client::{Picture, PictureError};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fixtures::{blob, checked, js, js_blob, png};

#[wasm_bindgen_test]
async fn a_file_that_vanished_is_reported_whatever_the_browser_throws() {
    for thrown in ["new DOMException('gone', 'NotReadableError')", "'gone'", "undefined", "null", "7"] {
        let vanished = js_blob(&format!(
            "const file = new Blob(['x']); file.slice = () => ({{arrayBuffer: () => Promise.reject({thrown})}}); return file;"
        ));
        let error = checked(vanished, "a.png").prepare().await.unwrap_err();
        assert!(
            matches!(&error, PictureError::Unreadable { name, .. } if name == "a.png"),
            "{thrown}: {error:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn a_file_that_changed_before_it_was_sent_is_not_sent() {
    let file = blob(&png(1000));
    let picture = checked(file.clone(), "a.png");
    js("const slice = it.slice; it.slice = (start, end) => slice.call(it, start, end - 1);", &file);
    assert!(matches!(picture.prepare().await, Err(PictureError::Unreadable { .. })));
}

#[wasm_bindgen_test]
async fn preparing_twice_reads_the_file_once() {
    let file = blob(&png(1000));
    let picture = checked(file.clone(), "a.png");
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
