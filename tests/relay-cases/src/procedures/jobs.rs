//! Jobs: accepted at once, asked for later, finished without the caller.

use std::time::{Duration, Instant};

use super::bench::Bench;
use super::verdict::Stop;
use crate::client::{Answer, Reply, Request};
use crate::fill::JOBS;
use crate::mock_script::Plan;

const PATIENCE: Duration = Duration::from_secs(20);

/// `Prefer: respond-async`: 202 with the job's address while the API works, then the stored answer.
pub(super) async fn accepted(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    bench.scene.api.set_plan(Plan::read("delay=2")?);
    let request = bench.request()?;
    let started = Instant::now();
    let accepted = bench.send_and_judge(&request).await?;
    bench.require(started.elapsed() < Duration::from_secs(2), || {
        "202 came only after the API's answer".to_owned()
    });
    let location =
        accepted.answer().and_then(|answer| answer.header("location")).unwrap_or_default().to_owned();
    let expected = format!("{JOBS}{}", bench.key());
    bench.require(location == expected, || format!("Location is \"{location}\", expected \"{expected}\""));

    let running = bench.send(&bench.job(&bench.key())).await?;
    bench.require_status("the job while it runs", &running, &[202]);
    let done = wait(bench, 25).await?;
    bench.require_status("the job, waited for", &done, &[200]);
    let again = bench.send(&bench.job(&bench.key())).await?;
    bench.require_same("the job, asked again", &done, &again);
    let request = bench.request()?.with_only("Prefer", None);
    bench.require_replay(&request, &done).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// A long poll ends as soon as the answer is there, and no later than the caller wished.
pub(super) async fn long_poll(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    bench.scene.api.set_plan(Plan::read("delay=4")?);
    let request = bench.request()?.with_header("Prefer", "respond-async");
    let accepted = bench.send(&request).await?;
    bench.require_status("the call", &accepted, &[202]);
    let started = Instant::now();
    let early = wait(bench, 1).await?;
    let took = started.elapsed();
    bench.require_status("a wait of one second", &early, &[202]);
    bench.require((0.8..3.0).contains(&took.as_secs_f64()), || format!("wait=1 took {took:?}"));
    let late = wait(bench, 25).await?;
    bench.require_status("a wait of 25 seconds", &late, &[200]);
    bench.require(started.elapsed() < Duration::from_secs(15), || {
        "wait=25 did not end with the job".to_owned()
    });
    let seen = bench.observe(late, started).await;
    bench.judge(&seen);
    Ok(())
}

async fn wait(bench: &mut Bench<'_>, seconds: u32) -> Result<Reply, Stop> {
    let job = bench.job(&bench.key()).with_header("Prefer", &format!("wait={seconds}"));
    bench.send(&job).await
}

/// Nobody waits, nobody asks: the call is made all the same, and its answer is there afterwards.
pub(super) async fn nobody_waits(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    bench.scene.api.set_plan(Plan::read("delay=1")?);
    let accepted = bench.send_and_judge(&bench.request()?).await?;
    bench.require_status("the call", &accepted, &[202]);
    let answered = bench.scene.api.has_answered(1, PATIENCE).await;
    bench.require(answered, || "the API was not called to the end".to_owned());
    let done = wait(bench, 5).await?;
    bench.require_status("the job", &done, &[200]);
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// A job that the API refuses ends with that refusal, unchanged.
pub(super) async fn refused_by_the_api(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?.with_header("Prefer", "respond-async");
    let accepted = bench.send(&request).await?;
    bench.require_status("the call", &accepted, &[202, 400]);
    let started = Instant::now();
    let done = wait(bench, 10).await?;
    let seen = bench.observe(done, started).await;
    bench.judge(&seen);
    Ok(())
}

/// What is wrong with a request is said at once, not in the job.
pub(super) async fn refused_at_once(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    let job = bench.send(&bench.job(&bench.key())).await?;
    bench.require_status("the job of a refused request", &job, &[404]);
    Ok(())
}

/// Two people may choose the same key without meeting.
pub(super) async fn same_key_two_people(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let since = Instant::now();
    let first = bench.send(&request).await?;
    bench.require_status("the one person's request", &first, &[200]);
    let auth2 = bench.expander.get("AUTH2").to_owned();
    let second = bench.send(&request.clone().with_only("Authorization", Some(&auth2))).await?;
    bench.require_status("the other person's request", &second, &[200]);
    let replayed = second.answer().is_some_and(Answer::is_replay);
    bench.require(!replayed, || "one person got the other's answer".to_owned());
    // What the case counts are both calls.
    let seen = bench.observe(second.clone(), since).await;
    bench.judge(&seen);
    let theirs = bench.send(&bench.job_as(&bench.key(), &auth2)).await?;
    bench.require_same("the other person's result", &second, &theirs);
    bench.require_replay(&request, &first).await?;
    bench.require_hits("at the end", 2).await;
    Ok(())
}

/// Quotes around the key are the draft's spelling of the same key.
pub(super) async fn quoted_key(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    let quoted = request.with_only("Idempotency-Key", Some(&format!("\"{}\"", bench.key())));
    bench.require_replay(&quoted, &first).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// A plain call is nobody's job: made twice, it is two calls.
pub(super) async fn plain_calls(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request: Request = bench.request()?.with_only("Idempotency-Key", None);
    let first = bench.send(&request).await?;
    bench.require_status("the first call", &first, &[200]);
    let second = bench.send_and_judge(&request).await?;
    let different =
        first.answer().map(|answer| &answer.body_sha256) != second.answer().map(|answer| &answer.body_sha256);
    bench.require(different, || "the second plain call got the first one's answer".to_owned());
    Ok(())
}
