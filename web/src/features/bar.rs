//! The bar on top: mark, where it runs, language, appearance, settings.

use leptos::prelude::*;

use crate::components::icon::{HALF, IconView, MOON, SLIDERS, SUN};
use crate::components::lazy::{lazy, press};
use crate::components::seal::Seal;
use crate::context::{DraftContext, SettingsContext, Theme, texts};
use crate::i18n;
use crate::js::page;

#[component]
pub(crate) fn Bar() -> impl IntoView {
    let texts = texts();
    view! {
        <header class="bar">
            <Seal/>
            <h1 class="wordmark">"Qwen Edit" <small>{texts.tagline}</small></h1>
            <div class="bar__tools">
                <RegionPill/>
                <LanguageButton/>
                <ThemeButton/>
                <SettingsButton/>
            </div>
        </header>
    }
}

#[component]
fn RegionPill() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let state = move || match (settings.online.get(), settings.needs_key()) {
        (false, _) => "offline",
        (true, true) => "attention",
        (true, false) => "ready",
    };
    let label = move || match (settings.online.get(), settings.is_demo()) {
        (false, _) => texts.offline.to_owned(),
        (true, true) => texts.demo_badge.to_owned(),
        (true, false) if settings.needs_key() => (texts.key_missing_badge)(settings.region_name()),
        (true, false) => settings.region_name().to_owned(),
    };
    view! {
        <button class="pill" type="button" data-state=state on:click=press(move || settings.open.set(true))>
            <i class="pill__dot" aria-hidden="true"></i>
            {label}
        </button>
    }
}

#[component]
fn LanguageButton() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let draft: DraftContext = expect_context();
    let switch = move |_| {
        // Sentences already said are in the old language.
        draft.refusals.set(Vec::new());
        settings.choose_language(i18n::other(settings.language.get_untracked()));
        // The page was drawn anew: the focus belongs on the same button.
        request_animation_frame(|| page::focus("switch-language"));
    };
    view! {
        <button
            class="icon-button icon-button--text"
            type="button"
            id="switch-language"
            lang=i18n::tag(i18n::other(settings.language.get_untracked()))
            aria-label=texts.switch_language_label
            title=texts.switch_language_label
            on:click=switch
        >
            {texts.switch_language}
        </button>
    }
}

#[component]
fn ThemeButton() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    let label = move || match settings.theme.get() {
        Theme::Auto => texts.theme_auto,
        Theme::Light => texts.theme_light,
        Theme::Dark => texts.theme_dark,
    };
    let icon = move || match settings.theme.get() {
        Theme::Auto => HALF,
        Theme::Light => SUN,
        Theme::Dark => MOON,
    };
    view! {
        <button class="icon-button" type="button" aria-label=label title=label on:click=press(move || settings.next_theme())>
            {lazy(move || view! { <IconView icon=icon()/> })}
        </button>
    }
}

#[component]
fn SettingsButton() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    view! {
        <button
            class="icon-button"
            type="button"
            id="open-settings"
            aria-label=texts.open_settings
            title=texts.open_settings
            aria-haspopup="dialog"
            on:click=press(move || settings.open.set(true))
        >
            <IconView icon=SLIDERS/>
        </button>
    }
}
