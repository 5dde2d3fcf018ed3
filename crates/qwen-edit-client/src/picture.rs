//! A picture the user gave: a file, whose bytes the browser keeps, or a link.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use qwen_edit_api::fit::{Facts, SourceFormat};
use qwen_edit_api::{MAX_PICTURE_BYTES, MediaType, PictureFacts, PictureSource};
use wasm_bindgen::JsValue;
use web_sys::{Blob, Url};

use crate::encode::{self, EncodeError};
use crate::partial_file::PartialFile;
use crate::sniff::{self, Dimensions, Format};
use crate::{PictureError, blob, links, thrown};

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
    /// Takes a file after reading its header. What it is called plays no role, `name` is only for messages.
    ///
    /// # Errors
    /// When it is empty, of no format the API takes, damaged, over [`MAX_PICTURE_BYTES`], or unreadable.
    pub async fn from_blob(blob: Blob, name: &str) -> Result<Picture, PictureError> {
        let facts = read_facts(&blob, name).await?;
        let file = File { name: name.to_owned(), blob, facts, base64: OnceCell::new() };
        Ok(Picture(Rc::new(Content::File(file))))
    }

    /// A file that was looked into already. Of a format the API does not take, only its length is told.
    pub(crate) fn from_checked(blob: Blob, name: &str, facts: Facts) -> Picture {
        let media_type = match facts.format {
            SourceFormat::Taken(media_type) => media_type,
            // Never goes as it is.
            SourceFormat::Avif | SourceFormat::Heic | SourceFormat::Svg => MediaType::Png,
        };
        let Facts { bytes, width, height, .. } = facts;
        let facts = PictureFacts { media_type, bytes, width, height };
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

async fn read_facts(file: &Blob, name: &str) -> Result<PictureFacts, PictureError> {
    let bytes = blob::len(file);
    let mut pieces = PartialFile::new(bytes);
    let media_type = match read_format(file, name, &mut pieces).await? {
        SourceFormat::Taken(media_type) => media_type,
        other => {
            let name = name.to_owned();
            return Err(PictureError::UnsupportedFormat { name, detected: other.name() });
        }
    };
    // After the format: "this is a video" helps more than "this video is too large".
    if bytes > MAX_PICTURE_BYTES {
        return Err(PictureError::TooLarge { name: name.to_owned(), bytes, max: MAX_PICTURE_BYTES });
    }
    let (width, height) = read_dimensions(file, name, media_type, &mut pieces).await?;
    Ok(PictureFacts { media_type, bytes, width, height })
}

/// Reads the beginning of a file and says what it is.
pub(crate) async fn read_format(
    file: &Blob,
    name: &str,
    pieces: &mut PartialFile,
) -> Result<SourceFormat, PictureError> {
    if blob::len(file) == 0 {
        return Err(PictureError::Empty { name: name.to_owned() });
    }
    let first = pieces.first_read();
    read_piece(file, pieces, first).await.map_err(|thrown| unreadable(name, &thrown))?;
    match sniff::format(pieces.head()) {
        Format::Source(format) => Ok(format),
        Format::Unsupported(detected) => {
            Err(PictureError::UnsupportedFormat { name: name.to_owned(), detected })
        }
        Format::Unknown => Err(PictureError::NotAPicture { name: name.to_owned() }),
    }
}

pub(crate) async fn read_dimensions(
    file: &Blob,
    name: &str,
    media_type: MediaType,
    pieces: &mut PartialFile,
) -> Result<(u32, u32), PictureError> {
    loop {
        match sniff::dimensions(media_type, pieces) {
            Dimensions::Found { width, height } => return Ok((width, height)),
            Dimensions::Needs(range) => {
                read_piece(file, pieces, range).await.map_err(|thrown| unreadable(name, &thrown))?;
            }
            Dimensions::Damaged => {
                return Err(PictureError::Damaged {
                    name: name.to_owned(),
                    format: SourceFormat::Taken(media_type).name(),
                });
            }
        }
    }
}

pub(crate) async fn read_piece(
    file: &Blob,
    pieces: &mut PartialFile,
    range: Range<u64>,
) -> Result<(), JsValue> {
    let start = range.start;
    let bytes = blob::read(file, range).await?;
    pieces.add(start, bytes.to_vec());
    Ok(())
}

pub(crate) fn unreadable(name: &str, thrown: &JsValue) -> PictureError {
    PictureError::Unreadable { name: name.to_owned(), detail: thrown::name(thrown) }
}
