//! What is said to everybody: a sentence for screen readers, a short passing note for the eyes.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

const NOTE_MS: u32 = 6_000;

/// Announcements and passing notes.
#[derive(Clone, Copy)]
pub(crate) struct LiveContext {
    /// Read out politely; not shown.
    pub(crate) announcement: RwSignal<String>,
    /// Shown for a few seconds, and read out.
    pub(crate) note: RwSignal<Option<String>>,
    count: StoredValue<u32>,
}

impl LiveContext {
    pub(super) fn new() -> Self {
        Self { announcement: RwSignal::default(), note: RwSignal::default(), count: StoredValue::new(0) }
    }

    /// Says something to screen readers only.
    pub(crate) fn announce(self, text: impl Into<String>) {
        self.announcement.set(text.into());
    }

    /// Shows a passing note.
    pub(crate) fn show(self, text: impl Into<String>) {
        self.note.set(Some(text.into()));
        self.count.update_value(|count| *count += 1);
        let mine = self.count.get_value();
        spawn_local(async move {
            TimeoutFuture::new(NOTE_MS).await;
            if self.count.get_value() == mine {
                self.note.set(None);
            }
        });
    }
}
