//! Small values kept on this device. A browser that refuses storage simply forgets: nothing depends on it.

use leptos::prelude::window;

/// Names of what is kept.
pub(crate) const LANGUAGE: &str = "qwen-edit.language";
pub(crate) const THEME: &str = "qwen-edit.theme";
pub(crate) const REGION: &str = "qwen-edit.region";

/// Where a remembered key of a region is kept. Written only when the person asks for it.
pub(crate) fn key_of(region: &str) -> String {
    format!("qwen-edit.key.{region}")
}

fn store() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

pub(crate) fn get(name: &str) -> Option<String> {
    store()?.get_item(name).ok().flatten()
}

pub(crate) fn set(name: &str, value: &str) {
    if let Some(store) = store() {
        // A full or forbidden store is no reason to disturb the person.
        let _ = store.set_item(name, value);
    }
}

pub(crate) fn remove(name: &str) {
    if let Some(store) = store() {
        let _ = store.remove_item(name);
    }
}
