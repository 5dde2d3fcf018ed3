//! Adding a picture by its address.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::components::dialog::{DialogHead, follow};
use crate::components::lazy::{lazy, typed};
use crate::context::{DraftContext, texts};
use crate::intake::Intake;

#[component]
pub(crate) fn LinkDialog(open: RwSignal<bool>) -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let intake = Intake::from_context();
    let dialog = follow(open);
    let link = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let closed = move || {
        wrong.set(false);
        open.set(false);
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if intake.take_link(&link.get_untracked()) {
            link.set(String::new());
            open.set(false);
        } else {
            // Said here, where the person looks, not behind the dialog.
            draft.refusals.set(Vec::new());
            wrong.set(true);
        }
    };
    view! {
        <dialog class="dialog dialog--small" node_ref=dialog aria-labelledby="link-heading" on:close=move |_| closed()>
            <form class="dialog__body" novalidate on:submit=submit>
                <DialogHead open id="link-heading" heading=texts.pictures.add_link close=texts.close/>
                <label class="field-label" for="picture-link">{texts.pictures.link_label}</label>
                <input
                    class="field"
                    id="picture-link"
                    type="url"
                    inputmode="url"
                    autocomplete="off"
                    placeholder="https://"
                    aria-describedby="picture-link-hint picture-link-problem"
                    aria-invalid=lazy(move || wrong.get().to_string())
                    prop:value=lazy(move || link.get())
                    on:input=typed(move |text| link.set(text))
                />
                <p class="hint" id="picture-link-hint">{texts.pictures.link_hint}</p>
                <p class="problem" id="picture-link-problem" role="alert" hidden=lazy(move || !wrong.get())>
                    {texts.pictures.link_invalid}
                </p>
                <div class="dialog__actions">
                    <button class="button button--primary" type="submit">{texts.pictures.link_add}</button>
                </div>
            </form>
        </dialog>
    }
}
