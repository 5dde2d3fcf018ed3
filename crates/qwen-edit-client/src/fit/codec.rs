//! The browser's codecs, behind the JavaScript module `picture-codec-host.js`.

use std::cell::OnceCell;

use js_sys::{Array, Function, Object, Promise, Reflect};
use qwen_edit_api::MediaType;
use qwen_edit_api::fit::{Attempt, Conversion, Limits, MAX_SOURCE_PIXELS, SourceFormat, attempts};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::Original;
use crate::{PictureError, thrown};

#[wasm_bindgen]
extern "C" {
    /// The module's namespace.
    #[derive(Clone, Debug)]
    type Host;

    #[wasm_bindgen(method, catch)]
    fn transcode(this: &Host, file: &Blob, format: &str, job: &JsValue) -> Result<Promise, JsValue>;
}

/// Loads the module when first needed, and speaks to it.
#[derive(Debug)]
pub(super) struct Codec {
    load: Function,
    host: OnceCell<Host>,
}

/// A picture encoded anew.
pub(super) struct Encoded {
    pub(super) blob: Blob,
    pub(super) quality: Option<u8>,
    /// The original's, as it is seen.
    pub(super) source_size: Option<(u32, u32)>,
}

impl Codec {
    pub(super) fn new(load: Function) -> Codec {
        Codec { load, host: OnceCell::new() }
    }

    /// Whether all of a file can be decoded; its size as it is seen, in pixels. Where the module or a decoder is missing,
    /// the file gets the benefit of the doubt: the API refuses broken ones without charge.
    pub(super) async fn check(
        &self,
        original: &Original,
        limits: &Limits,
    ) -> Result<Option<(u32, u32)>, PictureError> {
        let job = Job { limits, max_side: limits.side.max, max_bytes: limits.picture_bytes, encode: false };
        match self.run(original, &job).await {
            Ok(result) => Ok(size(&result)),
            Err(Failed::Missing(_)) => Ok(None),
            Err(Failed::Refused(error)) => Err(error),
        }
    }

    /// Decodes a file and encodes it anew, as well as fits.
    pub(super) async fn convert(
        &self,
        original: &Original,
        limits: &Limits,
        conversion: &Conversion,
    ) -> Result<Encoded, PictureError> {
        let job =
            Job { limits, max_side: conversion.max_side, max_bytes: conversion.max_bytes, encode: true };
        let result = self.run(original, &job).await.map_err(|failed| match failed {
            Failed::Refused(error) => error,
            Failed::Missing(detail) => missing(original, detail),
        })?;
        let blob = get(&result, "blob").dyn_into().map_err(|_| cannot(original, "no result".to_owned()))?;
        let quality = number(&result, "quality").map(|quality| quality as u8);
        Ok(Encoded { blob, quality, source_size: size(&result) })
    }

    async fn run(&self, original: &Original, job: &Job<'_>) -> Result<JsValue, Failed> {
        let host = self.host().await.map_err(|thrown| Failed::Missing(thrown::name(&thrown)))?;
        let format = original.header().format;
        let promise = host.transcode(original.blob(), decoder(format), &job.to_js(original));
        let result = match promise {
            Ok(promise) => promise.await,
            Err(thrown) => Err(thrown),
        };
        result.map_err(|thrown| failure(original, job.limits, &thrown))
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

enum Failed {
    /// The codec's module, or a decoder, could not be loaded.
    Missing(String),
    Refused(PictureError),
}

/// Who decodes.
fn decoder(format: SourceFormat) -> &'static str {
    match format {
        SourceFormat::Heic => "heic",
        SourceFormat::Svg => "svg",
        SourceFormat::Taken(MediaType::Tiff) => "tiff",
        SourceFormat::Taken(_) | SourceFormat::Avif => "browser",
    }
}

/// What transcode() of `picture-codec.js` takes.
struct Job<'a> {
    limits: &'a Limits,
    max_side: u32,
    max_bytes: u64,
    encode: bool,
}

impl Job<'_> {
    fn to_js(&self, original: &Original) -> JsValue {
        let header = original.header();
        let list = |transparent| match self.encode {
            true => attempts(header.format, transparent).into_iter().map(attempt).collect::<Array>(),
            false => Array::new(),
        };
        let opaque_format = matches!(header.format, SourceFormat::Taken(MediaType::Jpeg | MediaType::Bmp));
        // A file whose size the header told was judged by it; drawings have the size that is wanted.
        let unjudged = header.size.is_none() && header.format != SourceFormat::Svg;
        let min_side = if unjudged { self.limits.side.min } else { 0 };
        object([
            ("orientation", header.orientation.into()),
            ("maxPixels", (MAX_SOURCE_PIXELS as f64).into()),
            ("minSide", min_side.into()),
            ("maxSide", self.max_side.into()),
            ("maxBytes", (self.max_bytes as f64).into()),
            ("mayBeTransparent", (!opaque_format).into()),
            ("opaque", list(false).into()),
            ("transparent", list(true).into()),
        ])
    }
}

fn attempt(attempt: Attempt) -> JsValue {
    object([
        ("type", attempt.media_type.as_mime().into()),
        ("quality", attempt.quality.map_or(JsValue::NULL, JsValue::from)),
        ("scale", attempt.scale.into()),
    ])
}

fn object<const N: usize>(fields: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Only fails on a frozen object.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

fn failure(original: &Original, limits: &Limits, thrown: &JsValue) -> Failed {
    let name = original.name().to_owned();
    let (width, height) = size(thrown).unwrap_or_default();
    let refused = match thrown::name(thrown).as_str() {
        "NoDecoderError" => return Failed::Missing("no decoder".to_owned()),
        "DecodeError" => PictureError::Damaged { name, format: original.header().format.name() },
        "TooSmallError" => PictureError::TooSmall { name, width, height, min: limits.side.min },
        "TooManyPixelsError" => PictureError::TooManyPixels { name, width, height },
        "NotReadableError" | "NotFoundError" => original.unreadable(thrown),
        other => cannot(original, other.to_owned()),
    };
    Failed::Refused(refused)
}

/// What is to be said when nothing here can decode a file.
fn missing(original: &Original, detail: String) -> PictureError {
    match original.header().format {
        SourceFormat::Taken(_) => cannot(original, detail),
        other => PictureError::UnsupportedFormat { name: original.name().to_owned(), detected: other.name() },
    }
}

fn cannot(original: &Original, detail: String) -> PictureError {
    PictureError::CannotConvert { name: original.name().to_owned(), detail }
}

fn size(result: &JsValue) -> Option<(u32, u32)> {
    Some((number(result, "sourceWidth")? as u32, number(result, "sourceHeight")? as u32))
}

fn number(value: &JsValue, field: &str) -> Option<f64> {
    get(value, field).as_f64()
}

fn get(value: &JsValue, field: &str) -> JsValue {
    Reflect::get(value, &field.into()).unwrap_or_default()
}
