//! Who may spend the relay's own keys. Until invites and budgets exist, only this machine may.

use super::error::ConfigError;
use super::settings::Settings;
use super::{AllowedOrigin, Config};

/// Settings of later versions: refused by name, since ignoring them would look like protection.
pub(super) fn refuse_unoffered(settings: &Settings) -> Result<(), ConfigError> {
    let offered_later = [("access", settings.access.is_some()), ("state_dir", settings.state_dir.is_some())];
    match offered_later.iter().find(|(_, given)| *given) {
        Some((setting, _)) => Err(ConfigError::invalid(
            *setting,
            format!("relay {} does not offer this yet; remove it", env!("CARGO_PKG_VERSION")),
        )),
        None => Ok(()),
    }
}

/// A held key without access control is a key for everybody who can reach the relay.
pub(super) fn check_held_keys(config: &Config) -> Result<(), ConfigError> {
    let Some(region) = config.regions.iter().find(|region| region.key.is_some()) else { return Ok(()) };
    let refuse = |why: &str| {
        Err(ConfigError::invalid(
            format!("regions.{}.key", region.id),
            format!(
                "\"server\" needs access control, which this version does not offer, so it works on this machine only: {why}"
            ),
        ))
    };
    if !config.listen.ip().is_loopback() {
        return refuse("listen must be on loopback, for example \"127.0.0.1:8787\"");
    }
    if config.public_url.as_ref().is_some_and(|origin| !origin.is_loopback()) {
        return refuse("public_url must be on loopback");
    }
    let local = |entry: &AllowedOrigin| match entry {
        AllowedOrigin::OwnOrigin => true,
        AllowedOrigin::Exact(origin) => origin.is_loopback(),
    };
    if !config.allowed_origins.iter().all(local) {
        return refuse("allowed_origins must be \"self\" and loopback origins only");
    }
    Ok(())
}
