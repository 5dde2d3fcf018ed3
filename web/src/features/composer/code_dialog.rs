//! The edit as a program, for people who want to go on in code.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use qwen_edit_api::CodeLanguage;

use crate::components::dialog::{DialogHead, follow};
use crate::components::icon::{CODE, IconView};
use crate::components::lazy::{lazy, press};
use crate::context::{DraftContext, SettingsContext, texts};
use crate::js::{clipboard, code, page};
use crate::state::problem::check;

#[component]
pub(crate) fn ShowCode() -> impl IntoView {
    let texts = texts();
    let open = RwSignal::new(false);
    view! {
        <button class="text-button show-code" type="button" id="show-code" aria-haspopup="dialog" on:click=press(move || open.set(true))>
            <IconView icon=CODE/>
            {texts.code.show}
        </button>
        <CodeDialog open/>
    }
}

#[component]
fn CodeDialog(open: RwSignal<bool>) -> impl IntoView {
    let dialog = follow(open);
    view! {
        <dialog class="dialog dialog--wide" node_ref=dialog aria-labelledby="code-heading" on:close=move |_| open.set(false)>
            // Made anew each time it opens: nothing is computed while it is closed.
            {lazy(move || open.get().then(|| view! { <Body open/> }))}
        </dialog>
    }
}

#[component]
fn Body(open: RwSignal<bool>) -> impl IntoView {
    let texts = texts();
    view! {
        <div class="dialog__body">
            <DialogHead open id="code-heading" heading=texts.code.heading close=texts.close/>
            {match Edit::from_form() {
                Ok(edit) => view! { <Program edit/> }.into_any(),
                Err(problems) => view! {
                    <p>{texts.violation.fix_first}</p>
                    <ul class="refusals">
                        {problems.into_iter().map(|problem| view! { <li class="problem">{problem}</li> }).collect_view()}
                    </ul>
                }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Program(edit: Edit) -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let hint = if untrack(|| settings.is_demo()) { texts.code.hint_demo } else { texts.code.hint };
    let shown = RwSignal::new(0_usize);
    let program = RwSignal::new(String::new());
    let said = RwSignal::new(String::new());
    let edit = Arc::new(edit);
    let show = move |index: usize| {
        shown.set(index);
        said.set(String::new());
        let edit = Arc::clone(&edit);
        spawn_local(async move {
            let written = edit.write(CodeLanguage::ALL[index]).await;
            // The person may have chosen another one meanwhile.
            if shown.try_get_untracked() == Some(index) {
                if written.is_none() {
                    said.set(texts.code.not_loaded.to_owned());
                }
                program.set(written.unwrap_or_default());
            }
        });
    };
    show(0);
    let copy = move || {
        spawn_local(async move {
            let done = clipboard::copy_text(&program.get_untracked()).await;
            said.set(if done { texts.failure.details_copied } else { texts.failure.copy_failed }.to_owned());
        });
    };
    view! {
        <div class="segments" role="group" aria-label=texts.code.language>
            {CodeLanguage::ALL
                .into_iter()
                .enumerate()
                .map(|(index, language)| {
                    let show = show.clone();
                    view! {
                        <button
                            class="segment"
                            type="button"
                            aria-pressed=lazy(move || (shown.get() == index).to_string())
                            on:click=press(move || show(index))
                        >
                            {language.name()}
                        </button>
                    }
                })
                .collect_view()}
        </div>
        // Long programs scroll, also by keyboard.
        <pre class="program" id="program" tabindex="0" role="region" aria-labelledby="code-heading">{lazy(move || program.get())}</pre>
        <p class="hint">{hint}</p>
        <div class="dialog__actions">
            <span class="hint" role="status">{lazy(move || said.get())}</span>
            <button class="button button--primary" type="button" id="copy-code" on:click=press(copy)>{texts.code.copy}</button>
        </div>
    }
}

/// The edit as it would be sent now, its files left out.
struct Edit {
    body: String,
    relay: String,
    region: String,
    names: Vec<String>,
}

impl Edit {
    /// The edit in the form, or what is missing before it can be sent.
    fn from_form() -> Result<Self, Vec<String>> {
        let texts = texts();
        let draft: DraftContext = expect_context();
        let settings: SettingsContext = expect_context();
        untrack(|| match draft.form.with(|form| check(form, draft.sources())) {
            Ok((request, _)) => Ok(Self {
                body: request.to_json(|_| String::new()),
                relay: page::absolute(&settings.relay_base.get_value()),
                region: settings.region.get(),
                names: draft.tray.with(|tray| {
                    tray.slots().iter().map(|slot| slot.picture.picture.name().to_owned()).collect()
                }),
            }),
            Err(problems) => Err(problems.iter().map(|problem| problem.describe(texts)).collect()),
        })
    }

    async fn write(&self, language: CodeLanguage) -> Option<String> {
        code::write(&self.body, language.as_str(), &self.relay, &self.region, &self.names).await
    }
}
