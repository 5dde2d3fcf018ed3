//! Running relays, kept from case to case as long as they are healthy.

use std::collections::HashMap;

use anyhow::Result;

use super::{Profile, Relay, Site};
use crate::fill::Secrets;

/// More idle relays than this are not worth their memory.
const MAX_IDLE: usize = 6;

/// The relays of one worker.
#[derive(Debug)]
pub(crate) struct RelayPool {
    pub(crate) site: Site,
    pub(crate) secrets: Secrets,
    started: u16,
    idle: HashMap<Profile, Relay>,
}

impl RelayPool {
    pub(crate) fn new(site: Site, secrets: Secrets) -> Self {
        Self { site, secrets, started: 0, idle: HashMap::new() }
    }

    /// A relay with this profile, running or new.
    pub(crate) async fn take(&mut self, profile: Profile) -> Result<Relay> {
        match self.idle.remove(&profile) {
            Some(relay) => Ok(relay),
            None => self.start(profile).await,
        }
    }

    /// A relay that no case has used yet.
    pub(crate) async fn start(&mut self, profile: Profile) -> Result<Relay> {
        // Ports come round again after more relays than a run ever has at one time.
        self.started = (self.started + 1) % 10_000;
        Relay::start(&self.site, &self.secrets, profile, self.started).await
    }

    /// Keeps a relay for the next case, if it is one that others may use.
    pub(crate) fn give_back(&mut self, mut relay: Relay) {
        if !relay.is_running() {
            return;
        }
        if self.idle.len() >= MAX_IDLE {
            self.idle.clear();
        }
        self.idle.insert(relay.profile.clone(), relay);
    }
}
