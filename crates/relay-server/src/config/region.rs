//! The `[regions.…]` tables: where calls go and whose key pays for them.

use std::fs;
use std::path::{Path, PathBuf};

use relay_policy::answer::KeyHolder;
use relay_policy::credential::Credential;
use relay_policy::offer::{ModelPattern, Rules};
use relay_policy::origin::Origin;
use relay_policy::route::is_region_id;
use serde::Deserialize;

use super::error::{self, ConfigError};
use super::{each, settings};

/// One region, checked.
#[derive(Debug, Clone)]
pub struct Region {
    /// The id in the path.
    pub id: String,
    /// Where calls go; plain http only on loopback.
    pub upstream: Origin,
    /// The relay's own key; `None` when callers bring theirs.
    pub key: Option<Credential>,
    /// Picture origins the operator trusts without an address check.
    pub result_origins: Vec<Origin>,
    /// What a held key may be spent on.
    pub rules: Rules,
    /// Whether its calls cost nothing: then their jobs take no room from those that do.
    pub free: bool,
}

/// The vendor's image editing models, all generations.
const DEFAULT_MODELS: [&str; 1] = ["qwen-image*"];
/// The most pictures any of them makes in one call.
const DEFAULT_MAX_IMAGES: u32 = 6;

impl Region {
    /// Who brings the key.
    #[must_use]
    pub fn holder(&self) -> KeyHolder {
        if self.key.is_some() { KeyHolder::Server } else { KeyHolder::Client }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionSettings {
    upstream: String,
    #[serde(default)]
    key: Option<String>,
    key_env: Option<String>,
    key_file: Option<PathBuf>,
    #[serde(default)]
    result_origins: Vec<String>,
    models: Option<Vec<String>>,
    max_images: Option<u32>,
    #[serde(default)]
    free: bool,
}

pub(super) fn read_all(
    tables: &toml::Table,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Region>, ConfigError> {
    if tables.is_empty() {
        return Err(ConfigError::invalid(
            "regions",
            "name at least one, for example [regions.beijing] with upstream = \"https://dashscope.aliyuncs.com\"",
        ));
    }
    tables.iter().map(|(id, value)| read(id, value, &environment)).collect()
}

fn read(
    id: &str,
    value: &toml::Value,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<Region, ConfigError> {
    let name = format!("regions.{}", error::name(id));
    if !is_region_id(id) {
        return Err(ConfigError::invalid(
            name,
            "a region id is 1 to 32 of a-z, 0-9 and \"-\", and not \"image\", \"jobs\" or \"healthz\"",
        ));
    }
    let toml::Value::Table(table) = value else {
        return Err(ConfigError::invalid(name, "must be a table"));
    };
    let written: RegionSettings = settings::read(table.clone(), &name)?;
    let key = key(&written, &name, environment)?;
    Ok(Region {
        id: id.to_owned(),
        upstream: origin(&written.upstream, &format!("{name}.upstream"))?,
        rules: rules(&written, &name, key.is_some())?,
        key,
        free: written.free,
        result_origins: written
            .result_origins
            .iter()
            .enumerate()
            .map(|(index, text)| origin(text, &format!("{name}.result_origins[{index}]")))
            .collect::<Result<_, _>>()?,
    })
}

/// What calls may ask for. Callers with a key of their own ask the vendor, not the relay.
fn rules(written: &RegionSettings, name: &str, strict: bool) -> Result<Rules, ConfigError> {
    if !strict {
        let given = [("models", written.models.is_some()), ("max_images", written.max_images.is_some())];
        return match given.iter().find(|(_, given)| *given) {
            Some((setting, _)) => Err(ConfigError::invalid(
                format!("{name}.{setting}"),
                "only counts with key = \"server\"; remove it, or hold the key",
            )),
            None => Ok(Rules::default()),
        };
    }
    let models = written.models.clone().unwrap_or_else(|| DEFAULT_MODELS.map(str::to_owned).into());
    let max_images = written.max_images.unwrap_or(DEFAULT_MAX_IMAGES);
    if max_images == 0 || models.is_empty() {
        let setting = if max_images == 0 { "max_images" } else { "models" };
        return Err(ConfigError::invalid(format!("{name}.{setting}"), "would refuse every call"));
    }
    Ok(Rules {
        models: Some(each(&format!("{name}.models"), &models, ModelPattern::parse)?),
        max_images: Some(max_images),
        strict: true,
    })
}

/// An origin the relay connects to. Keys and pictures do not travel in clear beyond this machine.
fn origin(text: &str, setting: &str) -> Result<Origin, ConfigError> {
    let origin = Origin::parse(text).map_err(|error| ConfigError::invalid(setting, error))?;
    if origin.is_https() || origin.is_loopback() {
        Ok(origin)
    } else {
        Err(ConfigError::invalid(setting, "must be https; plain http is for loopback only"))
    }
}

fn key(
    written: &RegionSettings,
    name: &str,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<Option<Credential>, ConfigError> {
    let setting = format!("{name}.key");
    match written.key.as_deref() {
        None | Some("passthrough") => match (&written.key_env, &written.key_file) {
            (None, None) => Ok(None),
            _ => Err(ConfigError::invalid(setting, "must be \"server\" when key_env or key_file is given")),
        },
        Some("server") => {
            let (setting, text) = match (&written.key_env, &written.key_file) {
                (Some(variable), None) => (format!("{name}.key_env"), from_variable(variable, environment)),
                (None, Some(path)) => (format!("{name}.key_file"), from_file(path)),
                _ => {
                    return Err(ConfigError::invalid(
                        setting,
                        "\"server\" needs key_env or key_file, and only one of them",
                    ));
                }
            };
            let text = text.map_err(|problem| ConfigError::invalid(&setting, problem))?;
            Credential::from_token(text.trim())
                .map(Some)
                .map_err(|error| ConfigError::invalid(setting, error))
        }
        // What stands here may be a key, so it is not repeated.
        Some(_) => Err(ConfigError::invalid(
            setting,
            "must be \"passthrough\" or \"server\"; the key itself goes into the environment (key_env) or a file (key_file)",
        )),
    }
}

/// What is no name may be the key, put there by mistake: it is not repeated. Nor is a name in lower case, which a key
/// can look like.
fn from_variable(name: &str, environment: &impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let is_name = !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name {
        return Err(
            "is not the name of a variable; write the name here, and the key itself into the environment"
                .to_owned(),
        );
    }
    environment(name).ok_or_else(|| match name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        true => "the variable of this name is not set".to_owned(),
        false => format!("the variable {} is not set", error::name(name)),
    })
}

fn from_file(path: &Path) -> Result<String, String> {
    // The vendor's keys begin like this.
    let is_key = path.to_str().is_some_and(|text| text.starts_with("sk-") && !text.contains('/'));
    if is_key {
        return Err("is a key, not a file; write the path here, and the key itself into that file".to_owned());
    }
    key_file(path)
}

/// A file that nobody else may read.
pub(super) fn key_file(path: &Path) -> Result<String, String> {
    let shown = error::path(path);
    let unreadable = |error: std::io::Error| format!("{shown} cannot be read: {error}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode();
        // For a service with a user of its own, systemd lets exactly that user read a credential, and the mode shows it
        // as a right of the group.
        let others = if is_credential(path) { 0o007 } else { 0o077 };
        if mode & others != 0 {
            return Err(format!(
                "{shown} can be read by other users (mode {:04o}); chmod 600 it",
                mode & 0o777
            ));
        }
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// Whether systemd put the file where no other service sees it.
#[cfg(unix)]
fn is_credential(path: &Path) -> bool {
    std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|directory| path.starts_with(directory))
}
