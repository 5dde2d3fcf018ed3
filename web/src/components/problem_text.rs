//! What is wrong with a field, beside the field.

use leptos::prelude::*;

use crate::components::lazy::lazy;

/// A sentence under a control; `id` is what the control's `aria-describedby` names. Empty takes no space.
#[component]
pub(crate) fn ProblemText(
    /// The id of the text.
    id: &'static str,
    /// What is wrong, if anything.
    #[prop(into)]
    text: Signal<Option<String>>,
) -> impl IntoView {
    view! { <p class="problem" id=id hidden=lazy(move || text.with(Option::is_none))>{lazy(move || text.get())}</p> }
}
