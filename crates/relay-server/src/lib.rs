#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod activity;
mod admin;
mod api;
mod app;
mod body;
mod callers;
mod caps;
pub mod config;
mod connection;
mod connector;
mod delivery;
mod exchange;
mod gate;
mod image;
mod linger;
mod listener;
pub mod logging;
mod metrics;
mod preface;
mod refusal;
mod refused_body;
mod server;
mod shutdown;
mod static_files;
mod tls;
mod upload;
mod write_timeout;

pub use server::{Server, StartError};
pub use shutdown::{Shutdown, signal};
