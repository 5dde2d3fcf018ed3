//! A labelled on/off switch.

use leptos::prelude::*;

use crate::components::lazy::{lazy, toggled};

/// A native checkbox that looks like a switch, with a hint and the API's own name.
#[component]
pub(crate) fn Switch(
    /// The id of the control.
    id: &'static str,
    /// What it does.
    label: &'static str,
    /// A short explanation.
    hint: &'static str,
    /// The API's name of it.
    api_name: &'static str,
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// The person changed it.
    #[prop(into)]
    change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="switch" for=id>
            <span class="switch__text">
                <span class="switch__label">{label} <code class="api-name">{api_name}</code></span>
                <span class="hint">{hint}</span>
            </span>
            <input
                class="switch__input"
                type="checkbox"
                role="switch"
                id=id
                prop:checked=lazy(move || on.get())
                on:change=toggled(move |on| change.run(on))
            />
        </label>
    }
}
