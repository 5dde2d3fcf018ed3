#![doc = include_str!("../README.md")]

mod api_headers;
mod auth;
mod connection;
mod control;
mod failure;
mod faults;
mod generation;
mod handlers;
mod latency;
mod links;
mod painting;
mod pictures;
mod recorder;
mod request;
mod request_log;
mod server;
mod settings;
mod store;
mod uploads;
mod world;

#[cfg(test)]
mod testing;

pub use latency::Latency;
pub use server::{Simulator, StartError};
pub use settings::Settings;
