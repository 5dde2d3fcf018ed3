//! The sentences about failures: data of `qwen-edit-api`, one file for each language, loaded apart from the app.

use js_sys::Reflect;
use leptos::prelude::*;
use leptos::task::spawn_local;
use qwen_edit_api::failure::Advice;
use qwen_edit_api::text::Language;
use wasm_bindgen::JsValue;

use crate::i18n;
use crate::js::files;

/// The sentences of the languages that were needed so far.
#[derive(Clone, Copy)]
pub(crate) struct AdviceContext {
    loaded: RwSignal<Vec<(Language, JsValue)>, LocalStorage>,
}

impl AdviceContext {
    pub(super) fn new() -> Self {
        Self { loaded: RwSignal::new_local(Vec::new()) }
    }

    /// Loads the sentences of a language, unless they are there.
    pub(crate) fn load(self, language: Language) {
        if self.has(language) {
            return;
        }
        spawn_local(async move {
            let path = format!("advice-{}.json", i18n::tag(language));
            if let Some(sentences) = files::fetch_own_json(&path).await
                && !self.has(language)
            {
                self.loaded.update(|loaded| loaded.push((language, sentences)));
            }
        });
    }

    fn has(self, language: Language) -> bool {
        self.loaded.with_untracked(|loaded| loaded.iter().any(|(there, _)| *there == language))
    }

    /// What happened and what to do. Where it is not loaded, that is tried again; views are drawn anew when it comes.
    pub(crate) fn about(self, advice: &Advice, language: Language) -> Option<(String, String)> {
        let said = self.loaded.with(|loaded| {
            let (_, sentences) = loaded.iter().find(|(there, _)| *there == language)?;
            let said = Reflect::get(sentences, &advice.words().into()).ok()?;
            let sentence = |name: &str| Reflect::get(&said, &name.into()).ok()?.as_string();
            Some((sentence("title")?, sentence("what_to_do")?))
        });
        if said.is_none() {
            self.load(language);
        }
        said
    }
}
