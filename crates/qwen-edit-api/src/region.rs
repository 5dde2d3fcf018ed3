//! Regions: where requests go, and where their keys come from. A key works in its own region only.

use crate::text::Text;

include!(concat!(env!("OUT_DIR"), "/regions.rs"));

/// Path of the one synchronous endpoint, below a region's host.
pub const GENERATION_PATH: &str = "/api/v1/services/aigc/multimodal-generation/generation";

/// A public placeholder for regions without keys: the simulator accepts every key that starts with `sk-`.
pub const DEMO_KEY: &str = "sk-demo";

/// A place that answers requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Stable name, as in relay routes: `beijing`.
    pub id: &'static str,
    /// Name for people.
    pub name: Text,
    /// Scheme and host, without a path.
    pub upstream: &'static str,
    /// Whether a person must bring a key. False only for the simulator, which costs nothing.
    pub needs_key: bool,
    /// Page where a key can be had; empty when none is needed.
    pub key_page: &'static str,
}

/// All regions, in the order to show them.
#[must_use]
pub fn regions() -> &'static [Region] {
    REGIONS
}

/// The region with this id.
#[must_use]
pub fn find_region(id: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.id == id)
}
