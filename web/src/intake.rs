//! Taking pictures in, from wherever they come: checked by content, refused with a reason, encoded ahead of time.

use leptos::prelude::*;
use leptos::task::spawn_local;
use qwen_edit_client::{Picture, PictureError};
use web_sys::File;

use crate::context::{DraftContext, Entry, LiveContext, texts};
use crate::i18n::Messages;
use crate::state::display;
use crate::state::tray::Tray;

/// Brings pictures into the tray.
#[derive(Clone, Copy)]
pub(crate) struct Intake {
    draft: DraftContext,
    live: LiveContext,
    texts: &'static Messages,
}

impl Intake {
    pub(crate) fn from_context() -> Self {
        Self { draft: expect_context(), live: expect_context(), texts: texts() }
    }

    /// Reads files one after the other, so that they keep their order.
    pub(crate) fn take_files(self, files: Vec<File>) {
        self.draft.refusals.set(Vec::new());
        self.draft.reading.update(|reading| *reading += files.len());
        spawn_local(async move {
            for file in files {
                let name = file.name();
                self.take(Picture::from_blob(file.into(), &name).await);
                self.finished_reading();
            }
        });
    }

    /// Takes a picture by its address; the model service fetches it, not this page.
    pub(crate) fn take_link(self, link: &str) -> bool {
        self.draft.refusals.set(Vec::new());
        self.take(Picture::from_url(link.trim()))
    }

    /// Goes on from a result: it becomes the only picture.
    pub(crate) fn take_result(self, blob: web_sys::Blob, name: String) {
        self.draft.refusals.set(Vec::new());
        self.draft.reading.update(|reading| *reading += 1);
        spawn_local(async move {
            match Picture::from_blob(blob, &name).await {
                Ok(picture) => {
                    self.draft.tray.set(Tray::default());
                    self.take(Ok(picture));
                    self.live.show(self.texts.results.now_input);
                }
                Err(error) => self.refuse(&error),
            }
            self.finished_reading();
        });
    }

    fn take(self, picture: Result<Picture, PictureError>) -> bool {
        let picture = match picture {
            Ok(picture) => picture,
            Err(error) => {
                self.refuse(&error);
                return false;
            }
        };
        let max = self.draft.form.with_untracked(crate::state::form::Form::max_pictures);
        let entry = Entry::new(picture.clone());
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
                let refusal = (self.texts.pictures.too_many)(max);
                self.draft.refusals.update(|refusals| {
                    if !refusals.contains(&refusal) {
                        refusals.push(refusal);
                    }
                });
                false
            }
        }
    }

    fn finished_reading(self) {
        self.draft.reading.update(|reading| *reading = reading.saturating_sub(1));
    }

    fn refuse(self, error: &PictureError) {
        let sentence = describe(error, self.texts);
        self.draft.refusals.update(|refusals| refusals.push(sentence));
    }
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
    intake.draft.refusals.set(Vec::new());
    intake.draft.reading.update(|reading| *reading += SAMPLES.len());
    spawn_local(async move {
        for path in SAMPLES {
            let name = path.rsplit('/').next().unwrap_or(path);
            if let Some(blob) = crate::js::files::fetch_own(path).await {
                intake.take(Picture::from_blob(blob, name).await);
            }
            intake.finished_reading();
        }
    });
}
