#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod connection;
mod conversation;
mod draft;
mod error;
mod models;
mod preparation;
mod receipt;
mod result;
mod validation;
mod violation;

pub use connection::{check_job, connect, image_answer};
pub use conversation::Conversation;
pub use models::models;
pub use preparation::{Preparation, to_base64};
pub use validation::{check, estimate};

/// 2.4 kB less to download than with the standard one (brotli, of 69).
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
