//! An upstream that answers, or closes connections, at the worst moment.

use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::bench::Bench;
use super::verdict::Stop;
use crate::case_file::{Amount, BodySpec};
use crate::client::{Answer, Reply};
use crate::fill;
use crate::mock_script::Plan;
use crate::world::hex;

/// What the caller sent is what the API gets, byte for byte.
pub(super) async fn same_bytes(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let sent = hex(&Sha256::digest(request.body.parts.concat()));
    bench.send_and_judge(&request).await?;
    let received = bench.scene.api.last().map(|request| request.body_sha256);
    bench.require(received.as_deref() == Some(sent.as_str()), || {
        "the API got other bytes than were sent".to_owned()
    });
    Ok(())
}

/// Idle connections close at random; no call may be made twice.
pub(super) async fn stale_connections(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let rounds = if bench.slow { 1000 } else { 150 };
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let since = Instant::now();
    let mut last = Reply::None("nothing was sent".to_owned());
    for round in 0..rounds {
        let request = request.clone().with_only("Idempotency-Key", Some(&uuid::Uuid::new_v4().to_string()));
        let before = bench.scene.api.hits();
        last = bench.send(&request).await?;
        bench.require_status("one of many rounds", &last, &[200, 502]);
        let executed = bench.scene.api.hits() - before;
        bench.require(executed <= 1, || format!("round {round}: executed {executed} times"));
    }
    let seen = bench.observe(last, since).await;
    bench.judge(&seen);
    let executed = bench.scene.api.hits();
    bench.require(executed <= rounds, || format!("{executed} executions in {rounds} rounds"));
    bench.note(format!("{rounds} rounds"));
    Ok(())
}

/// The connection is taken back in the middle of a call: it is not made again.
pub(super) async fn taken_back(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    let executed = bench.scene.api.hits();
    bench.require(executed == 1, || format!("executed {executed} times, expected once"));
    Ok(())
}

/// Whatever became of a call, it is not made again by itself.
pub(super) async fn not_retried(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const LONG_ENOUGH: Duration = Duration::from_secs(3);
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    let executed = bench.scene.api.hits();
    bench.require(executed <= 1, || format!("executed {executed} times"));
    tokio::time::sleep(LONG_ENOUGH).await;
    bench.require_hits("some seconds later", executed).await;
    Ok(())
}

/// The API answers while the body is still on its way: who asked gets that answer, or hears that nothing was charged.
pub(super) async fn early_answer(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const BODY_BYTES: f64 = 20e6;
    bench.open(bench.usual_profile()).await?;
    if !bench.scene.api.plan().is_early() {
        bench.scene.api.set_plan(Plan::read("early=400")?);
    }
    let large = BodySpec::Generated { bytes: Amount::Number(BODY_BYTES), chunked: false };
    let request = bench.request()?.with_body(fill::build_body(&large, &bench.expander)?);
    let reply = bench.send_and_judge(&request).await?;
    let charged = reply.answer().and_then(Answer::charged);
    bench.require(charged.as_deref().is_none_or(|charged| charged == "no"), || {
        format!("charged is {charged:?} for a body that the API never had")
    });
    Ok(())
}
