//! What the views share: each context is a `Copy` handle, provided once by the app and found by its type.

mod advice;
mod draft;
mod live;
mod session;
mod settings;

pub(crate) use advice::AdviceContext;
pub(crate) use draft::{DraftContext, Entry};
pub(crate) use live::LiveContext;
pub(crate) use session::{Asked, Bytes, Phase, ResultEntry, RunRecord, SessionContext, object_url};
pub(crate) use settings::{RelayState, SettingsContext, Theme};

use crate::i18n::{Messages, messages};
use leptos::prelude::*;

/// The texts of the current language. The whole page is drawn anew when the language changes, so views need no
/// signal for each sentence.
pub(crate) fn texts() -> &'static Messages {
    messages(expect_context::<SettingsContext>().language.get_untracked())
}

/// Provides every context.
pub(crate) fn provide() {
    provide_context(AdviceContext::new());
    provide_context(LiveContext::new());
    provide_context(SettingsContext::load());
    provide_context(DraftContext::new());
    provide_context(SessionContext::new());
}
