//! Configurations. Cases that need the same one share a running relay.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{KEY_VARIABLE, Site};
use crate::case_file::KeyMode;
use crate::fill::Secrets;
use crate::world::{hex, places};

/// Seconds until an upstream that does not answer is given up, where a case waits for that.
const UPSTREAM_LIMIT: u64 = 4;

/// What is special about a relay. Two cases with equal profiles may use the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Profile {
    pub(crate) mode: KeyMode,
    pub(crate) state: StatePlace,
    /// Pictures a day of the first invited person.
    budget: u32,
    /// People with a token of their own, besides the first two.
    many: usize,
    over_ipv6: bool,
    over_tls: bool,
    /// Settings and their values as TOML, added to or instead of the usual ones.
    changes: BTreeMap<String, String>,
}

/// Where a relay keeps its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum StatePlace {
    Memory,
    Folder,
    /// A disk of this many bytes, to be filled.
    SmallDisk(u64),
}

/// The places one process is given.
#[derive(Debug, Clone)]
pub(super) struct Places<'a> {
    pub(super) port: u16,
    pub(super) admin_port: u16,
    pub(super) state_dir: &'a Path,
}

impl Profile {
    /// The usual relay of a mode.
    pub(crate) fn of(mode: KeyMode) -> Self {
        Self {
            mode,
            state: StatePlace::Folder,
            budget: 1_000_000,
            many: 0,
            over_ipv6: false,
            over_tls: false,
            changes: BTreeMap::new(),
        }
    }

    /// The same with one more setting, `value` written as TOML.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.changes.insert(key.to_owned(), value.to_owned());
        self
    }

    #[must_use]
    pub(crate) fn with_budget(self, pictures_a_day: u32) -> Self {
        Self { budget: pictures_a_day, ..self }
    }

    /// Invites more people; their tokens are [`many_token`].
    #[must_use]
    pub(crate) fn with_many(self, people: usize) -> Self {
        Self { many: people, ..self }
    }

    #[must_use]
    pub(crate) fn with_state(self, state: StatePlace) -> Self {
        Self { state, ..self }
    }

    #[must_use]
    pub(crate) fn over_ipv6(self) -> Self {
        Self { over_ipv6: true, ..self }
    }

    /// The relay speaks TLS itself.
    #[must_use]
    pub(crate) fn over_tls(self) -> Self {
        Self { over_tls: true, ..self }
    }

    /// An upstream that does not answer is given up soon.
    #[must_use]
    pub(crate) fn with_short_upstream_limits(self) -> Self {
        let limit = format!("\"{UPSTREAM_LIMIT}s\"");
        self.with("limits.first_byte_timeout", &limit).with("limits.total_timeout", &limit)
    }

    pub(crate) fn is_over_ipv6(&self) -> bool {
        self.over_ipv6
    }

    /// The configuration file.
    pub(super) fn text(&self, site: &Site, secrets: &Secrets, places: &Places<'_>) -> String {
        let mut settings = self.settings(site, secrets, places);
        settings.extend(self.changes.clone());
        let kept = |key: &&String| !site.without.iter().any(|left_out| key.starts_with(left_out.as_str()));
        let lines = settings.iter().filter(|(key, value)| kept(key) && !value.is_empty());
        lines.map(|(key, value)| format!("{key} = {value}\n")).collect()
    }

    fn settings(&self, site: &Site, secrets: &Secrets, places: &Places<'_>) -> BTreeMap<String, String> {
        let Places { port, admin_port, state_dir } = places;
        let any = if self.over_ipv6 { "[::]" } else { "0.0.0.0" };
        let scheme = if self.over_tls { "https" } else { "http" };
        let mut settings = vec![
            ("listen", format!("\"{any}:{port}\"")),
            ("admin_listen", format!("\"127.0.0.1:{admin_port}\"")),
            ("public_url", format!("\"{scheme}://{}:{port}\"", places::RELAY_NAME)),
            ("allowed_origins", format!("[\"{}\"]", places::ORIGIN)),
            ("ca_file", format!("\"{}\"", site.ca_file.display())),
            ("regions.test.upstream", format!("\"https://{}\"", places::API_NAME)),
        ];
        if self.state != StatePlace::Memory {
            settings.push(("state_dir", format!("\"{}\"", state_dir.display())));
        }
        if self.over_tls {
            settings.push(("tls.cert_file", format!("\"{}\"", site.certificate_file.display())));
            settings.push(("tls.key_file", format!("\"{}\"", site.key_file.display())));
        }
        match self.mode {
            KeyMode::Passthrough => settings.push(("regions.test.key", "\"passthrough\"".to_owned())),
            KeyMode::ServerKey => settings.extend([
                ("regions.test.key", "\"server\"".to_owned()),
                ("regions.test.key_env", format!("\"{KEY_VARIABLE}\"")),
                ("regions.test.models", "[\"qwen-image-edit*\"]".to_owned()),
                ("regions.test.max_images", "6".to_owned()),
                ("access.images_per_day", "1000000".to_owned()),
                ("access.invites", self.invites(secrets)),
            ]),
        }
        settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    fn invites(&self, secrets: &Secrets) -> String {
        let invite = |name: &str, token: &str, budget: u32| {
            let hash = token_hash(token);
            format!(
                "{{ name = \"{name}\", token_sha256 = \"{hash}\", images_per_day = {budget}, \
                 requests_per_minute = 100000, calls_at_once = 1000 }}"
            )
        };
        let mut invites =
            vec![invite("first", &secrets.token, self.budget), invite("second", &secrets.token2, 1_000_000)];
        let more =
            (0..self.many).map(|number| invite(&format!("more-{number}"), &many_token(number), 1_000_000));
        invites.extend(more);
        format!("[{}]", invites.join(", "))
    }
}

/// The token of one of many people.
pub(crate) fn many_token(number: usize) -> String {
    format!("canary-token-of-many-{number:06}-0123456789abcdef")
}

/// A token as the configuration knows it.
pub(crate) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// The configuration of a relay that is only started to see whether it starts.
pub(crate) fn config_text(site: &Site, secrets: &Secrets, profile: &Profile, state_dir: &Path) -> String {
    profile.text(site, secrets, &Places { port: 17_998, admin_port: 17_999, state_dir })
}
