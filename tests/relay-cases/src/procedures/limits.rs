//! Who counts as one caller, and how often one may call.

use std::time::Instant;

use super::bench::Bench;
use super::crash::generation;
use super::verdict::Stop;
use crate::case_file::KeyMode;
use crate::client::{Caller, Reply};
use crate::mock_script::Plan;
use crate::relay::Profile;

/// Requests a minute from one address in these cases.
const LIMIT: usize = 10;

fn limited(bench: &Bench<'_>) -> Profile {
    bench.usual_profile().with("limits.requests_per_minute_per_ip", &LIMIT.to_string())
}

/// Headers that claim another address do not change whose request it is.
pub(super) async fn claimed_addresses(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(limited(bench)).await?;
    let caller = bench.caller;
    repeat(bench, 3 * LIMIT, |_| caller).await
}

/// Addresses of one /64 are one caller.
pub(super) async fn one_network(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(limited(bench).over_ipv6()).await?;
    repeat(bench, 500, |number| Caller::in_network_v6(7, number as u16 + 1)).await
}

/// What one /64 has used up is not missing in another.
pub(super) async fn two_networks(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(limited(bench).over_ipv6()).await?;
    repeat(bench, 3 * LIMIT, |number| Caller::in_network_v6(7, number as u16 + 1)).await?;
    bench.expander.set("IK", uuid::Uuid::new_v4().to_string());
    let other = bench.send_as(Caller::in_network_v6(8, 1), &bench.request()?).await?;
    bench.require_status("another network", &other, &[200]);
    Ok(())
}

/// Sends the request many times, each as a new call, and judges the last answer and the number of calls.
async fn repeat(bench: &mut Bench<'_>, times: usize, caller: impl Fn(usize) -> Caller) -> Result<(), Stop> {
    bench.expander.set("LIMIT", LIMIT.to_string());
    let rotates = bench.case.words().contains("x-forwarded-for");
    let since = Instant::now();
    let mut last = Reply::None("nothing was sent".to_owned());
    for number in 0..times {
        bench.expander.set("N", (number % 250).to_string());
        bench.expander.set("IK", uuid::Uuid::new_v4().to_string());
        let mut request = bench.request()?;
        // A case may say only in words that the header is there.
        if rotates && request.header("x-forwarded-for").is_none() {
            request = request.with_header("X-Forwarded-For", &format!("6.6.6.{}", number % 250));
        }
        last = bench.send_as(caller(number), &request).await?;
        bench.require_status("one of many", &last, &[200, 429]);
    }
    bench.require_status("the last of many", &last, &[429]);
    bench.require_retry_after("the last of many", &last);
    let seen = bench.observe(last, since).await;
    bench.judge(&seen);
    Ok(())
}

/// Behind a trusted proxy the last address that is not the proxy's is the caller's.
pub(super) async fn trusted_proxy(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let proxy = bench.caller;
    let profile = limited(bench).with("trusted_proxies", &format!("[\"{}\"]", proxy.ip));
    bench.open_alone(profile).await?;
    let request = |bench: &mut Bench<'_>, client: &str| {
        bench.expander.set("CLIENT_IP", client);
        bench.expander.set("IK", uuid::Uuid::new_v4().to_string());
        bench.request()
    };
    for number in 0..2 * LIMIT {
        let claimed = request(bench, "61.1.1.1")?;
        let claimed = claimed.with_only("X-Forwarded-For", Some(&format!("6.6.6.{number}, 61.1.1.1")));
        let reply = bench.send(&claimed).await?;
        let allowed = if number < LIMIT { 200 } else { 429 };
        bench.require_status(&format!("request {number} of one caller behind the proxy"), &reply, &[allowed]);
    }
    let other = request(bench, "61.2.2.2")?;
    let reply = bench.send_and_judge(&other).await?;
    bench.require_status("another caller behind the same proxy", &reply, &[200]);
    Ok(())
}

