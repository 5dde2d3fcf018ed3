//! The request of an edit, as a caller writes it.

use qwen_edit_api::{DEFAULT_MODEL, EditDraft};
use qwen_edit_client::{Client, Fitted, JobId};
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use crate::error::Failure;
use crate::fit::{Preparation, Refused};
use crate::images::{Fit, Image};
use crate::options::{Options, wrong_type};
use crate::progress::Listener;

const KNOWN: [&str; 13] = [
    "images",
    "prompt",
    "model",
    "n",
    "size",
    "seed",
    "negativePrompt",
    "promptExtend",
    "watermark",
    "fit",
    "signal",
    "onProgress",
    "jobId",
];

/// What `edit`, `validate` and `estimate` are called with.
pub(crate) struct Request {
    pub(crate) images: Vec<Image>,
    pub(crate) fit: Fit,
    /// Everything but the pictures.
    pub(crate) draft: EditDraft,
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) progress: Listener,
    pub(crate) job: Option<JobId>,
}

impl Request {
    pub(crate) fn read(value: &JsValue) -> Result<Request, Failure> {
        let options = Options::read(value, "request", &KNOWN)?;
        let draft = EditDraft {
            model: model(&options)?,
            pictures: Vec::new(),
            prompt: options.text("prompt")?.unwrap_or_default(),
            n: options.whole_number("n")?,
            size: options.text("size")?,
            seed: options.whole_number("seed")?,
            negative_prompt: options.text("negativePrompt")?,
            prompt_extend: options.flag("promptExtend")?,
            watermark: options.flag("watermark")?,
        };
        Ok(Request {
            images: images(&options)?,
            fit: Fit::read(&options)?,
            draft,
            signal: options.signal("signal")?,
            progress: Listener::read(&options)?,
            job: options.text("jobId")?.map(|id| job_id(&id)).transpose()?,
        })
    }
}

impl Request {
    /// Reads all files and makes them fit. When some are refused, says so of each, and what else is wrong.
    pub(crate) async fn prepare(
        &self,
        client: &Client,
        preparation: &Preparation,
    ) -> Result<(Vec<Fitted>, EditDraft), Failure> {
        let (mut inputs, mut refused) = (Vec::new(), Vec::new());
        for (index, image) in self.images.iter().enumerate() {
            match image.input(&preparation.fitter).await {
                Ok(input) => inputs.push(input),
                Err(error) => refused.push((index, error)),
            }
        }
        if !refused.is_empty() {
            return Err(self.refuse(refused));
        }
        let done = |picture| self.progress.tell_fit(picture);
        let fitted = preparation.run(client, &inputs, &self.draft.model, self.fit, done).await;
        let fitted = fitted.map_err(|refused| self.refuse(refused))?;
        let pictures = fitted.iter().map(|fitted| fitted.picture.source()).collect();
        Ok((fitted, EditDraft { pictures, ..self.draft.clone() }))
    }

    fn refuse(&self, refused: Refused) -> Failure {
        let source = |(index, image): (usize, &Image)| match refused.iter().any(|(place, _)| *place == index)
        {
            true => Image::refused_source(),
            false => image.source(),
        };
        let pictures = self.images.iter().enumerate().map(source).collect();
        let violations = EditDraft { pictures, ..self.draft.clone() }.validate().err();
        Failure::Pictures { refused, violations }
    }
}

/// The model named, or the one to start with.
pub(crate) fn model(options: &Options) -> Result<String, Failure> {
    Ok(options.text("model")?.unwrap_or_else(|| DEFAULT_MODEL.to_owned()))
}

pub(crate) fn job_id(text: &str) -> Result<JobId, Failure> {
    JobId::parse(text).map_err(|_| Failure::InvalidJobId)
}

/// Any list: an array, or the `FileList` of an input. A string is a list of characters to JavaScript, but not here.
fn images(options: &Options) -> Result<Vec<Image>, Failure> {
    const EXPECTED: &str = "a list of Files, Blobs or links";
    let Some(value) = options.get("images")? else { return Ok(Vec::new()) };
    let items = match value.is_object() {
        true => js_sys::try_iter(&value).map_err(Failure::Thrown)?,
        false => None,
    };
    let Some(items) = items else { return Err(wrong_type("images", EXPECTED, &value)) };
    let read = |(index, item): (usize, Result<JsValue, JsValue>)| {
        Image::read(&item.map_err(Failure::Thrown)?, index)
    };
    items.enumerate().map(read).collect()
}
