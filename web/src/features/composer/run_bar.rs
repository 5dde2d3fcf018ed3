//! The button that runs the edit, with its price; while it runs, the time and Cancel.

use gloo_timers::callback::Interval;
use leptos::prelude::*;

use crate::components::lazy::{lazy, press};
use crate::context::{DraftContext, Phase, SessionContext, SettingsContext, texts};
use crate::js::clock;
use crate::run::Runner;
use crate::state::display;

/// Seconds after which the wait is called long.
const LONG_WAIT: u64 = 90;

#[component]
pub(crate) fn RunBar() -> impl IntoView {
    let session: SessionContext = expect_context();
    let is_running = Memo::new(move |_| session.is_running());
    view! {
        <div class="run-bar">
            {lazy(move || if is_running.get() { view! { <Running/> }.into_any() } else { view! { <RunButton/> }.into_any() })}
        </div>
    }
}

#[component]
fn RunButton() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let settings: SettingsContext = expect_context();
    let runner = Runner::from_context();
    let price = move || {
        let region = settings.region.get();
        let pictures = u32::try_from(draft.count()).unwrap_or(0);
        let form = draft.form.get();
        form.price(&region, form.count(), pictures)
    };
    let note = move || if settings.is_demo() { texts.run.note_demo } else { texts.run.note_links };
    view! {
        <button class="run" type="button" id="run" title=texts.run.shortcut on:click=press(move || runner.start())>
            {lazy(move || (texts.run.run)(draft.read(crate::state::form::Form::count)))}
            <span class="run__price">
                {lazy(move || match price() {
                    Some(0) => texts.parameters.free.to_owned(),
                    Some(micro) => (texts.run.about)(&display::price(micro)),
                    None => String::new(),
                })}
            </span>
        </button>
        <small class="run-bar__note">{note}</small>
    }
}

#[component]
fn Running() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let seconds = elapsed_seconds(session);
    let doing = move || match session.phase.get() {
        Phase::Waiting { .. } => texts.run.working,
        _ => texts.run.preparing,
    };
    let note = move || if seconds.get() >= LONG_WAIT { texts.run.long_wait } else { texts.run.keep_open };
    view! {
        <div class="running">
            <span class="running__ink" aria-hidden="true"></span>
            <span class="running__text">
                {doing}
                <time class="running__time" role="timer">{lazy(move || display::elapsed(seconds.get()))}</time>
            </span>
            <button class="button" type="button" id="cancel" on:click=press(move || session.cancel())>{texts.run.cancel}</button>
        </div>
        <small class="run-bar__note">{note}</small>
    }
}

/// Whole seconds since the run began, counted while the view is there.
fn elapsed_seconds(session: SessionContext) -> RwSignal<u64> {
    let seconds = RwSignal::new(0);
    let count = move || {
        if let Some(since) = session.phase.get_untracked().since_ms() {
            seconds.set(whole_seconds(clock::now_ms() - since));
        }
    };
    count();
    let tick = StoredValue::new_local(Some(Interval::new(1_000, count)));
    on_cleanup(move || {
        tick.update_value(|tick| drop(tick.take()));
    });
    seconds
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a run lasts minutes")]
fn whole_seconds(milliseconds: f64) -> u64 {
    (milliseconds.max(0.0) / 1000.0) as u64
}
