//! The settings as they are written: every key optional, unknown keys an error.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use serde_path_to_error::Segment;

use super::access::AccessSettings;
use super::error::{self, ConfigError};
use super::limits::Limits;
use super::tls::TlsFiles;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Settings {
    pub(super) listen: Option<SocketAddr>,
    pub(super) admin_listen: Option<SocketAddr>,
    pub(super) public_url: Option<String>,
    pub(super) allowed_origins: Option<Vec<String>>,
    pub(super) static_dir: Option<PathBuf>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) tls: Option<TlsFiles>,
    pub(super) trusted_proxies: Vec<String>,
    pub(super) log_format: LogFormat,
    /// Read one by one, in the order of the file: pages list the regions in that order.
    pub(super) regions: toml::Table,
    pub(super) images: ImageSettings,
    pub(super) limits: Limits,
    pub(super) access: Option<AccessSettings>,
    pub(super) state_dir: Option<PathBuf>,
    pub(super) keep_pictures: bool,
    pub(super) require_idempotency_key: bool,
}

/// The `[images]` table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ImageSettings {
    pub(super) hosts: Option<Vec<String>>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Reads a table into `T`; an error names the key below `prefix`.
pub(super) fn read<'de, T: Deserialize<'de>>(table: toml::Table, prefix: &str) -> Result<T, ConfigError> {
    serde_path_to_error::deserialize(table).map_err(|error| {
        let mut setting = prefix.to_owned();
        for step in error.path() {
            match step {
                Segment::Seq { index } => setting.push_str(&format!("[{index}]")),
                Segment::Map { key } | Segment::Enum { variant: key } => {
                    let dot = if setting.is_empty() { "" } else { "." };
                    setting.push_str(dot);
                    setting.push_str(error::name(key));
                }
                Segment::Unknown => {}
            }
        }
        let setting = if setting.is_empty() { "configuration" } else { &setting };
        ConfigError::invalid(setting, error::without_value(error.inner().message()))
    })
}
