//! The tray: up to three numbered pictures, added by button, drop, paste or link, put in order, taken out.

use leptos::html;
use leptos::prelude::*;
use qwen_edit_api::{Field, Warning, WarningKind};

use super::link_dialog::LinkDialog;
use super::receipts::Receipts;
use crate::components::icon::{CLOSE, IconView, LEFT, LINK, PICTURE, PLUS, RIGHT};
use crate::components::lazy::{lazy, press};
use crate::components::problem_text::ProblemText;
use crate::context::{DraftContext, Entry, LiveContext, texts};
use crate::intake::{Intake, take_samples};
use crate::js::{files, page};
use crate::state::display;
use crate::state::form::Form;
use crate::state::tray::Direction;

// HEIC and AVIF by name as well: many systems know no type for them.
const ACCEPT: &str = "image/*,.heic,.heif,.avif";

#[component]
pub(crate) fn Pictures() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let linking = RwSignal::new(false);
    let is_empty = move || draft.count() == 0;
    let is_full = move || draft.count() >= draft.read(Form::max_pictures);
    let problem = draft.problem(|field| matches!(field, Field::Pictures | Field::Picture(_)));
    view! {
        <section class="group" aria-labelledby="pictures-heading">
            <div class="group__head">
                <h2 id="pictures-heading">{texts.pictures.heading}</h2>
                <button class="text-button" type="button" disabled=lazy(is_full) on:click=press(move || linking.set(true))>
                    <IconView icon=LINK/>
                    {texts.pictures.add_link}
                </button>
            </div>
            <ol class="tray" data-count=lazy(move || draft.count())>
                <For
                    each=move || draft.tray.with(|tray| tray.slots().iter().map(|slot| slot.id).collect::<Vec<_>>())
                    key=|id| *id
                    let(id)
                >
                    <PictureSlot id/>
                </For>
                <li class="tray__add" hidden=lazy(is_full)>
                    <AddButton/>
                </li>
            </ol>
            <p class="hint tray__hint" hidden=lazy(move || !is_empty())>{texts.pictures.hint}</p>
            <Receipts/>
            <PictureWarnings/>
            <button
                class="text-button tray__samples"
                type="button"
                hidden=lazy(move || !is_empty())
                on:click={
                    let intake = Intake::from_context();
                    move |_| take_samples(intake)
                }
            >
                {texts.pictures.try_samples}
            </button>
            <div role="alert"><ul class="refusals">
                {lazy(move || draft.refusals.get().into_iter().map(|refusal| view! { <li class="problem">{refusal}</li> }).collect_view())}
            </ul></div>
            <ProblemText id="pictures-problem" text=problem/>
            <LinkDialog open=linking/>
        </section>
    }
}

#[component]
fn AddButton() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let is_empty = move || draft.count() == 0;
    let intake = Intake::from_context();
    let picker = NodeRef::<html::Input>::new();
    let open_picker = move |_| {
        if let Some(picker) = picker.get_untracked() {
            picker.click();
        }
    };
    let picked = move |_| {
        if let Some(picker) = picker.get_untracked() {
            intake.take_files(files::of_list(picker.files()));
            // So that choosing the same file again is a change.
            picker.set_value("");
        }
    };
    view! {
        <button
            class="add"
            type="button"
            id="add-pictures"
            aria-describedby="pictures-problem"
            on:click=open_picker
        >
            <IconView icon=PLUS/>
            <span class="add__title">{lazy(move || if is_empty() { texts.pictures.add_first } else { texts.pictures.add })}</span>
            <span class="add__hint">
                {lazy(move || if is_empty() { texts.pictures.add_first_hint } else { texts.pictures.add_hint })}
            </span>
        </button>
        <input
            class="visually-hidden"
            node_ref=picker
            type="file"
            accept=ACCEPT
            multiple
            tabindex="-1"
            aria-hidden="true"
            data-testid="file-input"
            on:change=picked
        />
    }
}

