//! Pictures a day: reserved before the call, given back when it cost nothing, kept when nobody knows.

use std::time::Duration;

use super::bench::Bench;
use super::crash::generation;
use super::verdict::Stop;
use crate::client::{Caller, Reply, Request};
use crate::fill::{Body, JSON_OK};
use crate::mock_script::Plan;
use crate::relay::many_token;

/// What a refusal for the budget may be.
pub(super) const REFUSED: [u16; 2] = [402, 429];

pub(super) fn fresh_key() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The same call as a new one.
pub(super) fn anew(request: &Request) -> Request {
    request.clone().with_only("Idempotency-Key", Some(&fresh_key()))
}

pub(super) async fn open_with_budget(bench: &mut Bench<'_>, pictures: u32) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile().with_budget(pictures)).await
}

pub(super) fn is_refused(reply: &Reply) -> bool {
    reply.status().is_some_and(|status| REFUSED.contains(&status))
}

/// Six pictures twice, ten allowed.
pub(super) async fn pictures_count(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 10).await?;
    let six =
        Body::of(JSON_OK.replace("qwen-image-edit", "qwen-image-edit-plus").replace("\"n\":1", "\"n\":6"));
    let request = bench.request()?.with_body(six);
    let first = bench.send(&request).await?;
    bench.require_status("the first six", &first, &[200]);
    let second = bench.send_and_judge(&anew(&request)).await?;
    bench.require(is_refused(&second), || format!("the second six: {}", second.in_short()));
    bench.require_retry_after("the second six", &second);
    Ok(())
}

/// A refusal by the API costs nothing.
pub(super) async fn refusal_releases(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 1).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    let good = bench.send(&anew(&request)).await?;
    bench.require_status("a good call afterwards", &good, &[200]);
    let over = bench.send(&anew(&request)).await?;
    bench.require_status("one more", &over, &REFUSED);
    bench.require_hits("at the end", 2).await;
    Ok(())
}

/// An outcome nobody knows may have cost something.
pub(super) async fn unknown_keeps(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 1).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    bench.scene.api.set_plan(Plan::default());
    let next = bench.send(&anew(&request)).await?;
    bench.require_status("the next call", &next, &REFUSED);
    bench.require_hits("at the end", 1).await;
    Ok(())
}

pub(super) async fn replay_is_free(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 1).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    bench.require_replay(&request, &first).await?;
    let read = bench.send(&bench.job(&bench.key())).await?;
    bench.require_same("reading the result", &first, &read);
    bench.require_hits("after the replay", 1).await;
    Ok(())
}

/// The number after "budget" in the case's own words.
fn written_budget(bench: &Bench<'_>) -> Option<u32> {
    let words = bench.case.words();
    let mut words = words.split(|letter: char| !letter.is_alphanumeric());
    words.find(|word| *word == "budget")?;
    words.next()?.parse().ok()
}

/// Fifty at one time, more than the budget.
pub(super) async fn race(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let budget = written_budget(bench).unwrap_or(10);
    open_with_budget(bench, budget).await?;
    bench.expander.set("BUDGET", budget.to_string());
    bench.scene.api.set_plan(Plan::read("delay=1")?);
    let request = bench.request()?;
    let since = std::time::Instant::now();
    let replies = bench.send_all((0..50).map(|_| (bench.caller, anew(&request))).collect()).await?;
    for reply in &replies {
        bench.require_status("in the race", reply, &[200, 402, 429]);
    }
    let seen = bench.observe(replies[0].clone(), since).await;
    bench.judge(&seen);
    bench.require_hits("after the race", budget as usize).await;
    Ok(())
}

