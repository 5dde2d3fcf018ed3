//! What a call costs in the end: when a reservation comes back, and when it does not.

use std::time::{Duration, Instant};

use super::bench::Bench;
use super::budget::{REFUSED, anew, fresh_key, is_refused, open_with_budget, spend_all};
use super::crash::{generation, kill_while_the_api_works, require_clock};
use super::verdict::Stop;
use crate::client::Request;
use crate::fill::{Body, HEALTH, JSON_OK};
use crate::mock_script::Plan;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A new call for so many pictures.
fn pictures(bench: &Bench<'_>, pictures: u32) -> Request {
    let body = JSON_OK.replace("qwen-image-edit", "qwen-image-edit-plus");
    let body = Body::of(body.replace("\"n\":1", &format!("\"n\":{pictures}")));
    generation(bench).with_body(body).with_header("Idempotency-Key", &fresh_key())
}

/// What the case does costs nothing: the only picture of the day is still to be had, and only once.
pub(super) async fn gives_back(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 1).await?;
    let mut request = bench.request()?;
    if ["half a body", "abort"].iter().any(|word| bench.case.words().contains(word)) {
        let half = request.body.parts.concat().len() / 2;
        request.body = request.body.cut(half);
    }
    bench.send_and_judge(&request).await?;
    // What was begun must be over.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = bench.scene.api.hits();
    bench.heal().await?;
    let good = bench.send(&pictures(bench, 1)).await?;
    bench.require_status("a good call afterwards", &good, &[200]);
    let over = bench.send(&pictures(bench, 1)).await?;
    bench.require_status("one more", &over, &REFUSED);
    bench.require_hits("at the end", before + 1).await;
    Ok(())
}

/// What the case does may have cost something: the only picture of the day is gone.
pub(super) async fn keeps(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 1).await?;
    bench.send_and_judge(&bench.request()?).await?;
    bench.heal().await?;
    let next = bench.send(&pictures(bench, 1)).await?;
    bench.require_status("the next call", &next, &REFUSED);
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// Four of five, then four, then one.
pub(super) async fn remainder(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 5).await?;
    let first = bench.send(&pictures(bench, 4)).await?;
    bench.require_status("four of five", &first, &[200]);
    let second = bench.send(&pictures(bench, 4)).await?;
    bench.require_status("four, with one left", &second, &REFUSED);
    let last = bench.send_and_judge(&pictures(bench, 1)).await?;
    bench.require_status("the one that is left", &last, &[200]);
    bench.require_hits("at the end", 2).await;
    Ok(())
}

/// Four are reserved and one is made: three are left.
pub(super) async fn fewer_made(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const ONE: &str = r#"body={"output":{"choices":[{"message":{"content":[{"image":"https://x.example/1"}]}}]},"usage":{"image_count":1}}"#;
    open_with_budget(bench, 4).await?;
    bench.scene.api.set_plan(Plan::read(ONE)?);
    let first = bench.send(&pictures(bench, 4)).await?;
    bench.require_status("four asked for, one made", &first, &[200]);
    bench.scene.api.set_plan(Plan::default());
    let rest = bench.send_and_judge(&pictures(bench, 3)).await?;
    bench.require_status("the three that are left", &rest, &[200]);
    let over = bench.send(&pictures(bench, 1)).await?;
    bench.require_status("one more", &over, &REFUSED);
    bench.require_hits("at the end", 2).await;
    Ok(())
}

/// Three for all together, though each may have ten.
pub(super) async fn total_below_own(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let profile = bench.usual_profile().with_budget(10).with("access.images_per_day", "3");
    bench.open_alone(profile).await?;
    for _ in 0..3 {
        let reply = bench.send(&pictures(bench, 1)).await?;
        bench.require_status("one of three", &reply, &[200]);
    }
    let over = bench.send_and_judge(&anew(&bench.request()?)).await?;
    bench.require(is_refused(&over), || format!("the fourth: {}", over.in_short()));
    let second = bench.expander.get("AUTH2").to_owned();
    let other = bench.send(&pictures(bench, 1).with_only("Authorization", Some(&second))).await?;
    bench.require_status("somebody else", &other, &REFUSED);
    bench.require_hits("at the end", 3).await;
    Ok(())
}

/// One budget is spent, another is not.
pub(super) async fn second_person(bench: &mut Bench<'_>) -> Result<(), Stop> {
    spend_all(bench).await?;
    bench.send_and_judge(&anew(&bench.request()?)).await?;
    let second = bench.expander.get("AUTH2").to_owned();
    let other = bench.send(&pictures(bench, 1).with_only("Authorization", Some(&second))).await?;
    bench.require_status("the second token", &other, &[200]);
    Ok(())
}

/// A clock that is set back makes no new day.
pub(super) async fn clock_back(bench: &mut Bench<'_>) -> Result<(), Stop> {
    spend_on_days(bench, &[3 * DAY], 2 * DAY - DAY / 24).await
}

/// A day ahead is another day once, and the day before is then over.
pub(super) async fn clock_forward_and_back(bench: &mut Bench<'_>) -> Result<(), Stop> {
    spend_on_days(bench, &[3 * DAY, 4 * DAY + DAY / 24], 3 * DAY).await
}

/// Spends one picture on each of `days`; at `last` there is none.
async fn spend_on_days(bench: &mut Bench<'_>, days: &[Duration], last: Duration) -> Result<(), Stop> {
    require_clock(bench)?;
    open_with_budget(bench, 1).await?;
    for day in days {
        bench.relay()?.start_again(Some(*day)).await?;
        let spent = bench.send(&pictures(bench, 1)).await?;
        bench.require_status("the picture of a day", &spent, &[200]);
    }
    bench.relay()?.start_again(Some(last)).await?;
    let refused = bench.send_and_judge(&anew(&bench.request()?)).await?;
    bench.require(is_refused(&refused), || format!("with the clock set back: {}", refused.in_short()));
    bench.require_hits("at the end", days.len()).await;
    Ok(())
}

/// The relay is killed while the API works: what was reserved stays reserved.
pub(super) async fn killed(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 1).await?;
    let request = kill_while_the_api_works(bench).await?;
    let since = Instant::now();
    let next = bench.send(&anew(&request)).await?;
    bench.require(is_refused(&next), || format!("a new call after the restart: {}", next.in_short()));
    let seen = bench.observe(next, since).await;
    bench.judge(&seen);
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// Pictures and the relay's health may be asked for as often as one likes.
pub(super) async fn pictures_are_free(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open_with_budget(bench, 1).await?;
    let picture = Request::get(&format!("/relay/image?url={}", bench.expander.get("IMG_OK_ENC")))
        .with_header("Origin", bench.expander.get("ORIGIN"))
        .with_header("Authorization", bench.expander.get("AUTH"));
    for _ in 0..20 {
        for request in [&picture, &Request::get(HEALTH)] {
            let reply = bench.send(request).await?;
            bench.require_status("what is free", &reply, &[200, 204]);
        }
    }
    bench.send_and_judge(&bench.request()?).await?;
    Ok(())
}
