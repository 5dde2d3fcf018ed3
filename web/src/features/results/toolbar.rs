//! What can be done with the picture on the stage.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{with_run, with_shown};
use crate::components::icon::{DOWNLOAD, IconView};
use crate::components::lazy::{lazy, press};
use crate::context::{Bytes, LiveContext, SessionContext, texts};
use crate::intake::Intake;
use crate::js::{clipboard, download};
use crate::state::display;

#[component]
pub(crate) fn Toolbar() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let live: LiveContext = expect_context();
    let intake = Intake::from_context();
    let position = move || {
        let (_, image) = session.shown.get();
        with_run(session, |run| (texts.results.position)(image + 1, run.images.len()))
    };
    let kept =
        move || with_shown(session, |_, entry| matches!(entry.bytes, Bytes::Kept { .. })).unwrap_or(false);
    let kept_count = move || {
        with_run(session, |run| {
            run.images.iter().filter(|entry| matches!(entry.bytes, Bytes::Kept { .. })).count()
        })
        .unwrap_or(0)
    };
    let copy = move |_| {
        let Some(blob) = shown_blob(session) else { return };
        spawn_local(async move {
            let copied = clipboard::copy_png(&blob).await;
            live.show(if copied { texts.results.copied } else { texts.results.copy_failed });
        });
    };
    let edit_again = move |_| {
        let name = file_name_shown(session);
        if let (Some(blob), Some(name)) = (shown_blob(session), name) {
            intake.take_result(blob, name);
        }
    };
    view! {
        <div class="toolbar">
            <p class="toolbar__position" aria-live="polite">{position}</p>
            <div class="toolbar__tools" hidden=lazy(move || kept_count() == 0)>
                <button class="button" type="button" disabled=lazy(move || !kept()) on:click=edit_again>
                    {texts.results.edit_again}
                </button>
                <button class="button" type="button" disabled=lazy(move || !kept()) on:click=copy>{texts.results.copy}</button>
                <button
                    class="button"
                    type="button"
                    id="download-all"
                    hidden=lazy(move || kept_count() < 2)
                    on:click=press(move || download_all(session))
                >
                    {lazy(move || (texts.results.download_all)(kept_count()))}
                </button>
                <button
                    class="button button--primary"
                    type="button"
                    id="download"
                    disabled=lazy(move || !kept())
                    on:click=press(move || {
                        let (run, image) = session.shown.get_untracked();
                        download_one(session, run, image);
                    })
                >
                    <IconView icon=DOWNLOAD/>
                    {texts.results.download}
                </button>
            </div>
        </div>
    }
}

fn shown_blob(session: SessionContext) -> Option<web_sys::Blob> {
    untrack(|| {
        with_shown(session, |_, entry| match &entry.bytes {
            Bytes::Kept { blob, .. } => Some(blob.clone()),
            _ => None,
        })
    })
    .flatten()
}

fn file_name_shown(session: SessionContext) -> Option<String> {
    let (_, image) = session.shown.get_untracked();
    untrack(|| with_run(session, |run| display::file_name(run.request_id.as_deref(), image)))
}

fn download_one(session: SessionContext, run: usize, image: usize) {
    let file = session.runs.with_untracked(|runs| {
        let record = runs.get(run)?;
        match &record.images.get(image)?.bytes {
            Bytes::Kept { url, .. } => {
                Some((url.clone(), display::file_name(record.request_id.as_deref(), image)))
            }
            _ => None,
        }
    });
    if let Some((url, name)) = file {
        download::save(&url, &name);
        session.mark_downloaded(run, image);
    }
}

/// One file each: people find pictures faster than archives.
fn download_all(session: SessionContext) {
    let (run, _) = session.shown.get_untracked();
    let count = session.runs.with_untracked(|runs| runs.get(run).map_or(0, |run| run.images.len()));
    for image in 0..count {
        download_one(session, run, image);
    }
}
