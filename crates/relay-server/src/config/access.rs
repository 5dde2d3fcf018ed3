//! Who may spend the relay's own keys, and how much. What would leave a held key open to others is refused here.

use std::sync::Arc;

use relay_policy::access::{Access, Invite, Quota};
use serde::Deserialize;

use super::error::{self, ConfigError};
use super::{AllowedOrigin, Config};

/// For an invite that does not say otherwise.
const CALLS_AT_ONCE: u32 = 4;
const REQUESTS_PER_MINUTE: u32 = 30;

/// The `[access]` table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AccessSettings {
    invites: Vec<InviteSettings>,
    images_per_day: Option<u32>,
    requests_per_minute: Option<u32>,
    calls_at_once: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InviteSettings {
    name: String,
    token_sha256: String,
    images_per_day: Option<u32>,
    requests_per_minute: Option<u32>,
    calls_at_once: Option<u32>,
}

/// Reads the table. Every invite ends up with a budget: its own, or the one of all together.
pub(super) fn read(written: AccessSettings) -> Result<Access, ConfigError> {
    let total = Quota {
        images_per_day: written.images_per_day,
        requests_per_minute: written.requests_per_minute,
        calls_at_once: written.calls_at_once,
    };
    check_quota(total, "access")?;
    if written.invites.is_empty() {
        return Err(ConfigError::invalid(
            "access.invites",
            "lists nobody; make an invite with `relay-server invite NAME`",
        ));
    }
    let mut invites: Vec<Arc<Invite>> = Vec::with_capacity(written.invites.len());
    for written in written.invites {
        let invite = invite(written, total)?;
        if let Some(other) =
            invites.iter().find(|known| known.name == invite.name || known.same_token(&invite))
        {
            return Err(ConfigError::invalid(
                "access.invites",
                format!(
                    "\"{}\" and \"{}\" share a name or a token",
                    error::name(&other.name),
                    error::name(&invite.name)
                ),
            ));
        }
        invites.push(Arc::new(invite));
    }
    Ok(Access { invites, total })
}

fn invite(written: InviteSettings, total: Quota) -> Result<Invite, ConfigError> {
    let name = written.name;
    if !is_name(&name) {
        return Err(ConfigError::invalid(
            "access.invites.name",
            "is 1 to 64 of A-Z, a-z, 0-9, \".\", \"_\" and \"-\", and no token or key",
        ));
    }
    // Somebody may have swapped the name and the token.
    let shown = error::name(&name);
    let setting = |key: &str| format!("access.invites.{shown}.{key}");
    if written.images_per_day.is_none() && total.images_per_day.is_none() {
        return Err(ConfigError::invalid(
            setting("images_per_day"),
            "is missing, and so is access.images_per_day: one of them must bound what can be spent",
        ));
    }
    let quota = Quota {
        images_per_day: written.images_per_day,
        requests_per_minute: Some(written.requests_per_minute.unwrap_or(REQUESTS_PER_MINUTE)),
        calls_at_once: Some(written.calls_at_once.unwrap_or(CALLS_AT_ONCE)),
    };
    check_quota(quota, &format!("access.invites.{shown}"))?;
    let digest = setting("token_sha256");
    Invite::new(name, &written.token_sha256, quota).map_err(|error| ConfigError::invalid(digest, error))
}

/// A name that can stand in logs and settings as it is: short, plain, and no token that slipped into its place.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && !error::is_secret(name)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

fn check_quota(quota: Quota, prefix: &str) -> Result<(), ConfigError> {
    for (key, value) in [
        ("images_per_day", quota.images_per_day),
        ("requests_per_minute", quota.requests_per_minute),
        ("calls_at_once", quota.calls_at_once),
    ] {
        if value == Some(0) {
            let problem = "must be at least 1; remove the invite to shut somebody out";
            return Err(ConfigError::invalid(format!("{prefix}.{key}"), problem));
        }
    }
    Ok(())
}

/// A held key without access control is a key for everybody who can reach the relay. `access` is the configuration's
/// own, or what shall take its place.
pub(super) fn check_held_keys(config: &Config, access: Option<&Access>) -> Result<(), ConfigError> {
    let holder = config.regions.iter().find(|region| region.key.is_some());
    match (holder, access) {
        (None, _) => Ok(()),
        (Some(region), None) => check_local(config, &region.id),
        (Some(_), Some(_)) => check_budget_is_kept(config),
    }
}

fn check_local(config: &Config, region: &str) -> Result<(), ConfigError> {
    let refuse = |why: &str| {
        Err(ConfigError::invalid(
            "access",
            format!(
                "is missing: regions.{region}.key = \"server\" without [access] works on this machine only, so {why}"
            ),
        ))
    };
    if !config.listen.ip().is_loopback() {
        return refuse("listen must be on loopback, for example \"127.0.0.1:8787\"");
    }
    if config.public_url.as_ref().is_some_and(|origin| !origin.is_loopback()) {
        return refuse("public_url must be on loopback");
    }
    if !config.trusted_proxies.is_empty() {
        return refuse("trusted_proxies must be empty: callers behind a proxy are not on this machine");
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

/// A budget in memory starts anew with every restart.
fn check_budget_is_kept(config: &Config) -> Result<(), ConfigError> {
    let is_public = !config.listen.ip().is_loopback()
        || config.public_url.as_ref().is_some_and(|origin| !origin.is_loopback());
    if is_public && config.state_dir.is_none() {
        return Err(ConfigError::invalid(
            "state_dir",
            "is needed with [access] on a public address: without it every restart gives the day's budget back",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_is_plain_and_no_secret_that_slipped_into_its_place() {
        for name in ["anna", "family-2.old_A", "x", "skippy"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "two words", "a\"b", "sk-canary", "SK-canary", "qei_canary", &"x".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
