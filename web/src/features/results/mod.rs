//! What came back: the picture on the stage, its siblings, earlier runs; or what went wrong.

mod failure;
mod filmstrip;
mod stage;
mod toolbar;
mod waiting;

use leptos::prelude::*;

use crate::components::icon::{IconView, PICTURE};
use crate::components::lazy::lazy;
use crate::context::{Bytes, ResultEntry, RunRecord, SessionContext, texts};

/// The results' column.
#[component]
pub(crate) fn Results() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let is_running = Memo::new(move |_| session.is_running());
    let has_results = Memo::new(move |_| session.runs.with(|runs| !runs.is_empty()));
    view! {
        <section class="results" id="results" tabindex="-1" aria-labelledby="results-heading">
            <h2 class="visually-hidden" id="results-heading">{texts.results.heading}</h2>
            <failure::FailureNotice/>
            {lazy(move || match (is_running.get(), has_results.get()) {
                (true, true) => view! { <waiting::Waiting/> <Shown/> }.into_any(),
                (true, false) => view! { <waiting::Waiting/> }.into_any(),
                (false, true) => view! { <Shown/> }.into_any(),
                (false, false) => view! { <Empty/> }.into_any(),
            })}
            <filmstrip::EarlierRuns/>
        </section>
    }
}

#[component]
fn Shown() -> impl IntoView {
    view! {
        <toolbar::Toolbar/>
        <PartialNotice/>
        <stage::Stage/>
        <filmstrip::Filmstrip/>
    }
}

#[component]
fn Empty() -> impl IntoView {
    let texts = texts();
    view! {
        <div class="empty">
            <span class="empty__picture"><IconView icon=PICTURE/></span>
            <p class="empty__title">{texts.results.empty_title}</p>
            <ol class="empty__steps">
                {texts.results.empty_steps.iter().map(|step| view! { <li>{*step}</li> }).collect_view()}
            </ol>
        </div>
    }
}

/// Fewer pictures than asked for: said plainly, with what it means for the bill.
#[component]
fn PartialNotice() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let missing = move || {
        with_run(session, |run| (run.images.len(), run.requested))
            .filter(|(got, asked)| *got < *asked as usize)
    };
    view! {
        {lazy(move || missing().map(|(got, asked)| view! {
            <div class="notice notice--quiet" role="status" data-notice="partial">
                <p class="notice__title">{(texts.results.partial_title)(got, asked)}</p>
                <p>{texts.results.partial_body}</p>
            </div>
        }))}
    }
}

/// Reads the run on the stage.
fn with_run<T>(session: SessionContext, read: impl FnOnce(&RunRecord) -> T) -> Option<T> {
    with_shown(session, |run, _| read(run))
}

/// Reads the picture on the stage.
fn with_shown<T>(session: SessionContext, read: impl FnOnce(&RunRecord, &ResultEntry) -> T) -> Option<T> {
    let mut read = Some(read);
    let mut found = None;
    visit_shown(session, &mut |run, entry| found = read.take().map(|read| read(run, entry)));
    found
}

/// Not generic, so that the reactive machinery is compiled once for all readers.
fn visit_shown(session: SessionContext, visit: &mut dyn FnMut(&RunRecord, &ResultEntry)) {
    let (run, image) = session.shown.get();
    session.runs.with(|runs| {
        if let Some(run) = runs.get(run)
            && let Some(entry) = run.images.get(image)
        {
            visit(run, entry);
        }
    });
}

/// What `<img src>` shows for a result: the file when we have it, else the link, nothing while it is being fetched.
fn source(entry: &ResultEntry) -> Option<String> {
    match &entry.bytes {
        Bytes::Kept { url, .. } => Some(url.to_string()),
        Bytes::LinkOnly => Some(entry.link.url.clone()),
        Bytes::Fetching | Bytes::Failed(_) => None,
    }
}
