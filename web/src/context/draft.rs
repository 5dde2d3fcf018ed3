//! The edit being prepared: the form, the pictures, and what is wrong with them.

use gloo_file::ObjectUrl;
use leptos::prelude::*;
use qwen_edit_api::fit::Receipt;
use qwen_edit_api::{Field, PictureSource};
use qwen_edit_client::{Fitted, Input, Picture};

use crate::state::form::Form;
use crate::state::problem::check;
use crate::state::tray::Tray;

/// A picture of the tray with its preview.
#[derive(Clone)]
pub(crate) struct Entry {
    /// As it was given.
    pub(crate) input: Input,
    /// As it goes to the model.
    pub(crate) picture: Picture,
    /// What was done to it.
    pub(crate) receipt: Option<Receipt>,
    /// Kept alive as long as anything shows it.
    pub(crate) preview: Option<ObjectUrl>,
}

impl Entry {
    pub(crate) fn new(input: Input, fitted: Fitted) -> Self {
        let Fitted { picture, receipt } = fitted;
        let preview = picture.blob().map(super::object_url);
        Self { input, picture, receipt, preview }
    }

    /// Takes a new fitting of the same picture. It looks the same, so the preview stays.
    pub(crate) fn fit_again(&mut self, fitted: Fitted) {
        self.picture = fitted.picture;
        self.receipt = fitted.receipt;
    }

    /// What `<img src>` shows: the file itself, or the link.
    pub(crate) fn preview_source(&self) -> Option<String> {
        match &self.preview {
            Some(url) => Some(url.to_string()),
            None => self.picture.url().map(str::to_owned),
        }
    }
}

/// The edit being prepared.
#[derive(Clone, Copy)]
pub(crate) struct DraftContext {
    pub(crate) form: RwSignal<Form>,
    pub(crate) tray: RwSignal<Tray<Entry>, LocalStorage>,
    /// Files being read right now.
    pub(crate) reading: RwSignal<usize>,
    /// Why the last pictures were not taken.
    pub(crate) refusals: RwSignal<Vec<String>>,
    /// Problems are shown only after the first try, not while the person is still filling in.
    pub(crate) attempted: RwSignal<bool>,
}

impl DraftContext {
    pub(super) fn new() -> Self {
        Self {
            form: RwSignal::default(),
            tray: RwSignal::new_local(Tray::default()),
            reading: RwSignal::default(),
            refusals: RwSignal::default(),
            attempted: RwSignal::default(),
        }
    }

    /// The pictures as the API crate checks them.
    pub(crate) fn sources(self) -> Vec<PictureSource> {
        self.tray.with(|tray| tray.slots().iter().map(|slot| slot.picture.picture.source()).collect())
    }

    /// Reads from the form. A plain function, so that the reactive machinery is compiled once per type, not per reader.
    pub(crate) fn read<T>(self, read: fn(&Form) -> T) -> T {
        self.form.with(read)
    }

    /// Changes the form; everything that reads it follows.
    pub(crate) fn change(self, change: impl FnOnce(&mut Form)) {
        let mut change = Some(change);
        self.change_with(&mut |form| {
            if let Some(change) = change.take() {
                change(form);
            }
        });
    }

    fn change_with(self, change: &mut dyn FnMut(&mut Form)) {
        self.form.update(change);
    }

    /// How many pictures there are.
    pub(crate) fn count(self) -> usize {
        self.tray.with(Tray::len)
    }

    /// The sentence beside a field: its first problem, once the person has tried to send.
    pub(crate) fn problem(self, wanted: fn(Field) -> bool) -> Signal<Option<String>> {
        let texts = super::texts();
        Signal::derive(move || {
            if !self.attempted.get() {
                return None;
            }
            let problems = self.form.with(|form| check(form, self.sources())).err().unwrap_or_default();
            problems.iter().find(|problem| wanted(problem.field())).map(|problem| problem.describe(texts))
        })
    }
}