#[component]
fn PictureSlot(id: u32) -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let live: LiveContext = expect_context();
    let number = move || {
        draft
            .tray
            .with(|tray| tray.slots().iter().position(|slot| slot.id == id))
            .map_or(0, |index| index + 1)
    };
    let count = move || draft.count();
    let entry = draft.tray.with_untracked(|tray| tray.get(id).cloned());
    let name = entry.as_ref().map(|entry| entry.picture.name().to_owned()).unwrap_or_default();
    let preview = entry.as_ref().and_then(Entry::preview_source);
    let preview_failed = RwSignal::new(false);
    let intake = Intake::from_context();

    let shift = move |direction| {
        let moved = draft.tray.try_update(|tray| tray.shift(id, direction)).flatten();
        if let Some(place) = moved {
            live.announce((texts.pictures.moved)(place));
        }
    };
    let remove = move |_| {
        if let Some(Some(number)) = draft.tray.try_update(|tray| tray.remove(id)) {
            // The others may have its share of the request.
            intake.fit_again();
            live.announce((texts.pictures.removed)(number));
            page::focus("add-pictures");
        }
    };
    let drag = move |event: web_sys::DragEvent| {
        if let Some(transfer) = event.data_transfer() {
            let _ = transfer.set_data(files::OWN_DRAG, &id.to_string());
            transfer.set_effect_allowed("move");
        }
    };
    let over = move |event: web_sys::DragEvent| {
        let own = event.data_transfer().is_some_and(|transfer| {
            transfer.types().iter().any(|kind| kind.as_string().as_deref() == Some(files::OWN_DRAG))
        });
        if own {
            event.prevent_default();
        }
    };
    let drop_here = move |event: web_sys::DragEvent| {
        let dragged = event
            .data_transfer()
            .and_then(|transfer| transfer.get_data(files::OWN_DRAG).ok())
            .and_then(|dragged| dragged.parse().ok());
        let moved =
            dragged.and_then(|dragged| draft.tray.try_update(|tray| tray.place(dragged, id)).flatten());
        if let Some(place) = moved {
            event.prevent_default();
            live.announce((texts.pictures.moved)(place));
        }
    };

    view! {
        <li class="slot" draggable="true" on:dragstart=drag on:dragover=over on:drop=drop_here>
            {lazy(move || {
                let source = preview.clone().filter(|_| !preview_failed.get());
                match source {
                    Some(source) => view! {
                        <img
                            class="slot__picture"
                            src=source
                            alt=format!("{}: {name}", (texts.pictures.number)(number()))
                            draggable="false"
                            referrerpolicy="no-referrer"
                            on:error=move |_| preview_failed.set(true)
                        />
                    }.into_any(),
                    None => view! {
                        <span class="slot__blank"><IconView icon=PICTURE/><small>{texts.pictures.no_preview}</small></span>
                    }.into_any(),
                }
            })}
            <span class="slot__number">{lazy(move || (texts.pictures.number)(number()))}</span>
            <button
                class="slot__button slot__remove"
                type="button"
                aria-label=lazy(move || (texts.pictures.remove)(number()))
                title=lazy(move || (texts.pictures.remove)(number()))
                on:click=remove
            >
                <IconView icon=CLOSE/>
            </button>
            <span class="slot__order" hidden=lazy(move || count() < 2)>
                <button
                    class="slot__button"
                    type="button"
                    disabled=lazy(move || number() <= 1)
                    aria-label=lazy(move || (texts.pictures.move_earlier)(number()))
                    title=lazy(move || (texts.pictures.move_earlier)(number()))
                    on:click=press(move || shift(Direction::Earlier))
                >
                    <IconView icon=LEFT/>
                </button>
                <button
                    class="slot__button"
                    type="button"
                    disabled=lazy(move || number() >= count())
                    aria-label=lazy(move || (texts.pictures.move_later)(number()))
                    title=lazy(move || (texts.pictures.move_later)(number()))
                    on:click=press(move || shift(Direction::Later))
                >
                    <IconView icon=RIGHT/>
                </button>
            </span>
        </li>
    }
}

/// What may make a result poorer or slower, said while there is time; it never stops anybody.
#[component]
fn PictureWarnings() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let say = move |warning: &Warning| {
        let label = match warning.field {
            Field::Picture(index) => (texts.pictures.number)(index + 1),
            _ => String::new(),
        };
        match warning.kind {
            WarningKind::PictureSmall { min, .. } => Some((texts.pictures.small)(&label, min)),
            WarningKind::PictureLarge { max, .. } => Some((texts.pictures.large)(&label, max)),
            WarningKind::BodyLarge { bytes, .. } => Some((texts.pictures.heavy)(&display::bytes(bytes))),
            _ => None,
        }
    };
    let warnings = move || {
        let (edit, _) = draft.form.get().read(draft.sources());
        edit.warnings()
            .iter()
            .filter_map(say)
            .map(|warning| view! { <li class="warning">{warning}</li> })
            .collect_view()
    };
    view! { <div role="status"><ul>{lazy(warnings)}</ul></div> }
}
