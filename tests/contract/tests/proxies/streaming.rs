//! Uploads reach the relay while they are still being sent, and are written to no disk on their way.

use std::time::{Duration, Instant};

use contract_tests::digest::sha256;
use contract_tests::edit::{call_with, data_url, noise_bmp};
use serde_json::json;

use crate::proxy::{Kind, Site, run, with_each_proxy};

const PATIENCE: Duration = Duration::from_secs(60);

with_each_proxy![twenty_megabytes_stream_through];

/// Three pictures of five megabytes, which base64 makes twenty.
fn twenty_megabytes() -> Vec<u8> {
    let images: Vec<_> = (1..=3).map(|seed| data_url("image/bmp", &noise_bmp(1300, 1300, seed))).collect();
    let body = call_with(&images, &json!({"n": 1, "size": "512*512"})).to_string().into_bytes();
    assert!(body.len() > 20_000_000);
    body
}

/// Sends the body over several seconds and watches. Whether the relay knew of the upload before it was through, and
/// the most files the proxy buffered it in.
fn watch(site: &Site, body: &[u8]) -> (bool, usize) {
    let mut underway = site.generation().option(&["--limit-rate", "4M"]).body(body).begin();
    let deadline = Instant::now() + PATIENCE;
    let (mut relay_knew, mut files) = (false, 0);
    while underway.curl.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "the upload does not end");
        relay_knew |= site.relay().metric("relay_upload_bytes") > 0
            && site.sim.generations().iter().all(|seen| !seen.complete);
        files = files.max(site.buffered_files());
        std::thread::sleep(Duration::from_millis(20));
    }
    let (answer, _) = underway.end();
    assert_eq!(answer.links().len(), 1);
    let seen = site.sim.only_generation();
    assert_eq!((seen.body_size, seen.body_sha256), (body.len() as u64, Some(sha256(body))));
    (relay_knew, files)
}

fn twenty_megabytes_stream_through(kind: Kind) {
    let site = Site::start(kind);
    assert_eq!(watch(&site, &twenty_megabytes()), (true, 0));
}

/// So that the test above can fail.
#[cfg(target_os = "linux")]
#[test]
fn a_proxy_that_buffers_would_be_noticed() {
    run(Kind::Nginx, |kind| {
        let buffering = |recipe: String| {
            assert!(recipe.contains("proxy_request_buffering off"));
            recipe.replace("proxy_request_buffering off", "proxy_request_buffering on")
        };
        let site = Site::with(kind, |config| config, buffering);
        let (_, files) = watch(&site, &twenty_megabytes());
        assert_ne!(files, 0);
    });
}
