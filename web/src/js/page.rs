//! The page around the app: language, theme, title, focus, scrolling.

use leptos::prelude::{document, request_idle_callback_with_handle, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Url};

/// The languages the visitor prefers, best first.
pub(crate) fn preferred_languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Sets `<html lang>` and the title.
pub(crate) fn set_language(tag: &str, title: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", tag);
    }
    document().set_title(title);
}

/// The language the page is in now.
pub(crate) fn language() -> String {
    document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default()
}

/// Covers the page with a sentence. Needs nothing of the app, so it works when the app has stopped.
pub(crate) fn cover_with(sentence: &str) {
    let Ok(cover) = document().create_element("p") else { return };
    cover.set_class_name("boot boot--stopped");
    cover.set_text_content(Some(sentence));
    let _ = cover.set_attribute("role", "alert");
    if let Some(body) = document().body() {
        let _ = body.append_child(&cover);
    }
}

/// Sets `data-theme`, or leaves the choice to the system.
pub(crate) fn set_theme(theme: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
}

/// Whether the system asks for dark.
pub(crate) fn system_is_dark() -> bool {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
}

/// The relay's address: `<meta name="qwen-edit-relay">`, by default on our own origin.
pub(crate) fn relay_base() -> String {
    document()
        .query_selector("meta[name=qwen-edit-relay]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .map(|base| base.trim_end_matches('/').to_owned())
        .filter(|base| !base.is_empty())
        .unwrap_or_else(|| "/relay".to_owned())
}

/// An address of this page as one that works anywhere.
pub(crate) fn absolute(address: &str) -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    Url::new_with_base(address, &base).map_or_else(|_| address.to_owned(), |url| url.href())
}

/// Takes away what was shown until the app came up.
pub(crate) fn remove_boot_screen() {
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}

/// Moves the keyboard focus to a control and brings it into view.
pub(crate) fn focus(id: &str) {
    if let Some(element) = html_element(id) {
        let _ = element.focus();
    }
}

/// Brings an element into view, smoothly unless the person asked for less motion (a CSS rule decides that).
pub(crate) fn scroll_to(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
    }
}

/// Whether the element begins in the upper part of the window, so that most of it can be seen.
pub(crate) fn is_in_view(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else { return false };
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let place = Element::get_bounding_client_rect(&element);
    place.top() >= 0.0 && place.top() < height * 0.35
}

/// Whether a dialog lies over the page.
pub(crate) fn has_open_dialog() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// Whether the person is in a text field.
pub(crate) fn is_writing() -> bool {
    super::files::is_text_field(document().active_element().map(Into::into))
}

/// Does something when the browser has nothing else to do; at once in a browser that cannot tell.
pub(crate) fn at_rest(act: impl Fn() + Copy + 'static) {
    if request_idle_callback_with_handle(act).is_err() {
        act();
    }
}

/// Whether the browser believes it has a network.
pub(crate) fn is_online() -> bool {
    window().navigator().on_line()
}

fn html_element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
