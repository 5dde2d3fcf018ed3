//! A request as it arrives, for programs that stand in for the API.
//!
//! As tolerant as the real API seems to be: `parameters` may be missing, unknown keys are kept, and what is missing is
//! `None`, so that the reader can name it in its own words. A known key of the wrong type is an error.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::link::Redacted;

/// The body of a call.
#[derive(Clone, Debug, Deserialize)]
pub struct RequestBody {
    /// Model id.
    pub model: Option<String>,
    /// Pictures and prompt.
    pub input: Option<Input>,
    /// Settings.
    pub parameters: Option<Parameters>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// `input`
#[derive(Clone, Debug, Deserialize)]
pub struct Input {
    /// Exactly one, in a right request.
    pub messages: Option<Vec<Message>>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An item of `input.messages`.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// `user`, in a right request.
    pub role: Option<String>,
    /// Pictures and one text.
    pub content: Option<Vec<ContentItem>>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An item of a message's `content`: an image or a text, in a right request.
#[derive(Clone, Deserialize)]
pub struct ContentItem {
    /// Link or data URL.
    pub image: Option<String>,
    /// The prompt.
    pub text: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl fmt::Debug for ContentItem {
    /// Without the secrets of links.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentItem")
            .field("image", &self.image.as_deref().map(Redacted))
            .field("text", &self.text)
            .field("other", &self.other)
            .finish()
    }
}

/// `parameters`
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Parameters {
    /// Number of pictures.
    pub n: Option<i64>,
    /// `width*height`
    pub size: Option<String>,
    /// Seed.
    pub seed: Option<i64>,
    /// What to avoid.
    pub negative_prompt: Option<String>,
    /// Whether to rewrite the prompt.
    pub prompt_extend: Option<bool>,
    /// Whether to mark the result.
    pub watermark: Option<bool>,
    /// Everything else, such as `stream` from old SDKs.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}