/// Tokens nobody gave out: refused, soon slowed down, and not remembered one by one.
pub(super) async fn many_tokens(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let callers: u32 = match (bench.slow, bench.mode) {
        (true, _) => 1_000_000,
        (false, KeyMode::ServerKey) => 20_000,
        // Each of these is a call with a TLS handshake.
        (false, KeyMode::Passthrough) => 2_000,
    };
    // Without tokens of its own the relay cannot tell; the API does.
    bench.scene.api.set_plan(Plan::read("status=401")?);
    bench.open_alone(bench.usual_profile()).await?;
    let warm_up = bench.send(&bench.request()?).await?;
    bench.require_status("the first", &warm_up, &[401]);
    bench.begin_measuring();
    let since = Instant::now();
    let (to, host) = bench.destination()?;
    let timeouts = bench.timeouts();
    let mut running = tokio::task::JoinSet::new();
    let mut last = Reply::None("nothing was sent".to_owned());
    for number in 0..callers {
        bench.expander.set("N", number.to_string());
        let request = bench.request()?.with_only("Idempotency-Key", None);
        let (caller, host) = (Caller::number(11_000_000 + number), host.clone());
        running.spawn(async move { request.send(caller, to, &host, timeouts).await });
        if running.len() >= 32
            && let Some(Ok(reply)) = running.join_next().await
        {
            bench.require_status("one of many", &reply, &[401, 429]);
            last = reply;
        }
    }
    while running.join_next().await.is_some() {}
    if bench.mode == KeyMode::Passthrough {
        // Every key is the API's to judge, so here the calls are its business.
        bench.scene.api.received().clear();
    }
    let seen = bench.observe(last, since).await;
    bench.judge(&seen);
    bench.note(format!("{callers} tokens"));
    Ok(())
}

/// Guessing is slowed down by address, and a right token from elsewhere is not.
pub(super) async fn guessing(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile().with("limits.wrong_tokens_per_minute_per_ip", "5")).await?;
    let request = bench.request()?;
    let mut wrong = Reply::None("nothing was sent".to_owned());
    for number in 0..5 {
        let guess =
            request.clone().with_only("Authorization", Some(&format!("Bearer guess-{number}-0123456789")));
        wrong = bench.send(&guess).await?;
        bench.require_status("a wrong token", &wrong, &[401]);
        bench.require_code("a wrong token", &wrong, "token_invalid");
    }
    let guess = request.clone().with_only("Authorization", Some("Bearer guess-6-0123456789"));
    let since = Instant::now();
    let slowed = bench.send(&guess).await?;
    bench.require_status("one guess too many", &slowed, &[429]);
    // A case that names the code of a wrong token is about that answer.
    let is_about_401 = bench.case.expect.error_code.as_deref() == Some("token_invalid");
    let seen = bench.observe(if is_about_401 { wrong } else { slowed.clone() }, since).await;
    bench.judge(&seen);
    bench.require_retry_after("one guess too many", &slowed);
    let right = generation(bench).with_header("Idempotency-Key", &uuid::Uuid::new_v4().to_string());
    let elsewhere = bench.send_as(Caller::number(12_000_000), &right).await?;
    bench.require_status("a right token from elsewhere", &elsewhere, &[200]);
    Ok(())
}

/// One person's calls at one time are limited; others are not held up.
pub(super) async fn calls_at_once(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let words = bench.case.words();
    let allowed = number_after(&words, "concurrency").unwrap_or(2);
    let all = number_before(&words, "parallel").unwrap_or(allowed + 4);
    let limits = format!("calls_at_once = {allowed}, requests_per_minute = 1000");
    bench.open_alone(with_first_invite(bench, &limits)).await?;
    bench.scene.api.set_plan(Plan::read("delay=2")?);
    let call = |bench: &Bench<'_>| {
        generation(bench).with_header("Idempotency-Key", &uuid::Uuid::new_v4().to_string())
    };
    let calls = (0..all).map(|_| (bench.caller, call(bench))).collect();
    let since = Instant::now();
    let replies = bench.send_all(calls).await?;
    let executed = replies.iter().filter(|reply| reply.status() == Some(200)).count();
    bench.require(executed == allowed, || {
        format!("{executed} of {all} calls were executed, expected {allowed}")
    });
    let refused = replies.iter().find(|reply| reply.status() != Some(200)).cloned();
    let refused = refused.unwrap_or(Reply::None("none was refused".to_owned()));
    let seen = bench.observe(refused, since).await;
    bench.judge(&seen);
    bench.scene.api.set_plan(Plan::default());
    let later = bench.send(&call(bench)).await?;
    bench.require_status("a call afterwards", &later, &[200]);
    Ok(())
}

