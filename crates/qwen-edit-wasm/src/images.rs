//! From what a caller calls an image to a picture of the client, and whether it may be changed.

use qwen_edit_api::{MediaType, PictureFacts, PictureSource};
use qwen_edit_client::{Fitter, Input, Picture, PictureError};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File};

use crate::error::Failure;
use crate::options::{Options, wrong_type};

/// An item of `images`.
pub(crate) enum Image {
    File { blob: Blob, name: String },
    Link(String),
}

/// Nothing is known: 0 is unknown, and the format plays no role in any rule.
const UNREAD: PictureFacts = PictureFacts { media_type: MediaType::Png, bytes: 0, width: 0, height: 0 };

/// Whether pictures may be changed to fit the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Never,
    /// With the largest request body to make, in bytes, when the caller names one.
    WhereNeeded {
        max_body_bytes: Option<u64>,
    },
}

impl Image {
    pub(crate) fn read(value: &JsValue, index: usize) -> Result<Image, Failure> {
        let nameless = || format!("images[{index}]");
        if let Some(blob) = value.dyn_ref::<Blob>() {
            let name = value.dyn_ref::<File>().map_or_else(nameless, File::name);
            return Ok(Image::File { blob: blob.clone(), name });
        }
        match value.as_string() {
            Some(link) => Ok(Image::Link(link)),
            None => Err(wrong_type(&nameless(), "a File, Blob or link", value)),
        }
    }

    /// What was given, once its header was read.
    pub(crate) async fn input(&self, fitter: &Fitter) -> Result<Input, PictureError> {
        match self {
            Image::File { blob, name } => fitter.read(blob.clone(), name).await.map(Input::File),
            Image::Link(link) => Picture::from_url(link).map(Input::Link),
        }
    }

    /// Stands for a picture that was refused, so that the others keep their numbers and nothing is said of it twice.
    pub(crate) fn refused_source() -> PictureSource {
        PictureSource::File(UNREAD)
    }

    /// What can be said of it without reading it.
    pub(crate) fn source(&self) -> PictureSource {
        match self {
            Image::File { blob, .. } => {
                PictureSource::File(PictureFacts { bytes: blob.size() as u64, ..UNREAD })
            }
            Image::Link(link) => PictureSource::Url(link.clone()),
        }
    }
}

impl Fit {
    pub(crate) fn read(options: &Options) -> Result<Fit, Failure> {
        let where_needed = Fit::WhereNeeded { max_body_bytes: None };
        let Some(value) = options.get("fit")? else { return Ok(where_needed) };
        match value.as_bool() {
            Some(true) => Ok(where_needed),
            Some(false) => Ok(Fit::Never),
            None => {
                let options = Options::read(&value, "fit", &["maxBodyBytes"])?.within("fit.");
                Ok(Fit::WhereNeeded { max_body_bytes: options.positive("maxBodyBytes")? })
            }
        }
    }
}
