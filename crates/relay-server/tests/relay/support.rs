//! What the tests share: a relay in this process, a client, and upstreams.

pub(crate) mod client;
pub(crate) mod frames;
pub(crate) mod relay;
pub(crate) mod upstream;

use std::time::Duration;

use tokio::time::{Instant, sleep};

pub(crate) use client::Answer;
pub(crate) use relay::Relay;
pub(crate) use upstream::Upstream;

/// The paid call of region `demo`.
pub(crate) const GENERATION: &str = "/relay/demo/api/v1/services/aigc/multimodal-generation/generation";
/// The page that may call.
pub(crate) const PAGE: (&str, &str) = ("origin", "https://app.example");
/// A key that must turn up nowhere.
pub(crate) const KEY: (&str, &str) = ("authorization", "Bearer sk-canary-4711");
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
/// The smallest body the relay sends on.
pub(crate) const BODY: &str = r#"{"model":"qwen-image-edit","input":{"messages":[]}}"#;

/// Polls until `check` holds; a test that waits for ever says what for.
pub(crate) async fn eventually(what: &str, mut check: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !check() {
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

/// `text` as it stands in a query.
pub(crate) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
