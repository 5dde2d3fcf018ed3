//! The small pictures: the others of this run, and earlier runs of this visit.

use leptos::prelude::*;

use super::source;
use crate::components::icon::{ALERT, IconView};
use crate::components::lazy::{lazy, press};
use crate::context::{Bytes, ResultEntry, SessionContext, texts};

#[component]
pub(crate) fn Filmstrip() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let entries = move || {
        let (run, _) = session.shown.get();
        session.runs.with(|runs| runs.get(run).map(|run| run.images.clone()).unwrap_or_default())
    };
    let show = move |image| session.shown.update(|shown| shown.1 = image);
    view! {
        <div class="filmstrip" role="group" aria-label=texts.results.heading>
            {lazy(move || {
                entries()
                    .iter()
                    .enumerate()
                    .map(|(index, entry)| {
                        view! {
                            <button
                                class="thumb"
                                type="button"
                                aria-label=(texts.results.show)(index + 1)
                                aria-pressed=lazy(move || (session.shown.get().1 == index).to_string())
                                on:click=press(move || show(index))
                            >
                                {thumbnail(entry)}
                            </button>
                        }
                    })
                    .collect_view()
            })}
        </div>
    }
}

/// First pictures of the runs that are not on the stage. Nothing that was paid for disappears behind a new run.
#[component]
pub(crate) fn EarlierRuns() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let others = move || {
        let (shown, _) = session.shown.get();
        session.runs.with(|runs| {
            runs.iter()
                .enumerate()
                .filter(|(index, _)| *index != shown)
                .filter_map(|(index, run)| Some((index, run.images.first()?.clone())))
                .collect::<Vec<_>>()
        })
    };
    let is_empty = move || others().is_empty();
    view! {
        <div class="earlier" hidden=lazy(is_empty)>
            <h3>{texts.results.earlier}</h3>
            {lazy(move || {
                others()
                    .iter()
                    .map(|(run, entry)| {
                        let run = *run;
                        view! {
                            <button
                                class="thumb thumb--small"
                                type="button"
                                aria-label=(texts.results.earlier_run)(run + 1)
                                on:click=press(move || session.shown.set((run, 0)))
                            >
                                {thumbnail(entry)}
                            </button>
                        }
                    })
                    .collect_view()
            })}
        </div>
    }
}

fn thumbnail(entry: &ResultEntry) -> AnyView {
    match (source(entry), &entry.bytes) {
        (Some(source), _) => view! { <img src=source alt="" referrerpolicy="no-referrer"/> }.into_any(),
        (None, Bytes::Failed(_)) => view! { <IconView icon=ALERT/> }.into_any(),
        (None, _) => view! { <span class="running__ink" aria-hidden="true"></span> }.into_any(),
    }
}
