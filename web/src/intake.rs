//! Taking pictures in, from wherever they come: checked by content, refused with a reason, made fit for the model,
//! encoded ahead of time.

use leptos::prelude::*;
use leptos::task::spawn_local;
use qwen_edit_api::find_model;
use qwen_edit_api::fit::Limits;
use qwen_edit_client::{Fitted, Input, Picture, PictureError, Unfit};
use web_sys::File;

use crate::context::{DraftContext, Entry, LiveContext, RelayState, SettingsContext, texts};
use crate::i18n::Messages;
use crate::js::codec;
use crate::state::display;
use crate::state::form::Form;
use crate::state::tray::Tray;

/// Brings pictures into the tray.
#[derive(Clone, Copy)]
pub(crate) struct Intake {
    draft: DraftContext,
    settings: SettingsContext,
    live: LiveContext,
    texts: &'static Messages,
}

impl Intake {
    pub(crate) fn from_context() -> Self {
        Self { draft: expect_context(), settings: expect_context(), live: expect_context(), texts: texts() }
    }

    /// Reads files one after the other, so that they keep their order.
    pub(crate) fn take_files(self, files: Vec<File>) {
        self.begin_reading(files.len());
        spawn_local(async move {
            for file in files {
                let name = file.name();
                self.take_file(file.into(), &name).await;
                self.finished_reading();
            }
        });
    }

    /// Takes a picture by its address; the model service fetches it, not this page.
    pub(crate) fn take_link(self, link: &str) -> bool {
        self.draft.refusals.set(Vec::new());
        match Picture::from_url(link.trim()) {
            Ok(picture) => {
                let fitted = Fitted { picture: picture.clone(), receipt: None };
                self.add(Entry::new(Input::Link(picture), fitted))
            }
            Err(error) => {
                self.refuse(&error);
                false
            }
        }
    }

    /// Goes on from a result: it becomes the only picture.
    pub(crate) fn take_result(self, blob: web_sys::Blob, name: String) {
        self.begin_reading(1);
        spawn_local(async move {
            match codec::fitter().read(blob, &name).await {
                Ok(original) => self.replace_all(Input::File(original)).await,
                Err(error) => self.refuse(&error),
            }
            self.finished_reading();
        });
    }

    /// Makes the pictures fit again, for another model or another relay.
    pub(crate) fn fit_again(self) {
        if self.draft.tray.with_untracked(Tray::is_empty) {
            return;
        }
        self.draft.reading.update(|reading| *reading += 1);
        spawn_local(async move {
            self.fit(None).await;
            self.finished_reading();
        });
    }

    async fn take_file(self, file: web_sys::Blob, name: &str) {
        if self.is_full() {
            return self.refuse_another();
        }
        match codec::fitter().read(file, name).await {
            Ok(original) => {
                self.fit(Some(Input::File(original))).await;
            }
            Err(error) => self.refuse(&error),
        }
    }

    /// Puts one picture in the place of all, once it is fit.
    async fn replace_all(self, input: Input) {
        let limits = untrack(|| limits(self.draft, self.settings));
        match codec::fitter().fit(std::slice::from_ref(&input), &limits, |_| ()).await {
            Ok(mut fitted) => {
                let Some(fitted) = fitted.pop() else { return };
                self.draft.tray.update(Tray::clear);
                if self.add(Entry::new(input, fitted)) {
                    self.live.show(self.texts.results.now_input);
                }
            }
            Err(unfit) => self.refuse(&unfit.error),
        }
    }

    /// Makes the pictures of the tray, and one that is to join them, fit into one request. Says whether it has joined.
    async fn fit(self, new: Option<Input>) -> bool {
        loop {
            let fitter = codec::fitter();
            let (ids, mut inputs) = self.draft.tray.with_untracked(ids_and_inputs);
            inputs.extend(new.clone());
            let wanted = untrack(|| limits(self.draft, self.settings));
            let result = fitter.fit(&inputs, &wanted, |_| ()).await;
            // The person goes on meanwhile; then pictures or limits are others.
            let is_current = self.draft.tray.with_untracked(ids_and_inputs).0 == ids
                && untrack(|| limits(self.draft, self.settings)) == wanted;
            if !is_current {
                continue;
            }
            match result {
                Ok(fitted) => return self.settle(fitted, new),
                Err(Unfit { index, error }) => {
                    self.refuse(&error);
                    let gone = matches!(error, PictureError::Unreadable { .. });
                    match ids.get(index).filter(|_| gone) {
                        Some(id) => self.draft.tray.update(|tray| {
                            tray.remove(*id);
                        }),
                        // The others stay as they are: a number in the instruction must not come to mean another picture.
                        None => return false,
                    }
                }
            }
        }
    }

