//! Instructions to start from, one press each.

use leptos::prelude::*;

use crate::components::lazy::{lazy, press};
use crate::context::{DraftContext, SettingsContext, texts};
use crate::js::page;
use crate::templates::TEMPLATES;

#[component]
pub(crate) fn TemplateChips() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let settings: SettingsContext = expect_context();
    let language = settings.language.get_untracked();
    let choose = move |prompt: &'static str| {
        draft.change(|form| form.use_template(prompt, is_template));
        page::focus("prompt");
    };
    view! {
        <div class="chips" role="group" aria-label=texts.instruction.ideas>
            {TEMPLATES
                .iter()
                .map(|template| {
                    view! {
                        <button
                            class="chip"
                            type="button"
                            data-template=template.id
                            title=template.prompt.get(language)
                            on:click=press(move || choose(template.prompt.get(language)))
                        >
                            {template.label.get(language)}
                        </button>
                    }
                })
                .collect_view()}
            <button
                class="chip chip--undo"
                type="button"
                hidden=lazy(move || draft.read(|form| form.replaced_prompt.is_none()))
                on:click=press(move || {
                    draft.change(crate::state::form::Form::undo_template);
                    page::focus("prompt");
                })
            >
                {texts.instruction.undo}
            </button>
        </div>
    }
}

fn is_template(prompt: &str) -> bool {
    TEMPLATES.iter().any(|template| template.prompt.zh == prompt || template.prompt.en == prompt)
}
