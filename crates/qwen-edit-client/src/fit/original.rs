//! A file as it was given, before anything is done to it.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use qwen_edit_api::fit::{self, MAX_SOURCE_BYTES, Misfit, Plan, SourceFormat};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::Fitted;
use super::jpeg::Layout;
use super::metadata::{self, Metadata};
use crate::partial_file::PartialFile;
use crate::picture::{read_dimensions, read_format, read_piece, unreadable};
use crate::{PictureError, blob};

/// A file of any kind that browsers and this crate's decoders read, its header checked. Cheap to clone.
#[derive(Clone)]
pub struct Original(Rc<Content>);

struct Content {
    name: String,
    blob: Blob,
    header: fit::Original,
    metadata: Metadata,
    last: RefCell<Option<(Plan, Fitted)>>,
}

impl Original {
    /// Takes a file after reading its header; its pixels are looked at when it is made fit. What it is called plays no
    /// role, `name` is only for messages.
    ///
    /// # Errors
    /// When it is empty, no picture, damaged at its beginning, over [`MAX_SOURCE_BYTES`], or unreadable.
    pub async fn from_blob(blob: Blob, name: &str) -> Result<Original, PictureError> {
        let bytes = blob::len(&blob);
        let mut pieces = PartialFile::new(bytes);
        let format = read_format(&blob, name, &mut pieces).await?;
        if bytes > MAX_SOURCE_BYTES {
            return Err(PictureError::TooLarge { name: name.to_owned(), bytes, max: MAX_SOURCE_BYTES });
        }
        let (size, metadata) = match format {
            SourceFormat::Taken(media_type) => {
                let size = read_dimensions(&blob, name, media_type, &mut pieces).await?;
                let mut read = |file: &mut PartialFile| metadata::read(media_type, file);
                (Some(size), read_metadata(&blob, name, &mut pieces, &mut read).await?)
            }
            _ => (None, Metadata::default()),
        };
        let tags = metadata.tags;
        let header = fit::Original {
            format,
            bytes,
            size,
            orientation: tags.orientation,
            has_location: tags.has_location,
        };
        Ok(Original(Rc::new(Content {
            name: name.to_owned(),
            blob,
            header,
            metadata,
            last: RefCell::default(),
        })))
    }

    /// For messages.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What its header says.
    pub fn header(&self) -> fit::Original {
        self.0.header
    }

    /// The file, to show it.
    pub fn blob(&self) -> &Blob {
        &self.0.blob
    }

    pub(crate) fn jpeg_layout(&self) -> Option<&Layout> {
        self.0.metadata.layout.as_ref()
    }

    /// What the same plan came to before.
    pub(super) fn last_result(&self, plan: &Plan) -> Option<Fitted> {
        let last = self.0.last.borrow();
        last.as_ref().filter(|(known, _)| known == plan).map(|(_, fitted)| fitted.clone())
    }

    pub(super) fn remember(&self, plan: Plan, fitted: Fitted) {
        self.0.last.replace(Some((plan, fitted)));
    }

    pub(crate) fn misfit(&self, misfit: Misfit) -> PictureError {
        let name = self.name().to_owned();
        match misfit {
            Misfit::TooSmall { width, height, min } => PictureError::TooSmall { name, width, height, min },
            Misfit::TooManyPixels { width, height } => PictureError::TooManyPixels { name, width, height },
        }
    }

    pub(crate) fn unreadable(&self, thrown: &JsValue) -> PictureError {
        unreadable(self.name(), thrown)
    }
}

impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Original").field("name", &self.name()).field("header", &self.header()).finish()
    }
}

/// Metadata that cannot be read to its end counts as absent: it does not make a picture worse.
async fn read_metadata(
    file: &Blob,
    name: &str,
    pieces: &mut PartialFile,
    read: &mut impl FnMut(&mut PartialFile) -> std::io::Result<Metadata>,
) -> Result<Metadata, PictureError> {
    loop {
        match (read(pieces), pieces.next_read()) {
            (Ok(metadata), _) => return Ok(metadata),
            (Err(_), None) => return Ok(Metadata::default()),
            (Err(_), Some(range)) => {
                read_piece(file, pieces, range).await.map_err(|thrown| unreadable(name, &thrown))?;
            }
        }
    }
}
