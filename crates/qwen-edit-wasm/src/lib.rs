#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod client;
mod error;
mod fit;
mod images;
mod models;
mod object;
mod options;
mod progress;
mod request;
mod result;
mod violation;

pub use client::Core;
