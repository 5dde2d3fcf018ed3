//! A relay in front of a simulator, for one test alone.

use crate::relay::{Relay, RelayConfig};
use crate::sim::Sim;
use crate::tap::Tap;

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

    /// With taps on both sides of the relay: the first sees what callers see, the second what the API sees.
    pub fn tapped(change: impl FnOnce(RelayConfig) -> RelayConfig) -> (Self, Tap, Tap) {
        let (near, far) = (Tap::new(), Tap::new());
        let sim = Sim::start();
        far.lead_to(&sim.url);
        let config = RelayConfig::before(&far.url).set("public_url", near.url.as_str());
        // Links carry the simulator's own address.
        let config = config.set("regions.demo.result_origins", vec![sim.url.as_str()]);
        let relay = Relay::start(&change(config));
        near.lead_to(&relay.url);
        (Self { relay, sim }, near, far)
    }
}
