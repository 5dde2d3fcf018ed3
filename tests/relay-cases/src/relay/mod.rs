//! The relay under test: how it is configured, started, watched, stopped, killed.

mod log;
mod memory;
mod pool;
mod process;
mod profile;
mod start_up;

pub(crate) use pool::RelayPool;
pub(crate) use process::{Address, Relay};
pub(crate) use profile::{Profile, StatePlace, config_text, many_token, token_hash};
pub(crate) use start_up::{StartUp, try_start};

use std::path::PathBuf;

/// What all relays of a worker have in common.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// The program under test.
    pub(crate) binary: PathBuf,
    /// A library that lets it believe in another day; see `clock/shifted_clock.rs`.
    pub(crate) clock: Option<PathBuf>,
    pub(crate) scratch: PathBuf,
    /// The authority that signed the mocks' certificates.
    pub(crate) ca_file: PathBuf,
    /// Certificate and key for relays that speak TLS themselves.
    pub(crate) certificate_file: PathBuf,
    pub(crate) key_file: PathBuf,
    /// Settings that a relay of an earlier version does not know yet: beginnings of keys to leave out.
    pub(crate) without: Vec<String>,
}

/// The environment variable that holds the relay's own key.
pub(crate) const KEY_VARIABLE: &str = "RELAY_CASES_SERVER_KEY";
