//! Files and links as they come in: from the picker, a drop, or the clipboard.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, File, FileList, Response};

/// The files of a list.
pub(crate) fn of_list(list: Option<FileList>) -> Vec<File> {
    list.map(|list| (0..list.length()).filter_map(|index| list.get(index)).collect()).unwrap_or_default()
}

/// The files of a drop or paste.
pub(crate) fn of_transfer(transfer: Option<DataTransfer>) -> Vec<File> {
    of_list(transfer.and_then(|transfer| transfer.files()))
}

/// A picture link that was dropped or pasted instead of a file.
pub(crate) fn link_of_transfer(transfer: &DataTransfer) -> Option<String> {
    ["text/uri-list", "text/plain"]
        .iter()
        .filter_map(|format| transfer.get_data(format).ok())
        .filter_map(|text| text.lines().map(str::trim).find(|line| !line.starts_with('#')).map(str::to_owned))
        .find(|text| text.starts_with("https://") || text.starts_with("http://"))
}

/// Whether a drag carries files or a link, so that dragging our own thumbnails or text opens no drop zone.
pub(crate) fn carries_pictures(transfer: Option<DataTransfer>) -> bool {
    transfer.is_some_and(|transfer| {
        let kinds: Vec<String> = transfer.types().iter().filter_map(|kind| kind.as_string()).collect();
        let own = kinds.iter().any(|kind| kind == OWN_DRAG);
        !own && kinds.iter().any(|kind| kind == "Files" || kind == "text/uri-list")
    })
}

/// Marks a drag of one of our own thumbnails.
pub(crate) const OWN_DRAG: &str = "application/x-qwen-edit-picture";

/// Whether there is plain text in a drop or paste.
pub(crate) fn has_text(transfer: &DataTransfer) -> bool {
    transfer.get_data("text/plain").is_ok_and(|text| !text.is_empty())
}

/// Whether the event happened in a field where pasting text belongs to the field.
pub(crate) fn is_text_field(target: Option<web_sys::EventTarget>) -> bool {
    target
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| matches!(element.tag_name().as_str(), "TEXTAREA" | "INPUT"))
}

/// A file that is served with the page. Nothing when it cannot be had.
pub(crate) async fn fetch_own(path: &str) -> Option<Blob> {
    JsFuture::from(response(path).await?.blob().ok()?).await.ok()?.dyn_into().ok()
}

/// What a JSON file that is served with the page holds. Nothing when it cannot be had.
pub(crate) async fn fetch_own_json(path: &str) -> Option<JsValue> {
    JsFuture::from(response(path).await?.json().ok()?).await.ok()
}

async fn response(path: &str) -> Option<Response> {
    let response: Response = JsFuture::from(window().fetch_with_str(path)).await.ok()?.dyn_into().ok()?;
    response.ok().then_some(response)
}
