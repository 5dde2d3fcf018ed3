//! Runs and their results, for as long as the page is open. A new run never takes the place of an earlier result.

use futures_util::future::AbortHandle;
use gloo_file::{Blob, ObjectUrl};
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use qwen_edit_client::{EditResult, Error, ResultImage};

use crate::js::clock;

const CLOCK_MS: u32 = 20_000;

/// What is happening now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Phase {
    Idle,
    /// Pictures are being encoded; nothing was sent.
    Preparing {
        since_ms: f64,
    },
    /// The request is with the service.
    Waiting {
        since_ms: f64,
    },
}

impl Phase {
    pub(crate) fn is_running(self) -> bool {
        self != Self::Idle
    }

    pub(crate) fn since_ms(self) -> Option<f64> {
        match self {
            Self::Idle => None,
            Self::Preparing { since_ms } | Self::Waiting { since_ms } => Some(since_ms),
        }
    }
}

/// The file of a result picture.
#[derive(Clone)]
pub(crate) enum Bytes {
    Fetching,
    Kept {
        blob: web_sys::Blob,
        url: ObjectUrl,
    },
    /// A plain relay: only the link can be shown.
    LinkOnly,
    Failed(Error),
}

/// One result picture.
#[derive(Clone)]
pub(crate) struct ResultEntry {
    pub(crate) link: ResultImage,
    pub(crate) bytes: Bytes,
    pub(crate) downloaded: bool,
}

/// One finished run.
#[derive(Clone)]
pub(crate) struct RunRecord {
    pub(crate) prompt: String,
    pub(crate) model: String,
    pub(crate) region: String,
    pub(crate) seed: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) requested: u32,
    /// Width and height the service says it made.
    pub(crate) size: Option<(u32, u32)>,
    pub(crate) images: Vec<ResultEntry>,
    /// The picture the result is compared with, kept alive by its owner here.
    pub(crate) before: Option<ObjectUrl>,
}

/// A failed run and what it was asked.
#[derive(Clone)]
pub(crate) struct Failure {
    pub(crate) error: Error,
}

/// Runs and results.
#[derive(Clone, Copy)]
pub(crate) struct SessionContext {
    pub(crate) phase: RwSignal<Phase>,
    pub(crate) runs: RwSignal<Vec<RunRecord>, LocalStorage>,
    /// Which run and which of its pictures is on the stage.
    pub(crate) shown: RwSignal<(usize, usize)>,
    pub(crate) failure: RwSignal<Option<Failure>, LocalStorage>,
    /// Seconds since 1970, kept roughly up to date, so that what is said of links stays true while the page is open.
    pub(crate) now: RwSignal<u64>,
    abort: StoredValue<Option<AbortHandle>>,
}

impl SessionContext {
    pub(super) fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Idle),
            runs: RwSignal::new_local(Vec::new()),
            shown: RwSignal::new((0, 0)),
            failure: RwSignal::new_local(None),
            now: RwSignal::new(clock::now_unix()),
            abort: StoredValue::new(None),
        }
    }

    pub(crate) fn begin(self, abort: AbortHandle) {
        self.failure.set(None);
        self.abort.set_value(Some(abort));
        self.phase.set(Phase::Preparing { since_ms: clock::now_ms() });
    }

    /// The request is on its way; elapsed time goes on from the press of the button.
    pub(crate) fn sent(self) {
        self.phase.update(|phase| {
            if let Phase::Preparing { since_ms } = *phase {
                *phase = Phase::Waiting { since_ms };
            }
        });
    }

    /// Keeps [`SessionContext::now`] moving for as long as the page is open.
    pub(crate) fn watch_the_clock(self) {
        Interval::new(CLOCK_MS, move || self.now.set(clock::now_unix())).forget();
    }

    pub(crate) fn is_running(self) -> bool {
        self.phase.get().is_running()
    }

    pub(crate) fn cancel(self) {
        if let Some(abort) = self.abort.get_value() {
            abort.abort();
        }
    }

    pub(crate) fn fail(self, error: Error) {
        self.end();
        self.failure.set(Some(Failure { error }));
    }

    /// Adds a finished run, puts its first picture on the stage and returns the run's index.
    pub(crate) fn finish(self, record: RunRecord) -> usize {
        self.end();
        self.runs.update(|runs| runs.push(record));
        let run = self.runs.with_untracked(Vec::len) - 1;
        self.shown.set((run, 0));
        run
    }

    /// Whether the request of the present run was handed to the network.
    pub(crate) fn was_sent(self) -> bool {
        matches!(self.phase.get_untracked(), Phase::Waiting { .. })
    }

    pub(crate) fn end(self) {
        self.abort.set_value(None);
        self.phase.set(Phase::Idle);
    }

    pub(crate) fn set_bytes(self, run: usize, image: usize, bytes: Bytes) {
        self.runs.update(|runs| {
            if let Some(entry) = runs.get_mut(run).and_then(|run| run.images.get_mut(image)) {
                entry.bytes = bytes;
            }
        });
    }

    pub(crate) fn mark_downloaded(self, run: usize, image: usize) {
        self.runs.update(|runs| {
            if let Some(entry) = runs.get_mut(run).and_then(|run| run.images.get_mut(image)) {
                entry.downloaded = true;
            }
        });
    }

    /// Whether closing the page would lose something that was paid for.
    pub(crate) fn would_lose_something(self) -> bool {
        self.phase.get_untracked().is_running()
            || self.runs.with_untracked(|runs| {
                runs.iter()
                    .any(|run| run.region != "demo" && run.images.iter().any(|image| !image.downloaded))
            })
    }
}

impl RunRecord {
    pub(crate) fn new(result: EditResult, asked: Asked, fetch: bool) -> Self {
        let size = result.usage.as_ref().and_then(|usage| Some((usage.width?, usage.height?)));
        let bytes = if fetch { Bytes::Fetching } else { Bytes::LinkOnly };
        let images = result
            .images
            .into_iter()
            .map(|link| ResultEntry { link, bytes: bytes.clone(), downloaded: false })
            .collect();
        Self {
            prompt: asked.prompt,
            model: result.model,
            region: asked.region,
            seed: asked.seed,
            request_id: result.request_id,
            requested: result.requested,
            size,
            images,
            before: asked.before,
        }
    }
}

/// What was asked for, remembered beside the result.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) prompt: String,
    pub(crate) region: String,
    pub(crate) seed: Option<String>,
    pub(crate) before: Option<ObjectUrl>,
}

/// Makes an object URL that lives as long as its last owner.
pub(crate) fn object_url(blob: &web_sys::Blob) -> ObjectUrl {
    ObjectUrl::from(Blob::from(blob.clone()))
}
