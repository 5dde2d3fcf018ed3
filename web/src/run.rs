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
use crate::i18n::Messages;
use crate::js::page;
use crate::state::problem::{check, control_id};

/// The contexts a run needs, taken once while the view's owner is at hand.
#[derive(Clone, Copy)]
pub(crate) struct Runner {
    draft: DraftContext,
    session: SessionContext,
    settings: SettingsContext,
    live: LiveContext,
    /// Read while the view's owner is at hand: a key press anywhere on the page has none.
    texts: &'static Messages,
}

impl Runner {
    pub(crate) fn from_context() -> Self {
        Self {
            draft: expect_context(),
            session: expect_context(),
            settings: expect_context(),
            live: expect_context(),
            texts: texts(),
        }
    }

    /// Starts a run, or shows what keeps it from starting.
    pub(crate) fn start(self) {
        if self.session.phase.get_untracked().is_running() {
            return;
        }
        if self.draft.reading.get_untracked() > 0 {
            // The picture just given would be missing from an edit that is paid for.
            self.live.show(self.texts.pictures.reading);
            return;
        }
        self.draft.attempted.set(true);
        let checked = untrack(|| self.draft.form.with(|form| check(form, self.draft.sources())));
        let request = match checked {
            Ok((request, _)) => request,
            Err(problems) => {
                self.live.announce(self.texts.violation.fix_first);
                if let Some(problem) = problems.first() {
                    let control = control_id(problem.field());
                    // After the next drawing: the control may be in a part that opens for its problem.
                    request_animation_frame(move || page::focus(control));
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
        self.live.announce(self.texts.run.started);
        spawn_local(async move {
            match edit.await {
                Ok(Ok(result)) => {
                    let count = result.images.len();
                    let fetch = untrack(|| self.settings.may_fetch_images());
                    let run = self.session.finish(RunRecord::new(result, asked, fetch));
                    self.live.announce((self.texts.run.finished)(count));
                    self.reveal_results();
                    if fetch {
                        self.fetch_all(&Rc::new(client), run, count);
                    }
                }
                Ok(Err(error)) => self.fail(error),
                Err(Aborted) if self.session.was_sent() => self.fail(Error::from(ErrorKind::Aborted)),
                Err(Aborted) => {
                    self.session.end();
                    self.live.show(self.texts.run.cancelled_before_sending);
                }
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
            self.fetch_one(Rc::clone(client), run, image, image == 0);
        }
    }

    /// Fetches one picture again; free, so the person may press it as often as they like.
    pub(crate) fn fetch_again(self, run: usize, image: usize) {
        let Ok(client) = self.client() else { return };
        self.session.set_bytes(run, image, Bytes::Fetching);
        self.fetch_one(Rc::new(client), run, image, false);
    }

    /// `reveal`: the picture is what the person waits for, so go to it, unless they are writing already.
    fn fetch_one(self, client: Rc<Client>, run: usize, image: usize, reveal: bool) {
        let link = self.session.runs.with_untracked(|runs| {
            runs.get(run).and_then(|run| run.images.get(image)).map(|entry| entry.link.url.clone())
        });
        let Some(link) = link else { return };
        spawn_local(async move {
            let bytes = match client.fetch_image(&link).await {
                Ok(blob) => Bytes::Kept { url: object_url(&blob), blob },
                // A relay that was away when the page asked what it offers, and is a plain one.
                Err(error) if error.kind == ErrorKind::NotARelay => Bytes::LinkOnly,
                Err(error) => Bytes::Failed(error),
            };
            self.session.set_bytes(run, image, bytes);
            if reveal && !page::is_writing() {
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
