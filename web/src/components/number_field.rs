//! A short field with its own buttons: how many, the seed.

use leptos::prelude::*;

use super::lazy::{lazy, typed};
use super::problem_text::ProblemText;

/// A labelled text field for a number; what stands inside the tags are its buttons.
#[component]
pub(crate) fn NumberField(
    /// The id of the control.
    id: &'static str,
    /// What it is.
    label: &'static str,
    /// The API's name of it.
    api_name: &'static str,
    /// Shown while it is empty.
    #[prop(optional)]
    placeholder: &'static str,
    /// The text in the field.
    #[prop(into)]
    value: Signal<String>,
    /// The person typed.
    #[prop(into)]
    change: Callback<String>,
    /// What is wrong with it.
    problem: Signal<Option<String>>,
    /// The id of the text that says what is wrong.
    problem_id: &'static str,
    children: Children,
) -> impl IntoView {
    let is_wrong = move || problem.with(Option::is_some).to_string();
    view! {
        <h2><label for=id>{label} <code class="api-name">{api_name}</code></label></h2>
        <div class="stepper" data-invalid=lazy(is_wrong)>
            <input
                class="stepper__value"
                id=id
                type="text"
                inputmode="numeric"
                autocomplete="off"
                placeholder=placeholder
                aria-describedby=problem_id
                aria-invalid=lazy(is_wrong)
                prop:value=lazy(move || value.get())
                on:input=typed(move |text| change.run(text))
            />
            {children()}
        </div>
        <ProblemText id=problem_id text=problem/>
    }
}
