#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod activity;
mod admin;
mod answer;
mod api;
mod app;
mod body;
mod call;
mod callers;
mod caps;
mod clock;
pub mod config;
mod connection;
mod connector;
mod delivery;
mod durable;
mod exchange;
mod gate;
mod healthcheck;
mod image;
mod invite;
mod jobs;
mod kept_pictures;
mod linger;
mod listener;
pub mod logging;
mod metrics;
mod preface;
mod quota;
mod refusal;
mod refused_body;
mod repeated_body;
mod server;
mod shutdown;
mod static_files;
mod store;
mod tls;
mod upload;
mod upload_room;
mod write_timeout;

pub use healthcheck::healthcheck;
pub use invite::{Invitation, invite};
pub use server::{Reloader, Server, StartError};
pub use shutdown::{Shutdown, signal};
