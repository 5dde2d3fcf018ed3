//! A run that failed: what happened, what it cost, what to do next. Pictures and words stay where they are.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::icon::{ALERT, IconView};
use crate::components::lazy::{lazy, press};
use crate::context::{AdviceContext, LiveContext, SessionContext, SettingsContext, texts};
use crate::js::clipboard;
use crate::notice::{self, Action, Notice};
use crate::run::Runner;

#[component]
pub(crate) fn FailureNotice() -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let settings: SettingsContext = expect_context();
    let advice: AdviceContext = expect_context();
    let language = settings.language.get_untracked();
    let notice = move || {
        session.failure.with(|failure| {
            let error = &failure.as_ref()?.error;
            Some(notice::describe(error, advice, language, texts))
        })
    };
    view! {
        <div role="alert">
            {lazy(move || notice().map(|notice| view! { <NoticeCard notice/> }))}
        </div>
    }
}

#[component]
fn NoticeCard(notice: Notice) -> impl IntoView {
    let texts = texts();
    let session: SessionContext = expect_context();
    let settings: SettingsContext = expect_context();
    let live: LiveContext = expect_context();
    let runner = Runner::from_context();
    let copied =
        notice.details.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n");
    let copy = move || {
        let copied = copied.clone();
        spawn_local(async move {
            let done = clipboard::copy_text(&copied).await;
            live.show(if done { texts.failure.details_copied } else { texts.failure.copy_failed });
        });
    };
    view! {
        <article class="notice notice--failure" data-notice=notice.id>
            <IconView icon=ALERT/>
            <div class="notice__body">
                <h3 class="notice__title">{notice.title}</h3>
                <p>{notice.what_to_do}</p>
                <p class="notice__cost">
                    <b class="cost" data-unclear=notice.cost_unclear.to_string()>{notice.cost}</b>
                    <span>{texts.failure.kept_input}</span>
                </p>
                <div class="notice__actions">
                    {match notice.action {
                        Action::TryAgain => view! {
                            <button class="button button--primary" type="button" on:click=press(move || runner.start())>
                                {texts.failure.try_again}
                            </button>
                        }.into_any(),
                        Action::TryAgainKnowing => view! {
                            <button class="button" type="button" on:click=press(move || runner.start())>
                                {texts.failure.make_again}
                            </button>
                        }.into_any(),
                        Action::OpenSettings => view! {
                            <button class="button button--primary" type="button" on:click=press(move || settings.open.set(true))>
                                {texts.failure.open_settings}
                            </button>
                        }.into_any(),
                        Action::None => ().into_any(),
                    }}
                    <button class="button" type="button" on:click=press(move || session.failure.set(None))>
                        {texts.failure.dismiss}
                    </button>
                </div>
                <details class="notice__details">
                    <summary>{texts.failure.details}</summary>
                    <dl>
                        {notice
                            .details
                            .into_iter()
                            .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
                            .collect_view()}
                    </dl>
                    <button class="text-button" type="button" on:click=press(copy)>{texts.failure.copy_details}</button>
                </details>
            </div>
        </article>
    }
}
