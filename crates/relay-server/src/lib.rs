#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod admin;
mod api;
mod app;
mod body;
mod caps;
pub mod config;
mod connection;
mod connector;
mod exchange;
mod image;
mod listener;
pub mod logging;
mod metrics;
mod preface;
mod refused_body;
mod server;
mod shutdown;
mod static_files;
mod upload;
mod write_timeout;

pub use server::{Server, StartError};
pub use shutdown::{Shutdown, signal};
