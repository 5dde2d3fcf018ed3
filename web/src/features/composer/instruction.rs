//! The instruction: plain words, with the pictures' numbers shown as little seals and one press away.

use leptos::html;
use leptos::prelude::*;
use qwen_edit_api::{Field, WarningKind};

use super::template_chips::TemplateChips;
use crate::components::lazy::{lazy, press, typed};
use crate::components::problem_text::ProblemText;
use crate::context::{DraftContext, texts};
use crate::state::mention::{Piece, pieces};

#[component]
pub(crate) fn Instruction() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let field = NodeRef::<html::Textarea>::new();
    let problem = draft.problem(|field| field == Field::Prompt);
    let count = move || draft.read(|form| form.prompt.chars().count());
    view! {
        <section class="group" aria-labelledby="instruction-heading">
            <h2 id="instruction-heading"><label for="prompt">{texts.instruction.heading}</label></h2>
            <div class="write" data-invalid=lazy(move || problem.with(Option::is_some).to_string())>
                <div class="write__paper">
                    <Mirror/>
                    <textarea
                        class="write__text"
                        id="prompt"
                        node_ref=field
                        rows="3"
                        placeholder=texts.instruction.placeholder
                        aria-describedby="prompt-problem prompt-warning prompt-count"
                        aria-invalid=lazy(move || problem.with(Option::is_some).to_string())
                        prop:value=lazy(move || draft.read(|form| form.prompt.clone()))
                        on:input=typed(move |text| draft.change(|form| form.write(text)))
                    ></textarea>
                </div>
                <div class="write__row">
                    <NumberChips field/>
                    <small class="write__count" id="prompt-count">{lazy(move || (texts.instruction.count)(count()))}</small>
                </div>
            </div>
            <PromptWarning/>
            <ProblemText id="prompt-problem" text=problem/>
            <TemplateChips/>
        </section>
    }
}

/// The same words behind the text field, where the pictures' numbers get their soft red ground. It also gives the
/// field its height, so that the text never scrolls inside.
#[component]
fn Mirror() -> impl IntoView {
    let draft: DraftContext = expect_context();
    view! {
        <div class="write__mirror" aria-hidden="true">
            {lazy(move || {
                draft.read(|form| pieces(&form.prompt))
                    .into_iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => view! { <span>{text}</span> }.into_any(),
                        Piece::Mention(text) => view! { <mark>{text}</mark> }.into_any(),
                    })
                    .collect_view()
            })}
            // A last line that is empty still needs its height.
            <span>"\u{200b}"</span>
        </div>
    }
}

/// One chip per picture; a press puts its name where the cursor is.
#[component]
fn NumberChips(field: NodeRef<html::Textarea>) -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let count = move || draft.count();
    let insert = move |label: String| {
        let Some(field) = field.get_untracked() else { return };
        let start = field.selection_start().ok().flatten();
        let end = field.selection_end().ok().flatten();
        let inserted = match (start, end) {
            (Some(start), Some(end)) => field
                .set_range_text_with_start_and_end(&label, start, end)
                .is_ok()
                .then(|| start + utf16_len(&label)),
            _ => None,
        };
        let text = field.value();
        draft.change(|form| form.write(text));
        let _ = field.focus();
        if let Some(cursor) = inserted {
            let _ = field.set_selection_range(cursor, cursor);
        }
    };
    view! {
        <span class="write__chips" hidden=lazy(move || count() == 0)>
            {lazy(move || {
                (1..=count())
                    .map(|number| {
                        let label = (texts.pictures.number)(number);
                        let name = (texts.instruction.insert_number)(&label);
                        let inserted = label.clone();
                        view! {
                            <button
                                class="number-chip"
                                type="button"
                                aria-label=name
                                on:click=press(move || insert(inserted.clone()))
                            >
                                {label}
                            </button>
                        }
                    })
                    .collect_view()
            })}
            <small>{texts.instruction.insert}</small>
        </span>
    }
}

fn utf16_len(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// What may go wrong with the words, said while there is time; it never stops anybody.
#[component]
fn PromptWarning() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let warning = Memo::new(move |_| {
        let (edit, _) = draft.form.get().read(draft.sources());
        if edit.pictures.is_empty() {
            return None;
        }
        edit.warnings().into_iter().find_map(|warning| match warning.kind {
            WarningKind::MentionsMissingPicture { number } => {
                let label = (texts.pictures.number)(number as usize);
                Some((texts.instruction.mentions_missing)(&label))
            }
            WarningKind::PromptLong { .. } => Some(texts.instruction.long.to_owned()),
            _ => None,
        })
    });
    view! {
        <p class="warning" id="prompt-warning" role="status" hidden=lazy(move || warning.with(Option::is_none))>
            {lazy(move || warning.get())}
        </p>
    }
}
