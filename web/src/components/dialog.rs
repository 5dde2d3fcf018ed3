//! What every dialog has: it opens and closes with a signal, and has a heading with a button that closes it.

use leptos::html;
use leptos::prelude::*;

use super::icon::{CLOSE, IconView};
use super::lazy::press;

/// Opens and closes the dialog that gets this reference.
pub(crate) fn follow(open: RwSignal<bool>) -> NodeRef<html::Dialog> {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    dialog
}

/// The heading, which names the dialog by its `id`, and the button beside it.
#[component]
pub(crate) fn DialogHead(
    open: RwSignal<bool>,
    id: &'static str,
    heading: &'static str,
    close: &'static str,
) -> impl IntoView {
    view! {
        <div class="dialog__head">
            <h2 id=id>{heading}</h2>
            <button class="icon-button" type="button" aria-label=close on:click=press(move || open.set(false))>
                <IconView icon=CLOSE/>
            </button>
        </div>
    }
}