/// The first number that follows a word.
fn number_after(words: &str, word: &str) -> Option<usize> {
    let (_, after) = words.split_once(word)?;
    after
        .split_whitespace()
        .find_map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()).parse().ok())
}

/// The number right before a word.
fn number_before(words: &str, word: &str) -> Option<usize> {
    let (before, _) = words.split_once(word)?;
    before.split_whitespace().next_back()?.parse().ok()
}

/// One person's requests in a minute.
pub(super) async fn requests_per_minute(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(with_first_invite(bench, "calls_at_once = 10, requests_per_minute = 3")).await?;
    let mut replies = Vec::new();
    for number in 0..5_u32 {
        let request = bench.request()?.with_only("Idempotency-Key", Some(&uuid::Uuid::new_v4().to_string()));
        // From another address each time: it is the person who is counted.
        replies.push(bench.send_as(Caller::number(13_000_000 + number), &request).await?);
    }
    let executed = replies.iter().filter(|reply| reply.status() == Some(200)).count();
    bench.require(executed == 3, || format!("{executed} of 5 calls were executed, expected 3"));
    let last = replies.pop().unwrap_or(Reply::None("nothing was sent".to_owned()));
    bench.require_retry_after("one too many", &last);
    let seen = bench.observe(last, Instant::now()).await;
    bench.judge(&seen);
    let second = bench.expander.get("AUTH2").to_owned();
    let other = bench.send(&generation(bench).with_only("Authorization", Some(&second))).await?;
    bench.require_status("another person", &other, &[200]);
    Ok(())
}

/// The usual relay, the first person's limits as given.
fn with_first_invite(bench: &Bench<'_>, limits: &str) -> Profile {
    let secrets = &bench.pool.secrets;
    let invite = |name: &str, token: &str, limits: &str| {
        let hash = crate::relay::token_hash(token);
        format!("{{ name = \"{name}\", token_sha256 = \"{hash}\", images_per_day = 1000, {limits} }}")
    };
    let first = invite("first", &secrets.token, limits);
    let second = invite("second", &secrets.token2, "calls_at_once = 10, requests_per_minute = 1000");
    bench.usual_profile().with("access.invites", &format!("[{first}, {second}]"))
}

/// What is remembered of each network takes little room, however many networks come.
pub(super) async fn limiter_table(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const GREW: f64 = 64.0;
    let networks: u32 = match (bench.slow, bench.mode) {
        (true, _) => 100_000,
        (false, KeyMode::ServerKey) => 20_000,
        // Each of these is a call with a TLS handshake.
        (false, KeyMode::Passthrough) => 2_000,
    };
    bench.scene.api.set_plan(Plan::read("status=401")?);
    bench.open_alone(bench.usual_profile().over_ipv6()).await?;
    let request = generation(bench).with_only("Authorization", Some("Bearer sk-nobody-0123456789"));
    let warm_up = bench.send_as(Caller::in_network_v6(0, 2), &request).await?;
    bench.require_status("the first", &warm_up, &[401]);
    bench.begin_measuring();
    let before = bench.relay()?.resident_mb().unwrap_or(0.0);
    let (to, host) = bench.destination()?;
    let timeouts = bench.timeouts();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..networks {
        // 65 536 networks at most; the second round comes from other addresses in them.
        let caller = Caller::in_network_v6((number % 0x1_0000) as u16, 3 + (number / 0x1_0000) as u16);
        let (request, host) = (request.clone(), host.clone());
        running.spawn(async move { request.send(caller, to, &host, timeouts).await });
        if running.len() >= 32
            && let Some(Ok(reply)) = running.join_next().await
        {
            bench.require_status("one of many networks", &reply, &[401, 429]);
        }
    }
    while running.join_next().await.is_some() {}
    let grew = bench.relay()?.peak_mb().unwrap_or(f64::MAX) - before;
    bench.require(grew < GREW, || format!("memory grew by {grew:.0} MB"));
    bench.note(format!("{networks} networks, memory grew by {grew:.0} MB"));
    Ok(())
}
