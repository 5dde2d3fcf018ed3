//! The page: the bar, the composer on one side, the results on the other, and what the whole window listens to.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::components::lazy::lazy;
use crate::context::{
    self, AdviceContext, DraftContext, LiveContext, SessionContext, SettingsContext, texts,
};
use crate::features::bar::Bar;
use crate::features::composer::Composer;
use crate::features::results::Results;
use crate::features::settings::SettingsDialog;
use crate::i18n::{self, messages};
use crate::intake::Intake;
use crate::js::{files, page};
use crate::run::{Runner, check_relay};

/// Puts the studio on the page.
pub fn mount() {
    tell_about_panics();
    page::remove_boot_screen();
    mount_to_body(App);
}

/// A panic stops the app for good: say so over the page, in place of buttons that no longer do anything.
fn tell_about_panics() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        page::cover_with(messages(i18n::choose(None, &[page::language()])).failure.panic);
    }));
}

#[component]
fn App() -> impl IntoView {
    context::provide();
    let settings: SettingsContext = expect_context();
    settings.mirror_to_page();
    check_relay(settings);
    listen_to_network(settings);
    guard_against_loss();
    expect_context::<SessionContext>().watch_the_clock();
    // Drawn anew for each language, so that every sentence is a plain constant; what the person did lives in the
    // contexts and stays.
    view! {
        {lazy(move || {
            settings.language.track();
            view! { <Page/> }
        })}
    }
}

#[component]
fn Page() -> impl IntoView {
    let texts = texts();
    let live: LiveContext = expect_context();
    let draft: DraftContext = expect_context();
    let dragging = RwSignal::new(false);
    listen_for_pictures(dragging);
    listen_for_shortcut();
    load_advice_at_rest();
    view! {
        <a class="skip-link" href="#results">{texts.skip_to_results}</a>
        <Bar/>
        <main class="page">
            <Composer/>
            <Results/>
        </main>
        <SettingsDialog/>
        <div class="drop-overlay" hidden=lazy(move || !dragging.get())>
            <p>{texts.pictures.drop_here}</p>
        </div>
        <div class="note" role="status" hidden=lazy(move || live.note.with(Option::is_none))>
            {lazy(move || live.note.get())}
        </div>
        <div class="visually-hidden" role="status" aria-live="polite">
            {lazy(move || live.announcement.get())}
            {lazy(move || (draft.reading.get() > 0).then_some(texts.pictures.reading))}
        </div>
    }
}

/// Pictures may be dropped anywhere, and pasted anywhere but into a text field.
fn listen_for_pictures(dragging: RwSignal<bool>) {
    let intake = Intake::from_context();
    let over = window_event_listener(ev::dragover, move |event| {
        if files::carries_pictures(event.data_transfer()) {
            event.prevent_default();
            dragging.set(true);
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // Leaving one element for another is no leaving; only the window's edge has no related target.
        if event.related_target().is_none() {
            dragging.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        if !dragging.get_untracked() {
            return;
        }
        event.prevent_default();
        dragging.set(false);
        let Some(transfer) = event.data_transfer() else { return };
        match files::of_transfer(Some(transfer.clone())) {
            dropped if !dropped.is_empty() => intake.take_files(dropped),
            _ => {
                if let Some(link) = files::link_of_transfer(&transfer) {
                    intake.take_link(&link);
                }
            }
        }
    });
    let paste = window_event_listener(ev::paste, move |event| {
        let event: web_sys::ClipboardEvent = event.unchecked_into();
        let Some(transfer) = event.clipboard_data() else { return };
        let pasted = files::of_transfer(Some(transfer.clone()));
        let is_text = files::is_text_field(event.target());
        if is_text && files::has_text(&transfer) {
            // Text copied from an office program carries a picture of itself; in a field the text is meant.
        } else if !pasted.is_empty() {
            event.prevent_default();
            intake.take_files(pasted);
        } else if !is_text && let Some(link) = files::link_of_transfer(&transfer) {
            intake.take_link(&link);
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
        paste.remove();
    });
}

/// Ctrl + Enter (or Command + Enter) runs, from anywhere on the page.
fn listen_for_shortcut() {
    let runner = Runner::from_context();
    let press = window_event_listener(ev::keydown, move |event| {
        let wanted = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        // A key held down must not pay again and again, nor a press meant for a dialog or an input method.
        if wanted && !event.repeat() && !event.is_composing() && !page::has_open_dialog() {
            event.prevent_default();
            runner.start();
        }
    });
    on_cleanup(move || press.remove());
}

/// The sentences about failures are no part of the first load: they come when the page has nothing else to do.
fn load_advice_at_rest() {
    let advice: AdviceContext = expect_context();
    let language = expect_context::<SettingsContext>().language.get_untracked();
    page::at_rest(move || advice.load(language));
}

fn listen_to_network(settings: SettingsContext) {
    for event in ["online", "offline"] {
        let _ = window_event_listener_untyped(event, move |_| settings.online.set(page::is_online()));
    }
}

/// The browser asks before the page closes on a running or unsaved paid picture.
fn guard_against_loss() {
    let session: SessionContext = expect_context();
    let _ = window_event_listener(ev::beforeunload, move |event| {
        if session.would_lose_something() {
            event.prevent_default();
        }
    });
}
