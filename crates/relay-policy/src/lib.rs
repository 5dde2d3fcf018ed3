#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod access;
pub mod address;
pub mod answer;
pub mod caller_address;
pub mod content;
pub mod cors;
pub mod credential;
pub mod decide;
pub mod describe;
pub mod filename;
pub mod headers;
pub mod host;
pub mod http1;
pub mod idempotency;
pub mod identity;
pub mod image_query;
pub mod ledger;
pub mod offer;
pub mod origin;
pub mod outcome;
pub mod prefer;
pub mod rate;
pub mod redact;
pub mod reject;
pub mod route;
pub mod scan;
pub mod security;
pub mod sniff;
pub mod target;

/// The name this relay gives to image hosts and to the vendor's API, and finds again in a request loop.
pub const AGENT: &str = concat!("qwen-edit-relay/", env!("CARGO_PKG_VERSION"));
