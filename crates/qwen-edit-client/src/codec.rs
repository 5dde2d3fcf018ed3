//! The browser's codecs, behind the JavaScript module `picture-codec-host.js`.

use std::cell::OnceCell;

use js_sys::{Array, Function, Object, Promise, Reflect};
use qwen_edit_api::MediaType;
use qwen_edit_api::fit::{
    self, Attempt, Conversion, Limits, MAX_SOURCE_BYTES, MAX_SOURCE_PIXELS, SourceFormat, attempts,
};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::picture::unreadable;
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

/// What the codec made of a file. All absent where it could not be asked.
#[derive(Default)]
pub(crate) struct Decoded {
    /// The picture encoded anew, if that was wanted.
    pub(crate) blob: Option<Blob>,
    pub(crate) media_type: Option<MediaType>,
    pub(crate) quality: Option<u8>,
    /// Of the original and of the result, as they are seen.
    pub(crate) sizes: Option<[(u32, u32); 2]>,
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
        let inspection = settle(host.inspect(&file)).await.map_err(|thrown| refusal(name, &thrown))?;
        let header = header(&inspection, bytes, name)?;
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
    ///
    /// Where this module or a decoder is missing, a file that is to go as it is gets the benefit of the doubt: the API
    /// refuses broken ones without charge.
    pub(crate) async fn run(
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
        let job = job(original, limits, conversion);
        let result = settle(host.transcode(original.blob(), decoder(format), &job)).await;
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

async fn settle(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    promise?.await
}

/// What `inspect.js` found, as the plan needs it.
fn header(inspection: &JsValue, bytes: u64, name: &str) -> Result<fit::Original, PictureError> {
    let told = get(inspection, "format").as_string().unwrap_or_default();
    let format = match (told.as_str(), format_named(&told)) {
        (_, Some(format)) => format,
        ("other", None) => {
            let detected = get(inspection, "called").as_string().unwrap_or_default();
            return Err(PictureError::UnsupportedFormat { name: name.to_owned(), detected: detected.into() });
        }
        _ => return Err(PictureError::NotAPicture { name: name.to_owned() }),
    };
    // After the format: "this is a video" helps more than "this video is too large".
    if bytes > MAX_SOURCE_BYTES {
        return Err(PictureError::TooLarge { name: name.to_owned(), bytes, max: MAX_SOURCE_BYTES });
    }
    let side = |field| number(inspection, field).map(|side| side as u32);
    Ok(fit::Original {
        format,
        bytes,
        size: side("width").zip(side("height")),
        orientation: number(inspection, "orientation").map_or(1, |orientation| orientation as u8),
        has_location: get(inspection, "hasLocation").is_truthy(),
    })
}

/// By the name that `inspect.js` gives it.
fn format_named(name: &str) -> Option<SourceFormat> {
    Some(match name {
        "png" => SourceFormat::Taken(MediaType::Png),
        "jpeg" => SourceFormat::Taken(MediaType::Jpeg),
        "webp" => SourceFormat::Taken(MediaType::Webp),
        "gif" => SourceFormat::Taken(MediaType::Gif),
        "bmp" => SourceFormat::Taken(MediaType::Bmp),
        "tiff" => SourceFormat::Taken(MediaType::Tiff),
        "avif" => SourceFormat::Avif,
        "heic" => SourceFormat::Heic,
        "svg" => SourceFormat::Svg,
        _ => return None,
    })
}

fn refusal(name: &str, thrown: &JsValue) -> PictureError {
    match get(thrown, "format").as_string().and_then(|format| format_named(&format)) {
        Some(format) => PictureError::Damaged { name: name.to_owned(), format: format.name().into() },
        None => unreadable(name, thrown),
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
        ("sourceType", source_type(header.format)),
        ("leastSide", limits.side.min.into()),
        ("maxPixels", (MAX_SOURCE_PIXELS as f64).into()),
        ("minSide", min_side.into()),
        ("maxSide", max_side.into()),
        ("maxBytes", (max_bytes as f64).into()),
        ("mayBeTransparent", (!opaque_format).into()),
        ("opaque", list(false)),
        ("transparent", list(true)),
    ])
}

fn source_type(format: SourceFormat) -> JsValue {
    match format {
        SourceFormat::Taken(media_type) => media_type.as_mime().into(),
        SourceFormat::Avif | SourceFormat::Heic | SourceFormat::Svg => JsValue::UNDEFINED,
    }
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
        "DecodeError" => PictureError::Damaged { name, format: original.header().format.name().into() },
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
        other => PictureError::UnsupportedFormat {
            name: original.name().to_owned(),
            detected: other.name().into(),
        },
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
