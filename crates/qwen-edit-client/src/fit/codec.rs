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

/// What the codec made of a file. All absent where it could not be asked.
#[derive(Default)]
pub(super) struct Decoded {
    /// The picture encoded anew, if that was wanted.
    pub(super) blob: Option<Blob>,
    pub(super) media_type: Option<MediaType>,
    pub(super) quality: Option<u8>,
    /// Of the original and of the result, as they are seen.
    pub(super) sizes: Option<[(u32, u32); 2]>,
}

impl Codec {
    pub(super) fn new(load: Function) -> Codec {
        Codec { load, host: OnceCell::new() }
    }

    /// Decodes a file, which tells whether it is whole, and encodes it anew if that is wanted.
    ///
    /// Where this module or a decoder is missing, a file that is to go as it is gets the benefit of the doubt: the API
    /// refuses broken ones without charge.
    pub(super) async fn run(
        &self,
        original: &Original,
        limits: &Limits,
        conversion: Option<&Conversion>,
    ) -> Result<Decoded, PictureError> {
        match self.ask(original, limits, conversion).await {
            Ok(result) => {
                let decoded = Decoded::read(&result);
                match decoded.blob {
                    None if conversion.is_some() => Err(cannot(original, "no result".to_owned())),
                    _ => Ok(decoded),
                }
            }
            Err(Failed::Refused(error)) => Err(error),
            Err(Failed::Missing(detail)) if conversion.is_some() => Err(missing(original, detail)),
            Err(Failed::Missing(_)) => Ok(Decoded::default()),
        }
    }

    async fn ask(
        &self,
        original: &Original,
        limits: &Limits,
        conversion: Option<&Conversion>,
    ) -> Result<JsValue, Failed> {
        let host = self.host().await.map_err(|thrown| Failed::Missing(thrown::name(&thrown)))?;
        let format = original.header().format;
        let promise = host.transcode(original.blob(), decoder(format), &job(original, limits, conversion));
        let result = match promise {
            Ok(promise) => promise.await,
            Err(thrown) => Err(thrown),
        };
        result.map_err(|thrown| failure(original, limits, &thrown))
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
fn job(original: &Original, limits: &Limits, conversion: Option<&Conversion>) -> JsValue {
    let header = original.header();
    let list = |transparent| {
        let list = Array::new();
        if conversion.is_some() {
            for attempt in attempts(header.format, transparent) {
                list.push(&describe(attempt));
            }
        }
        list.into()
    };
    let opaque_format = matches!(header.format, SourceFormat::Taken(MediaType::Jpeg | MediaType::Bmp));
    // A file whose size the header told was judged by it; drawings have the size that is wanted.
    let unjudged = header.size.is_none() && header.format != SourceFormat::Svg;
    let min_side = if unjudged { limits.side.min } else { 0 };
    let (max_side, max_bytes) =
        conversion.map_or((0, 0), |conversion| (conversion.max_side, conversion.max_bytes));
    object([
        ("orientation", header.orientation.into()),
        ("maxPixels", (MAX_SOURCE_PIXELS as f64).into()),
        ("minSide", min_side.into()),
        ("maxSide", max_side.into()),
        ("maxBytes", (max_bytes as f64).into()),
        ("mayBeTransparent", (!opaque_format).into()),
        ("opaque", list(false)),
        ("transparent", list(true)),
    ])
}

fn describe(attempt: Attempt) -> JsValue {
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
    let side = |field| number(thrown, field).unwrap_or_default() as u32;
    let (width, height) = (side("sourceWidth"), side("sourceHeight"));
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

impl Decoded {
    fn read(result: &JsValue) -> Decoded {
        let size = |width, height| Some((number(result, width)? as u32, number(result, height)? as u32));
        let sizes = size("sourceWidth", "sourceHeight").zip(size("width", "height"));
        let blob = get(result, "blob").dyn_into::<Blob>().ok();
        Decoded {
            media_type: blob.as_ref().and_then(|blob| MediaType::from_mime(&blob.type_())),
            blob,
            quality: number(result, "quality").map(|quality| quality as u8),
            sizes: sizes.map(|(before, after)| [before, after]),
        }
    }
}

fn number(value: &JsValue, field: &str) -> Option<f64> {
    get(value, field).as_f64()
}

fn get(value: &JsValue, field: &str) -> JsValue {
    Reflect::get(value, &field.into()).unwrap_or_default()
}
