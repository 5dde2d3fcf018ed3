//! The one class: what a `QwenEdit` of the package holds.

use std::pin::Pin;

use js_sys::{Function, Promise};
use qwen_edit_api::{Violations, estimate_micro_cny};
use qwen_edit_client::{ApiKey, Client, ErrorKind, Picture, until_aborted};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use crate::error::Failure;
use crate::fit::Preparation;
use crate::images::Image;
use crate::object::{array, object};
use crate::options::Options;
use crate::progress::Listener;
use crate::request::{Request, job_id, model};
use crate::{models, result, violation};

const DEFAULT_REGION: &str = "beijing";

/// One region of one relay, with the caller's credential. `npm/index.js` is its public face.
///
/// Every method borrows and clones, so nothing of it is held across an await and no call blocks another.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    client: Client,
    region: String,
    preparation: Preparation,
}

#[wasm_bindgen]
impl Core {
    /// `{ relay, region?, key?, allowBrowserKey?, fetch?, timeoutMs? }`, and a function that gives a promise of the picture
    /// codec, called when the first file comes.
    ///
    /// # Errors
    /// A `TypeError` that names the option, or a `QwenEditError` about the key.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, load_codec: Function) -> Result<Core, JsValue> {
        Ok(create(options, load_codec)?)
    }

    /// Edits once. Everything that can go wrong rejects.
    pub fn edit(&self, request: JsValue) -> Promise {
        let (client, preparation) = (self.client.clone(), self.preparation.clone());
        promise(async move {
            let request = Request::read(&request)?;
            let signal = request.signal.clone();
            unless_aborted(signal, Box::pin(edit(&client, &preparation, request))).await
        })
    }

    /// Picks up the result of a job. Costs nothing.
    pub fn resume(&self, job: JsValue, options: JsValue) -> Promise {
        let client = self.client.clone();
        promise(async move {
            let options = Options::read_if_any(&options, "options", &["model", "n", "signal", "onProgress"])?;
            let signal = options.signal("signal")?;
            unless_aborted(signal, Box::pin(resume(&client, &job, &options))).await
        })
    }

    /// The bytes of a result picture, as a Blob. Costs nothing.
    #[wasm_bindgen(js_name = fetchImage)]
    pub fn fetch_image(&self, link: String, options: JsValue) -> Promise {
        let client = self.client.clone();
        promise(async move {
            let signal = Options::read_if_any(&options, "options", &["signal"])?.signal("signal")?;
            unless_aborted(signal, Box::pin(async { Ok(client.fetch_image(&link).await?.into()) })).await
        })
    }

    /// `{ violations, warnings }`, without reading a file or sending anything.
    ///
    /// # Errors
    /// A `TypeError` that names the option.
    pub fn validate(&self, request: &JsValue) -> Result<JsValue, JsValue> {
        let Request { images, mut draft, .. } = Request::read(request)?;
        draft.pictures = images.iter().map(Image::source).collect();
        let violations = draft.validate().err();
        let violations = violations.iter().flat_map(Violations::iter);
        Ok(object([
            ("violations", array(&mut violations.map(|it| violation::violation(it).into())).into()),
            ("warnings", array(&mut draft.warnings().iter().map(|it| violation::warning(it).into())).into()),
        ])
        .into())
    }

    /// `{ cny }`, or `undefined` where the price is not known.
    ///
    /// # Errors
    /// A `TypeError` that names the option.
    pub fn estimate(&self, request: &JsValue) -> Result<JsValue, JsValue> {
        let Request { images, draft, .. } = Request::read(request)?;
        let n = draft.n.map_or(1, |n| u32::try_from(n).unwrap_or(0));
        let size = draft.size.and_then(|size| size.parse().ok());
        let images = u32::try_from(images.len()).unwrap_or(u32::MAX);
        let price = estimate_micro_cny(draft.model.trim(), &self.region, n, images, size);
        let to_js = |micro: u64| object([("cny", JsValue::from_f64(micro as f64 / 1e6))]).into();
        Ok(price.map_or(JsValue::UNDEFINED, to_js))
    }

    /// Every known model, in the order to show them.
    pub fn models(&self) -> JsValue {
        models::to_js()
    }
}

fn create(options: &JsValue, load_codec: Function) -> Result<Core, Failure> {
    const KNOWN: [&str; 8] =
        ["relay", "region", "key", "allowBrowserKey", "fetch", "timeoutMs", "wasm", "assetsUrl"];
    let options = Options::read(options, "options", &KNOWN)?;
    let region = options.text("region")?.unwrap_or_else(|| DEFAULT_REGION.to_owned());
    let mut client = Client::new(&options.required_text("relay")?, &region);
    if let Some(key) = options.text("key")? {
        let key = ApiKey::parse(&key).map_err(|error| Failure::Edit(ErrorKind::Key(error).into()))?;
        if key.is_vendor_key() && options.flag("allowBrowserKey")? != Some(true) {
            return Err(Failure::BrowserKey);
        }
        client = client.with_key(key);
    }
    if let Some(fetch) = options.function("fetch")? {
        client = client.with_fetch(fetch);
    }
    if let Some(limit) = options.positive("timeoutMs")? {
        client = client.with_timeout_ms(u32::try_from(limit).unwrap_or(u32::MAX));
    }
    Ok(Core { client, region, preparation: Preparation::new(load_codec) })
}

async fn edit(client: &Client, preparation: &Preparation, request: Request) -> Result<JsValue, Failure> {
    let (fitted, draft) = request.prepare(client, preparation).await?;
    let checked = draft.validate().map_err(|violations| Failure::Edit(violations.into()))?;
    let pictures: Vec<Picture> = fitted.iter().map(|fitted| fitted.picture.clone()).collect();
    let tell = |progress| request.progress.tell(progress);
    let result = match &request.job {
        Some(job) => client.edit_as(job, &checked, &pictures, tell).await?,
        None => client.edit(&checked, &pictures, tell).await?,
    };
    Ok(result::to_js(&result, &fitted))
}

async fn resume(client: &Client, job: &JsValue, options: &Options) -> Result<JsValue, Failure> {
    let job = job_id(&job.as_string().ok_or_else(|| crate::options::wrong_type("jobId", "a string", job))?)?;
    let listener = Listener::read(options)?;
    let n = options.positive("n")?.map_or(1, |n| u32::try_from(n).unwrap_or(u32::MAX));
    let model = model(options)?;
    let result = client.resume_reporting(&job, &model, n, |it| listener.tell(it)).await?;
    Ok(result::to_js(&result, &[]))
}

/// Boxed: what waits for it is then compiled once instead of for each method.
type Work<'a> = Pin<Box<dyn Future<Output = Result<JsValue, Failure>> + 'a>>;

async fn unless_aborted(signal: Option<AbortSignal>, work: Work<'_>) -> Result<JsValue, Failure> {
    until_aborted(signal.as_ref(), work).await.map_err(Failure::Thrown)?
}

fn promise(work: impl Future<Output = Result<JsValue, Failure>> + 'static) -> Promise {
    let work: Work<'static> = Box::pin(work);
    future_to_promise(async { work.await.map_err(JsValue::from) })
}
