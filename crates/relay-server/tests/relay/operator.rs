//! What the operator sees on a listener of their own, and callers do not.

use std::time::Duration;

use tempfile::TempDir;

use crate::invites::{self, with_n};
use crate::support::client;
use crate::support::{Relay, Upstream, eventually};

const TWO_PICTURES: &str = r#"{"output":{"choices":[{"message":{"content":[{"image":"https://x/a.png"},{"image":"https://x/b.png"}]}}]}}"#;

async fn ask(relay: &Relay, path: &str) -> (u16, String) {
    let request = client::request(relay.admin, "GET", path, &[], "");
    let answer = client::complete(client::open(relay.admin, request).await.unwrap()).await.unwrap();
    (answer.status.as_u16(), String::from_utf8(answer.body.to_vec()).unwrap())
}

/// The value of one series.
async fn value(relay: &Relay, series: &str) -> u64 {
    let (_, text) = ask(relay, "/metrics").await;
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{series} in {text}"))
}

#[tokio::test]
async fn the_operator_sees_counts_and_callers_do_not() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    relay.generate().await;
    relay.get("/relay/nope").await;
    assert_eq!(value(&relay, "relay_answers_total{route=\"generation\",class=\"2xx\"}").await, 1);
    assert_eq!(value(&relay, "relay_answers_total{route=\"unknown\",class=\"4xx\"}").await, 1);
    assert_eq!(ask(&relay, "/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(ask(&relay, "/relay/healthz").await.0, 404);
    for path in ["/metrics", "/readyz", "/relay/metrics", "/relay/readyz"] {
        assert_eq!(relay.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn pictures_jobs_and_errors_are_counted() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json(200, TWO_PICTURES).await;
    let directory = format!("state_dir = \"{}\"", state.path().display());
    let held = invites::start(&upstream, &[("guest", "images_per_day = 4")], &[&directory]).await;
    let job = [("idempotency-key", "8e03978e-40d5-43e8-bc93-6894a57f9324")];
    for (status, more) in [(200, &job[..]), (200, &[]), (429, &[])] {
        assert_eq!(held.call_with("guest", &with_n(2), more).await.status, status);
    }
    let relay = &held.relay;
    assert_eq!(value(relay, "relay_pictures_today").await, 4);
    assert_eq!(value(relay, "relay_pictures_total").await, 4);
    assert_eq!(value(relay, "relay_calls_total{outcome=\"done\"}").await, 2);
    assert_eq!(value(relay, "relay_errors_total{code=\"budget_exhausted\"}").await, 1);
    assert_eq!(value(relay, "relay_jobs").await, 1);
    assert!(value(relay, "relay_job_bytes").await > TWO_PICTURES.len() as u64);
    assert_eq!(value(relay, "relay_running_calls").await, 0);
    assert_eq!(value(relay, "relay_upload_bytes").await, 0);
    assert_eq!(value(relay, "relay_store_failures_total").await, 0);
}

#[tokio::test]
async fn a_running_call_and_its_upload_are_seen() {
    let upstream = Upstream::json_after(Duration::from_secs(2), 200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let call = relay.generate();
    let watch = async {
        while value(&relay, "relay_running_calls").await == 0 {
            tokio::task::yield_now().await;
        }
        eventually("the call to arrive", || upstream.hits() == 1).await;
        assert_eq!(value(&relay, "relay_upload_bytes").await, 0, "the body is through");
        assert_eq!(value(&relay, "relay_open_requests").await, 1);
    };
    let (answer, ()) = tokio::join!(call, watch);
    assert_eq!(answer.status, 200);
    assert_eq!(value(&relay, "relay_running_calls").await, 0);
}

#[tokio::test]
async fn a_store_that_fails_is_counted() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json(200, "{}").await;
    let directory = format!("state_dir = \"{}\"", state.path().display());
    let held = invites::start(&upstream, &[("guest", "images_per_day = 4")], &[&directory]).await;
    std::fs::remove_dir_all(state.path()).unwrap();
    assert_eq!(held.call("guest", &with_n(1)).await.error().1, "state_unavailable");
    assert_ne!(value(&held.relay, "relay_store_failures_total").await, 0);
    assert!(upstream.requests().is_empty());
    assert_eq!(ask(&held.relay, "/readyz").await, (503, "state_dir cannot be written\n".to_owned()));
}
