//! The API key of the chosen region: in memory by default, on the device by choice.

use leptos::prelude::*;
use qwen_edit_api::region::find_region;

use crate::components::lazy::{lazy, press, toggled, typed};
use crate::context::{LiveContext, SettingsContext, texts};

#[component]
pub(crate) fn Key() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let wants_key = Memo::new(move |_| {
        let region = settings.region.get();
        find_region(&region).is_none_or(|region| region.needs_key) && !settings.relay_holds_key()
    });
    view! {
        <div class="group">
            {lazy(move || if wants_key.get() {
                view! { <KeyField/> }.into_any()
            } else {
                let text = if settings.is_demo() { texts.settings.key_demo } else { texts.settings.key_by_relay };
                view! { <p class="hint">{text}</p> }.into_any()
            })}
        </div>
    }
}

#[component]
fn KeyField() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let live: LiveContext = expect_context();
    let shown = RwSignal::new(false);
    let key = move || settings.key().unwrap_or_default();
    let looks_wrong = move || settings.key().is_some_and(|key| !key.starts_with("sk-"));
    let key_page = move || settings.region.with(|id| find_region(id)).map(|region| region.key_page);
    view! {
        <label class="field-label" for="api-key">{texts.settings.key}</label>
        <div class="stepper">
            <input
                class="stepper__value"
                id="api-key"
                type=lazy(move || if shown.get() { "text" } else { "password" })
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="sk-…"
                aria-describedby="api-key-hint api-key-problem"
                prop:value=key
                on:input=typed(move |key| settings.set_key(&key))
            />
            <button class="stepper__button stepper__button--text" type="button" aria-controls="api-key" on:click=press(move || shown.update(|shown| *shown = !*shown))>
                {lazy(move || if shown.get() { texts.settings.key_hide } else { texts.settings.key_show })}
            </button>
        </div>
        <p class="hint" id="api-key-hint">
            {texts.settings.key_hint}
            " "
            {lazy(move || key_page().map(|page| view! {
                <a href=page target="_blank" rel="noopener noreferrer">{texts.settings.key_get}</a>
            }))}
        </p>
        <p class="warning" id="api-key-problem" role="status" hidden=lazy(move || !looks_wrong())>{texts.settings.key_shape}</p>
        <label class="check" for="remember-key">
            <input
                type="checkbox"
                id="remember-key"
                aria-describedby="remember-key-hint"
                prop:checked=lazy(move || settings.remembers())
                on:change=toggled(move |yes| settings.remember(yes))
            />
            <span>
                {texts.settings.key_remember}
                <small class="hint" id="remember-key-hint">{texts.settings.key_remember_hint}</small>
            </span>
        </label>
        <button
            class="text-button"
            type="button"
            hidden=lazy(move || settings.key().is_none())
            on:click=press(move || {
                settings.forget_key();
                live.show(texts.settings.key_forgotten);
            })
        >
            {texts.settings.key_forget}
        </button>
    }
}
