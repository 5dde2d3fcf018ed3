//! What a failed run says to the person: what happened, what it cost, what to do next.

use qwen_edit_api::failure::{Charged, NextStep};
use qwen_edit_api::text::Language;
use qwen_edit_client::{Error, ErrorKind};

use crate::context::AdviceContext;
use crate::i18n::Messages;

/// The button that helps most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    TryAgain,
    /// It may have been paid: sending it anew is the person's informed choice, not the first button.
    TryAgainKnowing,
    OpenSettings,
    None,
}

/// A failure in plain words.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// Stable name of the advice; also a hook for tests.
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) what_to_do: String,
    pub(crate) cost: &'static str,
    /// Whether the cost line should stand out.
    pub(crate) cost_unclear: bool,
    pub(crate) action: Action,
    /// Lines for the person who helps: code, status, request id, the service's own words. No secrets.
    pub(crate) details: Vec<(&'static str, String)>,
}

/// Puts a failure into words: those of its own once they are loaded, until then a short one for the next step.
pub(crate) fn describe(
    error: &Error,
    sentences: AdviceContext,
    language: Language,
    messages: &Messages,
) -> Notice {
    let advice = error.advice();
    let say = &messages.failure;
    let charged = error.charged();
    let (title, what_to_do) = sentences
        .about(advice, language)
        .unwrap_or_else(|| (say.short_title.to_owned(), (say.short_advice)(advice.next).to_owned()));
    Notice {
        id: advice.id,
        title,
        what_to_do,
        cost: match charged {
            Charged::No => say.charged_no,
            Charged::Yes => say.charged_yes,
            Charged::Unknown => say.charged_unknown,
        },
        cost_unclear: charged != Charged::No,
        action: match advice.next {
            NextStep::FixKey => Action::OpenSettings,
            NextStep::Wait | NextStep::TryAgain | NextStep::CheckBill if charged == Charged::No => {
                Action::TryAgain
            }
            NextStep::Wait | NextStep::TryAgain | NextStep::CheckBill => Action::TryAgainKnowing,
            NextStep::FixInput
            | NextStep::FixPicture
            | NextStep::FixPrompt
            | NextStep::Account
            | NextStep::Contact => Action::None,
        },
        details: details(error, messages),
    }
}

fn details(error: &Error, messages: &Messages) -> Vec<(&'static str, String)> {
    let say = &messages.failure;
    let mut lines = vec![(say.code, error.code())];
    if let Some(status) = error.status {
        lines.push((say.status, status.to_string()));
    }
    if let Some(id) = &error.request_id {
        lines.push((messages.results.request, id.clone()));
    }
    let said = match &error.kind {
        ErrorKind::Upstream(failure) => failure.message.clone(),
        ErrorKind::Relay { message, .. } => Some(message.clone()),
        ErrorKind::Decode { detail } => Some(detail.clone()),
        _ => None,
    };
    if let Some(said) = said.filter(|said| !said.is_empty()) {
        lines.push((say.said, said));
    }
    lines
}
