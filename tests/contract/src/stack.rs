//! A relay in front of a simulator, for one test alone.

use crate::relay::{Relay, RelayConfig};
use crate::sim::Sim;

/// Both servers; they end with this value.
#[derive(Debug)]
pub struct Stack {
    /// Where the page and the SDK go.
    pub relay: Relay,
    /// What stands for the vendor.
    pub sim: Sim,
}

impl Stack {
    /// With the relay's defaults.
    pub fn start() -> Self {
        Self::with(|config| config)
    }

    /// With what `change` makes of the defaults.
    pub fn with(change: impl FnOnce(RelayConfig) -> RelayConfig) -> Self {
        let sim = Sim::start();
        let relay = Relay::start(&change(RelayConfig::before(&sim.url)));
        Self { relay, sim }
    }
}
