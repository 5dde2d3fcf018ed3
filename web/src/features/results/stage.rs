//! The picture itself, with the original behind a divider that can be dragged.

use leptos::prelude::*;
use qwen_edit_api::failure::Retry;

use super::{source, with_run, with_shown};
use crate::components::icon::{ALERT, IconView};
use crate::components::lazy::{lazy, press, typed};
use crate::context::{AdviceContext, Bytes, SessionContext, SettingsContext, texts};
use crate::js::clock;
use crate::notice;
use crate::run::Runner;
use crate::state::display;

#[component]
pub(crate) fn Stage() -> impl IntoView {
    let session: SessionContext = expect_context();
    // What is on the stage, as far as the drawing depends on it: the drawing is made anew only when this changes.
    let look = Memo::new(move |_| {
        with_shown(session, |_, entry| match &entry.bytes {
            Bytes::Fetching => Look::Fetching,
            Bytes::Failed(_) => Look::Failed,
            Bytes::Kept { .. } | Bytes::LinkOnly => Look::Shown(source(entry).unwrap_or_default()),
        })
        .unwrap_or(Look::Fetching)
    });
    view! {
        <div class="stage">
            {lazy(move || match look.get() {
                Look::Fetching => view! { <Fetching/> }.into_any(),
                Look::Failed => view! { <NotFetched/> }.into_any(),
                Look::Shown(source) => view! { <Compare source/> }.into_any(),
            })}
        </div>
        <Facts/>
    }
}

#[derive(Clone, PartialEq)]
enum Look {
    Fetching,
    Failed,
    Shown(String),
}

#[component]
fn Compare(source: String) -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let (_, image) = session.shown.get_untracked();
    let about = untrack(|| {
        with_run(session, |run| {
            (run.size, run.before.as_deref().map(str::to_owned), (texts.results.alt)(image + 1, &run.prompt))
        })
    });
    let (size, before, alt) = about.unwrap_or_default();
    let (width, height) = size.unwrap_or((1, 1));
    let split = RwSignal::new(50_u32);
    let has_before = before.is_some();
    view! {
        <div
            class="compare"
            class=("compare--split", has_before)
            style:--split=lazy(move || format!("{}%", split.get()))
            style:--ratio=format!("{width} / {height}")
        >
            {before.map(|before| view! { <img class="compare__before" src=before alt="" aria-hidden="true"/> })}
            <img class="compare__after" src=source alt=alt data-testid="result" referrerpolicy="no-referrer"/>
            {has_before.then(|| view! {
                <span class="compare__tag compare__tag--before" aria-hidden="true">{texts.results.before}</span>
                <span class="compare__tag compare__tag--after" aria-hidden="true">{texts.results.after}</span>
                <span class="compare__line" aria-hidden="true"></span>
                <input
                    class="compare__handle"
                    type="range"
                    min="0"
                    max="100"
                    title=texts.results.compare_hint
                    aria-label=texts.results.compare
                    prop:value=lazy(move || split.get().to_string())
                    on:input=typed(move |place| split.set(place.parse().unwrap_or(50)))
                />
            })}
        </div>
    }
}

#[component]
fn Fetching() -> impl IntoView {
    let texts = texts();
    view! { <p class="stage__note"><span class="running__ink" aria-hidden="true"></span>{texts.results.saving}</p> }
}

/// The run succeeded, but this picture did not reach the page: why, and a free second try where one can help.
#[component]
fn NotFetched() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let settings: SettingsContext = expect_context();
    let advice: AdviceContext = expect_context();
    let runner = Runner::from_context();
    let error = untrack(|| {
        with_shown(session, |_, entry| match &entry.bytes {
            Bytes::Failed(error) => Some((error.clone(), entry.link.clone())),
            _ => None,
        })
    })
    .flatten();
    error.map(|(error, link)| {
        let language = settings.language.get_untracked();
        let can_retry = error.retry() == Retry::Safe;
        let id = error.advice().id;
        let notice = move || notice::describe(&error, advice, language, texts);
        let title = notice.clone();
        let is_alive = link.expires_at.is_none_or(|expires_at| expires_at > clock::now_unix());
        view! {
            <div class="stage__note" role="alert" data-notice=id>
                <IconView icon=ALERT/>
                <p class="notice__title">{lazy(move || title().title)}</p>
                <p>{lazy(move || notice().what_to_do)}</p>
                <div class="notice__actions">
                    {can_retry.then(|| view! {
                        <button
                            class="button"
                            type="button"
                            on:click=press(move || {
                                let (run, image) = session.shown.get_untracked();
                                runner.fetch_again(run, image);
                            })
                        >
                            {texts.results.fetch_again}
                        </button>
                    })}
                    // The picture is paid for: while its link lives, there is always a way to it.
                    {is_alive.then(|| view! {
                        <a class="button" href=link.url target="_blank" rel="noopener noreferrer">
                            {texts.results.open_original}
                        </a>
                    })}
                </div>
            </div>
        }
    })
}

/// Size, seed, request id; whether the file is safe; how long the link lives.
#[component]
fn Facts() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let facts = move || {
        with_run(session, |run| {
            let mut facts = Vec::new();
            if let Some((width, height)) = run.size {
                facts.push(format!("{width}×{height}"));
            }
            facts.push(run.model.clone());
            if let Some(seed) = &run.seed {
                facts.push(format!("{} {seed}", texts.results.seed));
            }
            facts.join(" · ")
        })
    };
    let request_id = move || with_run(session, |run| run.request_id.clone()).flatten();
    let state = move || {
        with_shown(session, |_, entry| match &entry.bytes {
            Bytes::Kept { .. } => Some(("kept", texts.results.kept)),
            Bytes::LinkOnly => Some(("link", texts.results.plain_relay)),
            Bytes::Fetching | Bytes::Failed(_) => None,
        })
        .flatten()
    };
    let life = move || {
        with_shown(session, |_, entry| entry.link.expires_at).flatten().map(|expires_at| {
            match display::time_left(expires_at, session.now.get()) {
                Some((hours, minutes)) => {
                    (texts.results.link_life)(&(texts.results.hours_minutes)(hours, minutes))
                }
                None => texts.results.link_expired.to_owned(),
            }
        })
    };
    let link = move || {
        with_shown(session, |_, entry| matches!(entry.bytes, Bytes::LinkOnly).then(|| entry.link.url.clone()))
            .flatten()
    };
    view! {
        <div class="facts">
            <p>
                {lazy(move || state().map(|(state, text)| view! { <b class="facts__state" data-state=state>{text}</b> }))}
                <span>{life}</span>
                {lazy(move || link().map(|link| view! {
                    <a href=link target="_blank" rel="noopener noreferrer">{texts.results.open_original}</a>
                }))}
            </p>
            <p>
                <span data-testid="facts">{facts}</span>
                {lazy(move || request_id().map(|id| view! {
                    <span>" · " {texts.results.request} " " <code data-testid="request-id">{id}</code></span>
                }))}
            </p>
        </div>
    }
}
