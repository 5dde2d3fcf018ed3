//! A request that may be sent. It can only be had from a draft that passed every check.

use std::fmt;

use crate::body::{Body, Parameters, Piece, push_escaped};
use crate::draft::{EditDraft, PictureSource};
use crate::size::Size;

/// A checked request.
#[derive(Clone, Debug, PartialEq)]
pub struct EditRequest {
    model: String,
    pictures: Vec<PictureSource>,
    prompt: String,
    n: Option<u32>,
    size: Option<Size>,
    seed: Option<u32>,
    negative_prompt: Option<String>,
    prompt_extend: Option<bool>,
    watermark: Option<bool>,
}

/// The numbers of a draft, read while it was checked.
#[derive(Clone, Copy, Default)]
pub(crate) struct Checks {
    pub(crate) n: Option<u32>,
    pub(crate) size: Option<Size>,
    pub(crate) seed: Option<u32>,
}

impl EditRequest {
    /// Only for a draft in which nothing is wrong.
    pub(crate) fn from_checked(draft: &EditDraft, checks: Checks) -> Self {
        Self {
            model: draft.model.trim().to_owned(),
            pictures: draft.pictures.clone(),
            prompt: draft.prompt.clone(),
            n: checks.n,
            size: checks.size,
            seed: checks.seed,
            negative_prompt: draft.negative_prompt.clone(),
            prompt_extend: draft.prompt_extend,
            watermark: draft.watermark,
        }
    }

    /// The model id, as it goes on the wire.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many pictures are asked for; 1 when nothing was said, which is the vendor's default.
    #[must_use]
    pub fn n(&self) -> u32 {
        self.n.unwrap_or(1)
    }

    /// The size asked for.
    #[must_use]
    pub fn size(&self) -> Option<Size> {
        self.size
    }

    /// The instruction.
    #[must_use]
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// How many pictures go in.
    #[must_use]
    pub fn picture_count(&self) -> usize {
        self.pictures.len()
    }

    /// The pictures, in order.
    #[must_use]
    pub fn pictures(&self) -> &[PictureSource] {
        &self.pictures
    }

    fn body(&self) -> Body<'_> {
        Body {
            model: &self.model,
            pictures: &self.pictures,
            prompt: &self.prompt,
            parameters: self.parameters(),
        }
    }

    /// The parameters that are set.
    pub(crate) fn parameters(&self) -> Parameters<'_> {
        Parameters {
            n: self.n,
            size: self.size,
            seed: self.seed,
            negative_prompt: self.negative_prompt.as_deref(),
            prompt_extend: self.prompt_extend,
            watermark: self.watermark,
        }
    }

    /// The body in order, with gaps for the files' base64. Neighbouring JSON is one part.
    #[must_use]
    pub fn body_parts(&self) -> Vec<BodyPart> {
        let mut parts = Vec::new();
        let mut json = String::new();
        for piece in self.body().pieces() {
            match piece {
                Piece::Json(text) => json.push_str(&text),
                Piece::Text(text) => push_escaped(&mut json, &text),
                Piece::Base64 { picture, .. } => {
                    parts.push(BodyPart::Json(std::mem::take(&mut json)));
                    parts.push(BodyPart::Base64 { picture });
                }
            }
        }
        parts.push(BodyPart::Json(json));
        parts
    }

    /// Length of the body in bytes, its base64 included. A file of unknown length counts as empty.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        self.body().len()
    }

    /// The whole body as one string, for native callers and tests. `base64_of` gives the base64 of a picture's file.
    pub fn to_json<F: FnMut(usize) -> String>(&self, mut base64_of: F) -> String {
        let mut json = String::new();
        for part in self.body_parts() {
            match part {
                BodyPart::Json(text) => json.push_str(&text),
                BodyPart::Base64 { picture } => json.push_str(&base64_of(picture)),
            }
        }
        json
    }
}

/// A part of a body. All parts, one after the other, are the body.
#[derive(Clone, PartialEq, Eq)]
pub enum BodyPart {
    /// JSON text.
    Json(String),
    /// Here comes the padded base64 of the file; what stands around it makes it a data URL in a JSON string.
    Base64 {
        /// Index of the picture in the request.
        picture: usize,
    },
}

impl fmt::Debug for BodyPart {
    /// Without the text, which may hold signed links and whole pictures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(json) => write!(f, "Json({} bytes)", json.len()),
            Self::Base64 { picture } => f.debug_struct("Base64").field("picture", picture).finish(),
        }
    }
}
