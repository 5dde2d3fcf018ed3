//! The browser's codecs, behind the JavaScript module `picture-codec-host.js`.

use std::cell::OnceCell;

use js_sys::{Function, JSON, Promise, Reflect};
use qwen_edit_api::fit::{Conversion, Limits};
use qwen_edit_api::json::Json;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::codec_protocol::{Decoded, Failed, Thrown, decoder, job, read_header, refused_header};
use crate::{Original, PictureError, blob, thrown};

#[wasm_bindgen]
extern "C" {
    /// The module's namespace.
    #[derive(Clone, Debug)]
    type Host;

    #[wasm_bindgen(method, catch)]
    fn inspect(this: &Host, file: &Blob) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = withoutMetadata)]
    fn without_metadata(this: &Host, file: &Blob, layout: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn transcode(this: &Host, file: &Blob, format: &str, job: &JsValue) -> Result<Promise, JsValue>;
}

/// Loads the module when first needed, and speaks to it.
#[derive(Debug)]
pub(crate) struct Codec {
    load: Function,
    host: OnceCell<Host>,
}

impl Codec {
    pub(crate) fn new(load: Function) -> Codec {
        Codec { load, host: OnceCell::new() }
    }

    /// Reads the header of a file.
    pub(crate) async fn inspect(&self, file: Blob, name: &str) -> Result<Original, PictureError> {
        let bytes = blob::len(&file);
        if bytes == 0 {
            return Err(PictureError::Empty { name: name.to_owned() });
        }
        let host = self.host().await.map_err(|thrown| PictureError::CannotConvert {
            name: name.to_owned(),
            detail: thrown::name(&thrown),
        })?;
        let inspection =
            settle(host.inspect(&file)).await.map_err(|thrown| refused_header(name, read(&thrown)))?;
        let header = read_header(&json(&inspection), bytes, name)?;
        Ok(Original::new(file, name, header, get(&inspection, "layout")))
    }

    /// The same JPEG without what it tells besides its pixels.
    pub(crate) async fn without_metadata(&self, original: &Original) -> Result<Blob, PictureError> {
        let host = self.host().await.map_err(|thrown| cannot(original, thrown::name(&thrown)))?;
        let result = settle(host.without_metadata(original.blob(), original.layout())).await;
        let blob = result.map_err(|thrown| original.unreadable(&thrown))?;
        blob.dyn_into().map_err(|_| cannot(original, "no result".to_owned()))
    }

    /// Decodes a file, which tells whether it is whole, and encodes it anew if that is wanted.
    pub(crate) async fn run(
        &self,
        original: &Original,
        limits: &Limits,
        conversion: Option<&Conversion>,
    ) -> Result<(Decoded, Option<Blob>), PictureError> {
        let header = original.header();
        match self.ask(original, limits, conversion).await {
            Ok(result) => match get(&result, "blob").dyn_into::<Blob>().ok() {
                None if conversion.is_some() => Err(cannot(original, "no result".to_owned())),
                blob => Ok((Decoded::read(&json(&result)), blob)),
            },
            Err(failed) => Ok((failed.or_unjudged(original.name(), &header, conversion)?, None)),
        }
    }

    async fn ask(
        &self,
        original: &Original,
        limits: &Limits,
        conversion: Option<&Conversion>,
    ) -> Result<JsValue, Failed> {
        let host = self.host().await.map_err(|thrown| Failed::Missing(thrown::name(&thrown)))?;
        let header = original.header();
        // What this crate wrote is JSON.
        let job = JSON::parse(&job(&header, limits, conversion)).unwrap_or_default();
        let result = settle(host.transcode(original.blob(), decoder(header.format), &job)).await;
        result.map_err(|thrown| Failed::of(original.name(), &header, limits, read(&thrown)))
    }

    async fn host(&self) -> Result<Host, JsValue> {
        if let Some(host) = self.host.get() {
            return Ok(host.clone());
        }
        let promise: Promise = self.load.call0(&JsValue::UNDEFINED)?.dyn_into()?;
        let host: Host = promise.await?.unchecked_into();
        Ok(self.host.get_or_init(|| host).clone())
    }
}

async fn settle(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    promise?.await
}

fn cannot(original: &Original, detail: String) -> PictureError {
    PictureError::CannotConvert { name: original.name().to_owned(), detail }
}

/// A value as the protocol reads it. What cannot be written as JSON reads as nothing.
fn json(value: &JsValue) -> Json {
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_default();
    Json::parse(text.as_bytes()).unwrap_or(Json::Null)
}

/// The fields of an error are not written as JSON, so they are asked for one by one.
fn read(error: &JsValue) -> Thrown {
    let side = |field| get(error, field).as_f64().unwrap_or_default() as u32;
    Thrown {
        name: thrown::name(error),
        format: get(error, "format").as_string(),
        source_size: (side("sourceWidth"), side("sourceHeight")),
    }
}

fn get(value: &JsValue, field: &str) -> JsValue {
    Reflect::get(value, &field.into()).unwrap_or_default()
}
