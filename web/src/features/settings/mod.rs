//! Where it runs and with which key.

mod connection;
mod key;

use leptos::html;
use leptos::prelude::*;

use crate::components::icon::{CLOSE, IconView};
use crate::components::lazy::{lazy, press};
use crate::context::{SettingsContext, texts};

/// The settings dialog.
#[component]
pub(crate) fn SettingsDialog() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if settings.open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !settings.open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            aria-labelledby="settings-heading"
            on:close=move |_| settings.open.set(false)
        >
            <form class="dialog__body" method="dialog">
                <div class="dialog__head">
                    <h2 id="settings-heading">{texts.settings.heading}</h2>
                    <button class="icon-button" type="button" aria-label=texts.close on:click=press(move || settings.open.set(false))>
                        <IconView icon=CLOSE/>
                    </button>
                </div>
                <Regions/>
                <key::Key/>
                <connection::Connection/>
                <div class="dialog__actions">
                    <button class="button button--primary" type="submit">{texts.settings.done}</button>
                </div>
            </form>
        </dialog>
    }
}

#[component]
fn Regions() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let language = settings.language.get_untracked();
    view! {
        <fieldset class="group">
            <legend>{texts.settings.region}</legend>
            <div class="regions">
                {lazy(move || {
                    settings
                        .offered_regions()
                        .into_iter()
                        .map(|region| {
                            view! {
                                <label class="region">
                                    <input
                                        type="radio"
                                        name="region"
                                        value=region.id
                                        prop:checked=lazy(move || settings.region.get() == region.id)
                                        on:change=move |_| settings.choose_region(region.id)
                                    />
                                    <span class="region__text">
                                        <b>{region.name.get(language)}</b>
                                        <small>
                                            {if region.needs_key {
                                                region.upstream.trim_start_matches("https://")
                                            } else {
                                                texts.settings.demo_note
                                            }}
                                        </small>
                                    </span>
                                </label>
                            }
                        })
                        .collect_view()
                })}
            </div>
            <p class="hint">{texts.settings.region_hint}</p>
        </fieldset>
    }
}
