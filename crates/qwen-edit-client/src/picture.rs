//! A picture the user gave: a file, whose bytes the browser keeps, or a link.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use qwen_edit_api::{PictureFacts, PictureSource};
use wasm_bindgen::JsValue;
use web_sys::{Blob, Url};

use crate::encode::{self, EncodeError};
use crate::{PictureError, links, thrown};

/// A picture the user gave. Cheap to clone; clones share the encoded form.
#[derive(Clone)]
pub struct Picture(Rc<Content>);

enum Content {
    Link { url: String, name: String },
    File(File),
}

/// A file that passed the checks.
pub(crate) struct File {
    name: String,
    blob: Blob,
    facts: PictureFacts,
    /// The file as base64, once somebody needed it.
    base64: OnceCell<Blob>,
}

impl Picture {
    /// A file of which the facts are known, [read](crate::Fitter::read) by this crate or by the caller. They are not
    /// checked again: a wrong media type would become a wrong, perhaps paid request. `name` is only for messages.
    pub fn from_checked(blob: Blob, name: &str, facts: PictureFacts) -> Picture {
        Picture(Rc::new(Content::File(File { name: name.to_owned(), blob, facts, base64: OnceCell::new() })))
    }

    /// Takes a link. The vendor's servers will fetch it, so it must be public.
    ///
    /// # Errors
    /// When it is not an absolute `http:` or `https:` link.
    pub fn from_url(url: &str) -> Result<Picture, PictureError> {
        let url = url.trim();
        match Url::new(url) {
            Ok(parsed) if matches!(parsed.protocol().as_str(), "https:" | "http:") => {
                Ok(Picture(Rc::new(Content::Link { url: url.to_owned(), name: links::file_name(url) })))
            }
            _ => Err(PictureError::UrlInvalid { url: links::presentable(url) }),
        }
    }

    /// The name of the file, or of the file at the end of the link.
    pub fn name(&self) -> &str {
        match &*self.0 {
            Content::Link { name, .. } | Content::File(File { name, .. }) => name,
        }
    }

    /// What a draft needs to know of it.
    pub fn source(&self) -> PictureSource {
        match &*self.0 {
            Content::Link { url, .. } => PictureSource::Url(url.clone()),
            Content::File(file) => PictureSource::File(file.facts),
        }
    }

    /// What the header of the file says; nothing is known of a link.
    pub fn facts(&self) -> Option<&PictureFacts> {
        self.file().map(|file| &file.facts)
    }

    /// The file, to show it.
    pub fn blob(&self) -> Option<&Blob> {
        self.file().map(|file| &file.blob)
    }

    /// The link, as it was given.
    pub fn url(&self) -> Option<&str> {
        match &*self.0 {
            Content::Link { url, .. } => Some(url),
            Content::File(_) => None,
        }
    }

    /// Encodes ahead of time, so that pressing Run sends at once. Does nothing the second time, and nothing for a link.
    ///
    /// # Errors
    /// When the file can no longer be read.
    pub async fn prepare(&self) -> Result<(), PictureError> {
        match self.file() {
            Some(file) => file.base64().await.map(drop),
            None => Ok(()),
        }
    }

    pub(crate) fn file(&self) -> Option<&File> {
        match &*self.0 {
            Content::Link { .. } => None,
            Content::File(file) => Some(file),
        }
    }
}

impl File {
    pub(crate) fn bytes(&self) -> u64 {
        self.facts.bytes
    }

    /// The file as base64. Two callers at once may both encode (a tenth of a second for 10 MB): the first result is kept.
    pub(crate) async fn base64(&self) -> Result<Blob, PictureError> {
        if let Some(encoded) = self.base64.get() {
            return Ok(encoded.clone());
        }
        let encoded = encode::base64(&self.blob).await.map_err(|error| match error {
            EncodeError::Browser(thrown) => unreadable(&self.name, &thrown),
            EncodeError::Changed => {
                PictureError::Unreadable { name: self.name.clone(), detail: "its size changed".to_owned() }
            }
        })?;
        Ok(self.base64.get_or_init(|| encoded).clone())
    }
}

impl fmt::Debug for Picture {
    /// A link may be signed, so only its public part is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut picture = f.debug_struct("Picture");
        picture.field("name", &self.name());
        match &*self.0 {
            Content::Link { url, .. } => picture.field("url", &links::presentable(url)),
            Content::File(file) => picture.field("facts", &file.facts),
        };
        picture.finish()
    }
}

pub(crate) fn unreadable(name: &str, thrown: &JsValue) -> PictureError {
    PictureError::Unreadable { name: name.to_owned(), detail: thrown::name(thrown) }
}
