//! One press of the Run button, from the form to results that are kept. The only place that sends anything paid:
//! one request per press, never again by itself.

use std::rc::Rc;

use futures_util::future::{Aborted, abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;
use qwen_edit_api::EditRequest;
use qwen_edit_client::{ApiKey, Client, Error, ErrorKind, Picture, Progress, RelayInfo};

use crate::context::{
    Asked, Bytes, DraftContext, LiveContext, RelayState, RunRecord, SessionContext, SettingsContext,
    object_url, texts,
};
use crate::js::page;
use crate::state::problem::{check, control_id};

/// The contexts a run needs, taken once while the view's owner is at hand.
#[derive(Clone, Copy)]
pub(crate) struct Runner {
    draft: DraftContext,
    session: SessionContext,
    settings: SettingsContext,
    live: LiveContext,
}

impl Runner {
    pub(crate) fn from_context() -> Self {
        Self {
            draft: expect_context(),
            session: expect_context(),
            settings: expect_context(),
            live: expect_context(),
        }
    }

    /// Starts a run, or shows what keeps it from starting.
    pub(crate) fn start(self) {
        if self.session.phase.get_untracked().is_running() {
            return;
        }
        self.draft.attempted.set(true);
        let checked = untrack(|| self.draft.form.with(|form| check(form, self.draft.sources())));
        let request = match checked {
            Ok((request, _)) => request,
            Err(problems) => {
                self.live.announce(texts().violation.fix_first);
                if let Some(problem) = problems.first() {
                    page::focus(control_id(problem.field()));
                }
                return;
            }
        };
        if untrack(|| self.settings.needs_key()) {
            self.settings.open.set(true);
            return;
        }
        self.send(request);
    }

    fn send(self, request: EditRequest) {
        let pictures: Vec<Picture> = self
            .draft
            .tray
            .with_untracked(|tray| tray.slots().iter().map(|slot| slot.picture.picture.clone()).collect());
        let asked = self.asked();
        let client = match self.client() {
            Ok(client) => client,
            Err(error) => return self.fail(error),
        };
        let session = self.session;
        let progress = move |progress: Progress| {
            if matches!(progress, Progress::Sent { .. }) {
                session.sent();
            }
        };
        let edit_client = client.clone();
        let (edit, abort) = abortable(async move { edit_client.edit(&request, &pictures, progress).await });
        self.session.begin(abort);
        self.live.announce(texts().run.started);
        spawn_local(async move {
            match edit.await {
                Ok(Ok(result)) => {
                    let count = result.images.len();
                    let fetch = untrack(|| self.settings.fetches_images());
                    let run = self.session.finish(RunRecord::new(result, asked, fetch));
                    self.live.announce((texts_of(self.settings).run.finished)(count));
                    self.reveal_results();
                    if fetch {
                        self.fetch_all(&Rc::new(client), run, count);
                    }
                }
                Ok(Err(error)) => self.fail(error),
                Err(Aborted) => self.fail(Error::from(ErrorKind::Aborted)),
            }
        });
    }

    fn fail(self, error: Error) {
        self.session.fail(error);
        self.reveal_results();
    }

    /// On a narrow screen results are below the form: go there, unless they are in view.
    fn reveal_results(self) {
        // After the next drawing: only then do the results have their height, without which there is nowhere to scroll.
        request_animation_frame(|| {
            if !page::is_in_view("results") {
                page::scroll_to("results");
            }
        });
    }

    fn asked(self) -> Asked {
        let before = self
            .draft
            .tray
            .with_untracked(|tray| tray.slots().last().and_then(|slot| slot.picture.preview.clone()));
        self.draft.form.with_untracked(|form| Asked {
            prompt: form.prompt.trim().to_owned(),
            region: self.settings.region.get_untracked(),
            seed: Some(form.seed.trim().to_owned()).filter(|seed| form.parameters().seed && !seed.is_empty()),
            before,
        })
    }

    fn client(self) -> Result<Client, Error> {
        let client =
            Client::new(&self.settings.relay_base.get_value(), &self.settings.region.get_untracked());
        Ok(match untrack(|| self.settings.key()) {
            Some(key) => client.with_key(ApiKey::parse(&key).map_err(ErrorKind::Key)?),
            None => client,
        })
    }

    /// Brings every picture to this page at once: links die, files do not.
    fn fetch_all(self, client: &Rc<Client>, run: usize, count: usize) {
        for image in 0..count {
            self.fetch_one(Rc::clone(client), run, image);
        }
    }

    /// Fetches one picture again; free, so the person may press it as often as they like.
    pub(crate) fn fetch_again(self, run: usize, image: usize) {
        let Ok(client) = self.client() else { return };
        self.session.set_bytes(run, image, Bytes::Fetching);
        self.fetch_one(Rc::new(client), run, image);
    }

    fn fetch_one(self, client: Rc<Client>, run: usize, image: usize) {
        let link = self.session.runs.with_untracked(|runs| {
            runs.get(run).and_then(|run| run.images.get(image)).map(|entry| entry.link.url.clone())
        });
        let Some(link) = link else { return };
        spawn_local(async move {
            let bytes = match client.fetch_image(&link).await {
                Ok(blob) => Bytes::Kept { url: object_url(&blob), blob },
                Err(error) => Bytes::Failed(error),
            };
            self.session.set_bytes(run, image, bytes);
            if image == 0 {
                self.reveal_results();
            }
        });
    }
}

/// Asks the relay what it offers.
pub(crate) fn check_relay(settings: SettingsContext) {
    settings.relay.set(RelayState::Checking);
    spawn_local(async move {
        let found: Result<Option<RelayInfo>, Error> =
            Client::relay_info(&settings.relay_base.get_value()).await;
        settings.relay.set(match found {
            Ok(Some(info)) => RelayState::Full(info),
            Ok(None) => RelayState::Plain,
            Err(_) => RelayState::Unreachable,
        });
        untrack(|| settings.settle_region());
    });
}

/// The texts at the end of a run, when the language may have changed since its start.
fn texts_of(settings: SettingsContext) -> &'static crate::i18n::Messages {
    crate::i18n::messages(settings.language.get_untracked())
}
