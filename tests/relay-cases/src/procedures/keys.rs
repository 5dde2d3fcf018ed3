//! One key, used in ways that are not simply the same request again.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::bench::Bench;
use super::crash::generation;
use super::verdict::Stop;
use crate::case_file::KeyMode;
use crate::client::{Reply, Request};
use crate::fill::{Body, JSON_OK};
use crate::mock_script::Plan;

const PATIENCE: Duration = Duration::from_secs(20);

/// Another body under the key of a call that is running.
pub(super) async fn running_other_body(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    bench.scene.api.set_plan(Plan::read("delay=2")?);
    let request = bench.request()?;
    let (to, host) = bench.destination()?;
    let (first, caller, timeouts) = (request.clone(), bench.caller, bench.timeouts());
    let first = tokio::spawn(async move { first.send(caller, to, &host, timeouts).await });
    bench.scene.api.has_hits(1, PATIENCE).await;
    let other = request.clone().with_body(Body::of(JSON_OK.replace("\"n\":1", "\"n\":2")));
    bench.send_and_judge(&other).await?;
    let first = first.await.map_err(anyhow::Error::from)?;
    bench.require_status("the first request", &first, &[200]);
    bench.require_replay(&request, &first).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// A body is still arriving when another one, by its digest, comes under the same key.
pub(super) async fn receiving_other_digest(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = with_digest(request.clone(), JSON_OK.to_owned());
    let (to, host) = bench.destination()?;
    let bytes = [first.head(&host), first.body.parts.concat()].concat();
    let mut stream = bench.caller.connect(to).await?;
    stream.write_all(&bytes[..bytes.len() - 1]).await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let since = Instant::now();
    let second = bench.send(&with_digest(request, JSON_OK.replace("\"n\":1", "\"n\":2"))).await?;
    bench.require_status("the other body", &second, &[409, 422]);
    bench.require_hits("while the first body arrives", 0).await;
    stream.write_all(&bytes[bytes.len() - 1..]).await?;
    bench.scene.api.has_hits(1, PATIENCE).await;
    let seen = bench.observe(second, since).await;
    bench.judge(&seen);
    let answer = stored(bench).await?;
    bench.require_replay(&first, &answer).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

fn with_digest(request: Request, body: String) -> Request {
    let digest = BASE64_STANDARD.encode(Sha256::digest(body.as_bytes()));
    request.with_only("Content-Digest", Some(&format!("sha-256=:{digest}:"))).with_body(Body::of(body))
}

/// The stored answer, waited for.
async fn stored(bench: &mut Bench<'_>) -> Result<Reply, Stop> {
    bench.send(&bench.job(&bench.key()).with_header("Prefer", "wait=10")).await
}

/// The same key in another region: another call, so it is refused.
pub(super) async fn other_region(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let upstream = format!("\"https://{}\"", crate::world::places::API_NAME);
    let profile = bench.usual_profile().with("regions.two.upstream", &upstream);
    let profile = match bench.mode {
        KeyMode::Passthrough => profile.with("regions.two.key", "\"passthrough\""),
        KeyMode::ServerKey => {
            let variable = format!("\"{}\"", crate::relay::KEY_VARIABLE);
            profile.with("regions.two.key", "\"server\"").with("regions.two.key_env", &variable)
        }
    };
    bench.open(profile).await?;
    let request = bench.request()?;
    let first = bench.send(&request).await?;
    bench.require_status("the first request", &first, &[200]);
    let mut other = request.clone();
    other.target = request.target.replacen("/test/", "/two/", 1);
    bench.require(other.target != request.target, || "the case's path names no region".to_owned());
    bench.send_and_judge(&other).await?;
    bench.require_replay(&request, &first).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// What was refused before it went anywhere has not used up its key.
pub(super) async fn stays_free(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    bench.send_and_judge(&bench.request()?).await?;
    bench.require_hits("after the refusal", 0).await;
    let good = generation(bench).with_header("Idempotency-Key", &bench.key());
    let first = bench.send(&good).await?;
    bench.require_status("a good request with the same key", &first, &[200]);
    bench.require_replay(&good, &first).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}
