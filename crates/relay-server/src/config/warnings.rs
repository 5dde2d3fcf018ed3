//! What works, and is likely not what the operator wants.

use relay_policy::address::is_global;
use relay_policy::origin::Origin;

use super::{AllowedOrigin, Config};

/// A sentence for each; it begins with the setting's name.
pub(super) fn of(config: &Config) -> Vec<String> {
    let own = [proxies(config), admin_listen(config), studio(config)];
    own.into_iter().flatten().map(str::to_owned).chain(config.limits.warnings()).collect()
}

/// A relay on loopback that has a public name, or one with an https name and no certificate, has a proxy in front.
fn proxies(config: &Config) -> Option<&'static str> {
    let public = config.public_url.as_ref().filter(|origin| !origin.is_loopback())?;
    let is_behind_one = config.listen.ip().is_loopback() || public.is_https() && config.tls.is_none();
    (is_behind_one && config.trusted_proxies.is_empty()).then_some(
        "trusted_proxies: names nobody, but people reach the relay through a proxy: all of them together have the \
         limits of one address; write the proxy's address, for example [\"127.0.0.1\"]",
    )
}

/// The figures tell whoever asks how much is spent.
fn admin_listen(config: &Config) -> Option<&'static str> {
    let ip = config.admin_listen?.ip().to_canonical();
    (ip.is_unspecified() || is_global(ip)).then_some(
        "admin_listen: is on an address that others may reach, and asks nobody who they are; \
         use loopback or a private address, or keep others out with a firewall",
    )
}

/// Browsers send an `Origin` with each call of the studio, also to where it comes from.
fn studio(config: &Config) -> Option<&'static str> {
    let is_own = |entry: &AllowedOrigin| match entry {
        AllowedOrigin::OwnOrigin => true,
        AllowedOrigin::Exact(origin) => match &config.public_url {
            Some(own) => origin == own,
            None => Origin::is_loopback(origin),
        },
    };
    (config.static_dir.is_some() && !config.allowed_origins.iter().any(is_own)).then_some(
        "allowed_origins: lacks \"self\": the studio of static_dir opens, and each of its calls is refused",
    )
}
