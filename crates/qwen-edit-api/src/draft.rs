//! What a form or a caller holds before a request is checked: every field loose, nothing promised.

use std::fmt;

use crate::catalogue::{Parameter, find_model};
use crate::link::Redacted;
use crate::picture::MediaType;

/// A request in the making. [`validate`](EditDraft::validate) turns it into an [`EditRequest`](crate::EditRequest).
///
/// Absent parameters are not sent; the vendor's defaults hold then.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditDraft {
    /// A model id of the catalogue, or any other one.
    pub model: String,
    /// In the order that the prompt means by "image 1", "image 2".
    pub pictures: Vec<PictureSource>,
    /// What to change.
    pub prompt: String,
    /// How many pictures to make.
    pub n: Option<i64>,
    /// `width*height` in pixels.
    pub size: Option<String>,
    /// The same seed makes similar results.
    pub seed: Option<i64>,
    /// What should not be in the picture.
    pub negative_prompt: Option<String>,
    /// Whether the vendor may rewrite the prompt.
    pub prompt_extend: Option<bool>,
    /// Whether the vendor marks the result.
    pub watermark: Option<bool>,
}

impl EditDraft {
    /// A copy without the parameters that its model does not take, for a form whose model was changed.
    ///
    /// An unknown model keeps everything.
    #[must_use]
    pub fn without_unsupported(&self) -> Self {
        let mut draft = self.clone();
        let Some(model) = find_model(draft.model.trim()) else { return draft };
        let has = |parameter| model.parameters.has(parameter);
        draft.n = draft.n.filter(|_| has(Parameter::N));
        draft.size = draft.size.filter(|_| has(Parameter::Size));
        draft.seed = draft.seed.filter(|_| has(Parameter::Seed));
        draft.negative_prompt = draft.negative_prompt.filter(|_| has(Parameter::NegativePrompt));
        draft.prompt_extend = draft.prompt_extend.filter(|_| has(Parameter::PromptExtend));
        draft.watermark = draft.watermark.filter(|_| has(Parameter::Watermark));
        draft
    }
}

/// Where an input picture comes from.
#[derive(Clone, PartialEq)]
pub enum PictureSource {
    /// `http:`, `https:`, `oss:` (a temporary upload) or a whole `data:` URL. The vendor's servers fetch it.
    Url(String),
    /// A file of the caller: only facts about it are known here, its bytes join while the body is built.
    File(PictureFacts),
}

impl fmt::Debug for PictureSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.debug_tuple("Url").field(&Redacted(url)).finish(),
            Self::File(facts) => f.debug_tuple("File").field(facts).finish(),
        }
    }
}

/// What is known about a file without decoding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureFacts {
    /// The real format, from the first bytes.
    pub media_type: MediaType,
    /// Length of the file; 0 when unknown.
    pub bytes: u64,
    /// In pixels; 0 when unknown.
    pub width: u32,
    /// In pixels; 0 when unknown.
    pub height: u32,
}
