//! The relay over real sockets: in this process against a scripted upstream, and as a program.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must fail")]

mod connections;
mod cors;
mod framing;
mod http2;
mod images;
mod invites;
mod jobs;
mod logs;
mod operating_page;
mod operator;
#[cfg(unix)]
mod own_tls;
mod program;
mod rates;
mod refusals;
mod settings;
mod settings_secrets;
mod shutdown;
mod start;
mod static_files;
mod streaming;
mod support;
mod timeouts;
mod tls;
mod upstream_faults;
