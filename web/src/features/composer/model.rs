//! The model: a card that says what it is good at and what it costs, over a native list.

use leptos::prelude::*;
use qwen_edit_api::Field;
use qwen_edit_api::catalogue::{Model, Status, models};

use crate::components::icon::{DOWN, IconView};
use crate::components::lazy::{lazy, typed};
use crate::components::problem_text::ProblemText;
use crate::context::{DraftContext, SettingsContext, texts};
use crate::state::display;

/// The value of the list's last entry; no model id can be this.
const TYPED: &str = "?";

#[component]
pub(crate) fn ModelChoice() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let settings: SettingsContext = expect_context();
    let language = settings.language.get_untracked();
    let problem = draft.problem(|field| field == Field::Model);
    let known = move || draft.read(|form| form.known_model().map(|model| model.id));
    let model = move || known().and_then(qwen_edit_api::find_model);
    let is_typed = move || draft.read(|form| form.model_typed);
    let title = move || match model() {
        Some(model) => model.name.get(language).to_owned(),
        None => texts.parameters.model_other.to_owned(),
    };
    let choose = move |id: String| {
        draft.change(|form| if id == TYPED { form.type_model() } else { form.choose_model(&id) });
    };
    view! {
        <section class="group" aria-labelledby="model-heading">
            <h2 id="model-heading"><label for="model">{texts.parameters.model}</label></h2>
            <div class="model">
                <div class="model__text">
                    <b>{title}</b>
                    <code class="api-name">{lazy(move || draft.read(|form| form.model.clone()))}</code>
                    <small>{lazy(move || model().map(|model| model.summary.get(language)))}</small>
                </div>
                <Price/>
                <IconView icon=DOWN/>
                <select
                    class="model__list"
                    id="model"
                    prop:value=lazy(move || draft.read(|form| {
                        if form.model_typed { TYPED.to_owned() } else { form.model.clone() }
                    }))
                    on:change=typed(choose)
                >
                    <ModelGroup label=texts.parameters.model_recommended of=Group::Recommended/>
                    <ModelGroup label=texts.parameters.model_snapshots of=Group::Snapshots/>
                    <ModelGroup label=texts.parameters.model_legacy of=Group::Legacy/>
                    <ModelGroup label=texts.parameters.model_experimental of=Group::Experimental/>
                    <option value=TYPED>{texts.parameters.model_other}</option>
                </select>
            </div>
            <input
                class="field field--code"
                type="text"
                id="model-id"
                aria-label=texts.parameters.model_id
                autocomplete="off"
                spellcheck="false"
                hidden=lazy(move || !is_typed())
                prop:value=lazy(move || draft.read(|form| form.model.clone()))
                on:input=typed(move |id| draft.change(|form| form.model = id))
            />
            <p class="hint" hidden=lazy(move || note(model()).is_none())>
                {lazy(move || match note(model()) {
                    Some(Note::Unknown) => texts.parameters.model_unknown,
                    Some(Note::Experimental) => texts.parameters.model_experimental_note,
                    Some(Note::Legacy) => texts.parameters.model_legacy_note,
                    None => "",
                })}
            </p>
            <ProblemText id="model-problem" text=problem/>
        </section>
    }
}

enum Note {
    Unknown,
    Experimental,
    Legacy,
}

fn note(model: Option<&Model>) -> Option<Note> {
    match model.map(|model| &model.status) {
        None => Some(Note::Unknown),
        Some(Status::Experimental) => Some(Note::Experimental),
        Some(Status::Legacy) => Some(Note::Legacy),
        Some(Status::Current) => None,
    }
}

/// The groups of the list; a dated snapshot is a current model that its alias points to or replaced.
#[derive(Clone, Copy, PartialEq)]
enum Group {
    Recommended,
    Snapshots,
    Legacy,
    Experimental,
}

fn group_of(model: &Model) -> Group {
    match model.status {
        Status::Legacy => Group::Legacy,
        Status::Experimental => Group::Experimental,
        Status::Current if model.alias_of.is_some() => Group::Recommended,
        Status::Current => Group::Snapshots,
    }
}

#[component]
fn ModelGroup(label: &'static str, of: Group) -> impl IntoView {
    let draft: DraftContext = expect_context();
    let settings: SettingsContext = expect_context();
    let language = settings.language.get_untracked();
    let chosen = draft.form.with_untracked(|form| form.model.clone());
    view! {
        <optgroup label=label>
            {models()
                .iter()
                .filter(|model| group_of(model) == of)
                .map(|model| {
                    let text = format!("{} · {}", model.name.get(language), model.id);
                    view! { <option value=model.id selected=model.id == chosen>{text}</option> }
                })
                .collect_view()}
        </optgroup>
    }
}

/// The price of one picture in the chosen region.
#[component]
fn Price() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let settings: SettingsContext = expect_context();
    let price = move || {
        let region = settings.region.get();
        draft.form.get().price(&region, 1, 0)
    };
    view! {
        <span class="model__price">
            {lazy(move || match price() {
                Some(0) => view! { {texts.parameters.free} }.into_any(),
                Some(micro) => view! { {display::price(micro)} <small>{texts.parameters.per_picture}</small> }.into_any(),
                None => view! { <small>{texts.parameters.price_unknown}</small> }.into_any(),
            })}
        </span>
    }
}