/// A new day gives the budget back, once.
pub(super) async fn next_day(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const BUDGET: usize = 3;
    if bench.pool.site.clock.is_none() {
        return Err(Stop::Skipped("needs the library for another clock (--clock)".to_owned()));
    }
    open_with_budget(bench, BUDGET as u32).await?;
    let request = bench.request()?;
    for _ in 0..BUDGET {
        let reply = bench.send(&anew(&request)).await?;
        bench.require_status("within the budget", &reply, &[200]);
    }
    let over = bench.send(&anew(&request)).await?;
    bench.require_status("over the budget", &over, &REFUSED);

    // 25 hours: past the window, whether it is a calendar day or the last 24 hours.
    bench.relay()?.start_again(Some(Duration::from_secs(25 * 3600))).await?;
    bench.scene.api.received().clear();
    bench.scene.api.set_plan(Plan::read("delay=1")?);
    let replies = bench.send_all((0..50).map(|_| (bench.caller, anew(&request))).collect()).await?;
    let executed = replies.iter().filter(|reply| reply.status() == Some(200)).count();
    bench.require(executed == BUDGET, || {
        format!("the next day {executed} calls were executed, expected {BUDGET}")
    });
    bench.require_hits("the next day", BUDGET).await;
    Ok(())
}

/// Many people, one budget for all.
pub(super) async fn all_together(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const PEOPLE: usize = 200;
    const BUDGET: usize = 50;
    let profile = bench.usual_profile().with_many(PEOPLE).with("access.images_per_day", &BUDGET.to_string());
    bench.open_alone(profile).await?;
    bench.expander.set("GLOBAL_BUDGET", BUDGET.to_string());
    let request = bench.request()?;
    let call = |number: usize| {
        let authorization = format!("Bearer {}", many_token(number));
        let request = anew(&request).with_only("Authorization", Some(&authorization));
        (Caller::number(9_000_000 + number as u32), request)
    };
    let since = std::time::Instant::now();
    let replies = bench.send_all((0..PEOPLE).map(call).collect()).await?;
    for reply in &replies {
        bench.require_status("one of many", reply, &[200, 402, 429]);
    }
    let seen = bench.observe(replies[0].clone(), since).await;
    bench.judge(&seen);
    bench.require_hits("all together", BUDGET).await;
    Ok(())
}

/// A token whose budget is spent stays refused, whatever else the caller claims.
pub(super) async fn claims_change_nothing(bench: &mut Bench<'_>) -> Result<(), Stop> {
    spend_all(bench).await?;
    let request = bench.request()?;
    for (name, value) in [
        ("X-User", "somebody-else"),
        ("X-Relay-User", "second"),
        ("x-litellm-end-user-id", "admin"),
        ("X-Cost", "0"),
        ("X-Images", "0"),
        ("X-Forwarded-User", "second"),
    ] {
        let reply = bench.send_and_judge(&anew(&request).with_header(name, value)).await?;
        bench.require(is_refused(&reply), || format!("with {name}: {}", reply.in_short()));
    }
    Ok(())
}

/// A refusal says when to come back.
pub(super) async fn says_when(bench: &mut Bench<'_>) -> Result<(), Stop> {
    spend_all(bench).await?;
    let request = anew(&bench.request()?);
    let reply = bench.send_and_judge(&request).await?;
    bench.require_retry_after("the refusal", &reply);
    Ok(())
}

pub(super) async fn spend_all(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 1).await?;
    let call = generation(bench).with_header("Idempotency-Key", &fresh_key());
    let spent = bench.send(&call).await?;
    bench.require_status("spending the budget", &spent, &[200]);
    bench.require_hits("spending the budget", 1).await;
    bench.scene.api.received().clear();
    Ok(())
}

/// A budget survives the relay: killed or not, what is spent stays spent.
pub(super) async fn survives_kill(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 2).await?;
    let request = bench.request()?;
    for _ in 0..2 {
        let reply = bench.send(&anew(&request)).await?;
        bench.require_status("within the budget", &reply, &[200]);
    }
    bench.relay()?.kill()?;
    bench.relay()?.start_again(None).await?;
    let reply = bench.send_and_judge(&anew(&request)).await?;
    bench.require(is_refused(&reply), || format!("after the restart: {}", reply.in_short()));
    bench.require_hits("at the end", 2).await;
    Ok(())
}
