#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod answer;
mod body;
pub mod catalogue;
pub mod code;
pub mod draft;
pub mod failure;
pub mod fit;
pub mod json;
mod link;
pub mod mention;
pub mod phrase;
pub mod picture;
pub mod region;
pub mod request;
#[cfg(feature = "sentences")]
pub mod sentences;
pub mod size;
pub mod text;
pub mod validate;
pub mod violation;
pub mod warn;
pub mod wire;

pub use answer::{Answer, EditResponse, Usage, https_link, parse_answer, read_answer};
pub use catalogue::{
    DEFAULT_MODEL, Model, Parameter, ParameterSet, Price, Span, Status, estimate_micro_cny, find_model,
    models,
};
pub use code::{CodeLanguage, CodeTarget};
pub use draft::{EditDraft, PictureFacts, PictureSource};
pub use failure::{
    Advice, Charged, NextStep, Retry, Shape, UpstreamFailure, advice_by_id, advice_for_relay, all_advice,
    catch_all_advice,
};
pub use picture::{MAX_PICTURE_BYTES, MediaType, SAFE_BODY_BYTES};
pub use region::{DEMO_KEY, GENERATION_PATH, Region, find_region, regions};
pub use request::{BodyPart, EditRequest};
#[cfg(feature = "sentences")]
pub use sentences::Sentences;
pub use size::{ParseSizeError, Size, SizePreset, SizeProblem, SizeRule, size_presets, snapped};
pub use text::{Language, Text};
pub use validate::Checked;
pub use violation::{Field, Violation, ViolationKind, Violations, Warning, WarningKind};
pub use warn::estimated_tokens;
