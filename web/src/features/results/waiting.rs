//! While the service paints: where the pictures will be, and what to expect.

use leptos::prelude::*;

use crate::context::{DraftContext, texts};
use crate::state::form::Form;

#[component]
pub(crate) fn Waiting() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let count = draft.form.with_untracked(Form::count);
    view! {
        <div class="waiting">
            <div class="waiting__papers" aria-hidden="true">
                {(0..count).map(|_| view! { <span class="waiting__paper"></span> }).collect_view()}
            </div>
            <p class="waiting__title">{texts.run.working}"…"</p>
            <p class="hint">{texts.run.usual_time}</p>
        </div>
    }
}
