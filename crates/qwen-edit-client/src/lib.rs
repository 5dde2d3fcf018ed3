#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod abort;
mod advice;
mod blob;
mod body;
mod client;
mod codec;
mod decode;
mod encode;
mod error;
mod fetch;
mod fit;
mod job;
mod key;
mod links;
mod original;
mod picture;
mod picture_error;
mod relay_info;
mod result;
mod thrown;

pub use abort::until_aborted;
pub use client::{Client, Progress};
pub use error::{Error, ErrorKind};
pub use fit::{Fitted, Fitter, Input, Unfit};
pub use job::{JobId, JobIdError};
pub use key::{ApiKey, ApiKeyError};
pub use original::Original;
pub use picture::Picture;
pub use picture_error::PictureError;
pub use relay_info::{KeyHolder, RelayInfo, RelayLimits, RelayRegion};
pub use result::{EditResult, ResultImage};
