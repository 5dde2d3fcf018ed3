//! Whether the relay answers, and what kind it is.

use leptos::prelude::*;

use crate::components::lazy::lazy;
use crate::context::{RelayState, SettingsContext, texts};
use crate::run::check_relay;

#[component]
pub(crate) fn Connection() -> impl IntoView {
    let texts = texts();
    let settings: SettingsContext = expect_context();
    // A relay that was away may be back by the time the dialog opens.
    Effect::new(move || {
        if settings.open.get() && settings.relay.with_untracked(|relay| *relay == RelayState::Unreachable) {
            check_relay(settings);
        }
    });
    let state = move || {
        settings.relay.with(|relay| match relay {
            RelayState::Checking => ("checking", texts.settings.relay_checking.to_owned()),
            RelayState::Full(info) => ("ready", (texts.settings.relay_full)(&info.version)),
            RelayState::Plain => ("attention", texts.settings.relay_plain.to_owned()),
            RelayState::Unreachable => ("offline", texts.settings.relay_none.to_owned()),
        })
    };
    view! {
        <div class="group">
            <h3 class="field-label">{texts.settings.connection}</h3>
            <p class="connection" role="status" data-state=lazy(move || state().0)>
                <i class="pill__dot" aria-hidden="true"></i>
                {lazy(move || state().1)}
            </p>
        </div>
    }
}
