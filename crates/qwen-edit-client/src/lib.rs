#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod abort;
mod advice;
mod blob;
mod body;
mod client;
mod codec;
pub mod codec_protocol;
pub mod conversation;
mod decode;
mod encode;
mod error;
mod fetch;
mod fit;
mod job;
mod key;
mod links;
mod lost;
pub mod manners;
mod original;
mod picture;
mod picture_error;
mod relay_info;
mod result;
mod thrown;

pub use client::{Client, Progress};
pub use decode::{Head, image_answer};
pub use encode::to_base64;
pub use error::{Error, ErrorKind};
pub use fit::{Fitted, Fitter, Input, Unfit};
pub use job::{JobId, JobIdError};
pub use key::{ApiKey, ApiKeyError};
pub use links::presentable as presentable_link;
pub use lost::Lost;
pub use original::Original;
pub use picture::Picture;
pub use picture_error::PictureError;
pub use relay_info::{KeyHolder, RelayInfo, RelayLimits, RelayRegion};
pub use result::{EditResult, ResultImage};
