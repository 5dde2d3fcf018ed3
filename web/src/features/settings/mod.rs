//! Where it runs and with which key.

mod connection;
mod key;

use leptos::prelude::*;

use crate::components::dialog::{DialogHead, follow};
use crate::components::lazy::lazy;
use crate::context::{SettingsContext, texts};

/// The settings dialog.
#[component]
pub(crate) fn SettingsDialog() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let dialog = follow(settings.open);
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            aria-labelledby="settings-heading"
            on:close=move |_| settings.open.set(false)
        >
            <form class="dialog__body" method="dialog">
                <DialogHead open=settings.open id="settings-heading" heading=texts.settings.heading close=texts.close/>
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
