//! What most people never need: what to avoid, rewriting, watermark. Each shown only where the model has it.

use leptos::html;
use leptos::prelude::*;
use qwen_edit_api::Field;
use qwen_edit_api::catalogue::ParameterSet;

use crate::components::icon::{DOWN, IconView};
use crate::components::lazy::{lazy, typed};
use crate::components::problem_text::ProblemText;
use crate::components::switch::Switch;
use crate::context::{DraftContext, texts};
use crate::state::form::Form;

const NEGATIVE_LIMIT: usize = 500;

#[component]
pub(crate) fn Advanced() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let problem = draft.problem(|field| field == Field::NegativePrompt);
    let shows = move |has: fn(ParameterSet) -> bool| move || has(draft.read(Form::parameters));
    let negative = shows(|has| has.negative_prompt);
    let extend = shows(|has| has.prompt_extend);
    let watermark = shows(|has| has.watermark);
    let details = NodeRef::<html::Details>::new();
    // A problem opens it; only the person closes it.
    Effect::new(move || {
        if problem.with(Option::is_some)
            && let Some(details) = details.get()
        {
            details.set_open(true);
        }
    });
    view! {
        <details class="advanced" node_ref=details>
            <summary>{texts.parameters.advanced} <IconView icon=DOWN/></summary>
            <div class="advanced__body">
                <div hidden=lazy(move || !negative())>
                    <label class="field-label" for="negative-prompt">
                        {texts.parameters.negative} <code class="api-name">"negative_prompt"</code>
                    </label>
                    <textarea
                        class="field field--area"
                        id="negative-prompt"
                        rows="2"
                        placeholder=texts.parameters.negative_hint
                        aria-describedby="negative-count negative-problem"
                        aria-invalid=lazy(move || problem.with(Option::is_some).to_string())
                        prop:value=lazy(move || draft.read(|form| form.negative_prompt.clone()))
                        on:input=typed(move |text| draft.change(|form| form.negative_prompt = text))
                    ></textarea>
                    <small class="hint advanced__count" id="negative-count">
                        {lazy(move || format!("{} / {NEGATIVE_LIMIT}", draft.read(|form| form.negative_prompt.chars().count())))}
                    </small>
                    <ProblemText id="negative-problem" text=problem/>
                </div>
                <div hidden=lazy(move || !extend())>
                    <Switch
                        id="prompt-extend"
                        label=texts.parameters.extend
                        hint=texts.parameters.extend_hint
                        api_name="prompt_extend"
                        on=Signal::derive(move || draft.read(|form| form.prompt_extend))
                        change=move |on| draft.change(|form| form.prompt_extend = on)
                    />
                </div>
                <div hidden=lazy(move || !watermark())>
                    <Switch
                        id="watermark"
                        label=texts.parameters.watermark
                        hint=texts.parameters.watermark_hint
                        api_name="watermark"
                        on=Signal::derive(move || draft.read(|form| form.watermark))
                        change=move |on| draft.change(|form| form.watermark = on)
                    />
                </div>
            </div>
        </details>
    }
}
