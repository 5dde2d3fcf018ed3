//! Saving a file to the person's device.

use gloo_file::ObjectUrl;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

/// Saves the bytes behind an object URL under a name.
pub(crate) fn save(url: &ObjectUrl, name: &str) {
    let Ok(element) = document().create_element("a") else { return };
    let anchor: HtmlAnchorElement = element.unchecked_into();
    anchor.set_href(url);
    anchor.set_download(name);
    anchor.click();
}