    fn settle(self, fitted: Vec<Fitted>, new: Option<Input>) -> bool {
        let mut fitted = fitted.into_iter();
        self.draft.tray.update(|tray| {
            tray.update_each(|_, entry| {
                if let Some(fitted) = fitted.next() {
                    entry.fit_again(fitted);
                }
            });
        });
        match (new, fitted.next()) {
            (Some(input), Some(fitted)) => self.add(Entry::new(input, fitted)),
            _ => false,
        }
    }

    fn max_pictures(self) -> usize {
        self.draft.form.with_untracked(Form::max_pictures)
    }

    fn is_full(self) -> bool {
        self.draft.tray.with_untracked(Tray::len) >= self.max_pictures()
    }

    fn refuse_another(self) {
        let refusal = (self.texts.pictures.too_many)(self.max_pictures());
        self.draft.refusals.update(|refusals| {
            if !refusals.contains(&refusal) {
                refusals.push(refusal);
            }
        });
    }

    fn add(self, entry: Entry) -> bool {
        let max = self.max_pictures();
        let picture = entry.picture.clone();
        let added = self.draft.tray.try_update(|tray| tray.add(entry, max).map_err(drop));
        match added {
            Some(Ok(number)) => {
                self.live.announce((self.texts.pictures.added)(number));
                // Encoded now, so that pressing Run sends at once. A failure shows again, and is told, when it runs.
                spawn_local(async move {
                    let _ = picture.prepare().await;
                });
                true
            }
            _ => {
                self.refuse_another();
                false
            }
        }
    }

    fn begin_reading(self, files: usize) {
        self.draft.refusals.set(Vec::new());
        self.draft.reading.update(|reading| *reading += files);
    }

    fn finished_reading(self) {
        self.draft.reading.update(|reading| *reading = reading.saturating_sub(1));
    }

    fn refuse(self, error: &PictureError) {
        let sentence = describe(error, self.texts);
        self.draft.refusals.update(|refusals| refusals.push(sentence));
    }
}

fn ids_and_inputs(tray: &Tray<Entry>) -> (Vec<u32>, Vec<Input>) {
    tray.slots().iter().map(|slot| (slot.id, slot.picture.input.clone())).unzip()
}

/// What pictures have to fit into, with the chosen model and through this relay.
pub(crate) fn limits(draft: DraftContext, settings: SettingsContext) -> Limits {
    let body_bytes = settings.relay.with(|relay| match relay {
        RelayState::Full(info) => info.limits.body_bytes,
        _ => None,
    });
    let mut limits = draft.form.with(|form| Limits::of(find_model(form.model.trim()), body_bytes));
    // A small picture is the person's choice: the page warns, and lets them try.
    limits.side.min = 1;
    limits
}

/// Why a picture was not taken, in the person's words.
fn describe(error: &PictureError, texts: &Messages) -> String {
    let say = &texts.pictures;
    match error {
        PictureError::NotAPicture { name } => (say.not_a_picture)(name),
        PictureError::UnsupportedFormat { name, detected } => (say.unsupported)(name, detected),
        PictureError::TooLarge { name, bytes, max } => {
            (say.too_large)(name, &display::bytes(*bytes), &display::bytes(*max))
        }
        PictureError::TooSmall { name, min, .. } => (say.small)(name, *min),
        PictureError::TooManyPixels { name, .. } => (say.too_many_pixels)(name),
        PictureError::CannotConvert { name, .. } => (say.cannot_convert)(name),
        PictureError::Empty { name } => (say.empty)(name),
        PictureError::Damaged { name, .. } => (say.damaged)(name),
        PictureError::Unreadable { name, .. } => (say.unreadable)(name),
        PictureError::Mismatch { number } => (say.unreadable)(&(say.number)(*number)),
        PictureError::UrlInvalid { .. } => say.link_invalid.to_owned(),
    }
}

/// The sample photos that come with the page, for people with no picture at hand.
pub(crate) const SAMPLES: [&str; 2] = ["samples/astronaut.jpg", "samples/coffee.jpg"];

/// Fetches the samples and takes them in.
pub(crate) fn take_samples(intake: Intake) {
    intake.begin_reading(SAMPLES.len());
    spawn_local(async move {
        for path in SAMPLES {
            let name = path.rsplit('/').next().unwrap_or(path);
            if let Some(blob) = crate::js::files::fetch_own(path).await {
                intake.take_file(blob, name).await;
            }
            intake.finished_reading();
        }
    });
}
