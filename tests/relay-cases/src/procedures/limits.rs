//! Who counts as one caller, and how often one may call.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::bench::Bench;
use super::crash::generation;
use super::verdict::Stop;
use crate::case_file::KeyMode;
use crate::client::{Caller, Reply, Request};
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

/// Sends the request many times, each as a new call, and judges the last answer and the number of calls.
async fn repeat(bench: &mut Bench<'_>, times: usize, caller: impl Fn(usize) -> Caller) -> Result<(), Stop> {
    bench.expander.set("LIMIT", LIMIT.to_string());
    let since = Instant::now();
    let mut last = Reply::None("nothing was sent".to_owned());
    for number in 0..times {
        bench.expander.set("N", (number % 250).to_string());
        bench.expander.set("IK", uuid::Uuid::new_v4().to_string());
        let request = bench.request()?;
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
    for number in 0..5 {
        let guess =
            request.clone().with_only("Authorization", Some(&format!("Bearer guess-{number}-0123456789")));
        let reply = bench.send(&guess).await?;
        bench.require_status("a wrong token", &reply, &[401]);
        bench.require_code("a wrong token", &reply, "token_invalid");
    }
    let guess = request.clone().with_only("Authorization", Some("Bearer guess-6-0123456789"));
    let slowed = bench.send_and_judge(&guess).await?;
    bench.require_retry_after("one guess too many", &slowed);
    let right = generation(bench).with_header("Idempotency-Key", &uuid::Uuid::new_v4().to_string());
    let elsewhere = bench.send_as(Caller::number(12_000_000), &right).await?;
    bench.require_status("a right token from elsewhere", &elsewhere, &[200]);
    Ok(())
}

/// One person's calls at one time are limited; others are not held up.
pub(super) async fn calls_at_once(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(with_first_invite(bench, "calls_at_once = 2, requests_per_minute = 1000")).await?;
    bench.scene.api.set_plan(Plan::read("delay=2")?);
    let call = |bench: &Bench<'_>| {
        generation(bench).with_header("Idempotency-Key", &uuid::Uuid::new_v4().to_string())
    };
    let calls = (0..6).map(|_| (bench.caller, call(bench))).collect();
    let since = Instant::now();
    let replies = bench.send_all(calls).await?;
    let executed = replies.iter().filter(|reply| reply.status() == Some(200)).count();
    bench.require(executed == 2, || format!("{executed} of 6 calls were executed, expected 2"));
    let refused = replies.iter().find(|reply| reply.status() != Some(200)).cloned();
    let refused = refused.unwrap_or(Reply::None("none was refused".to_owned()));
    let seen = bench.observe(refused, since).await;
    bench.judge(&seen);
    bench.scene.api.set_plan(Plan::default());
    let later = bench.send(&call(bench)).await?;
    bench.require_status("a call afterwards", &later, &[200]);
    Ok(())
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

/// SIGHUP: an invitation taken back no longer opens the door, a new one does, and nobody else notices.
pub(super) async fn invitations_change(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let request: Request = bench.request()?;
    let before = bench.send(&request).await?;
    bench.require_status("before", &before, &[200]);

    let (old, new) = (bench.pool.secrets.token.clone(), "canary-token-new-0123456789abcdef");
    let file = bench.relay()?.config_file();
    let text = std::fs::read_to_string(&file)?;
    let changed = text.replace(&crate::relay::token_hash(&old), &crate::relay::token_hash(new));
    bench.require(changed != text, || "the configuration has no such invitation".to_owned());
    std::fs::write(&file, changed)?;
    bench.relay()?.signal(Signal::HUP)?;

    let with_new = request.clone().with_only("Authorization", Some(&format!("Bearer {new}")));
    let deadline = Instant::now() + Duration::from_secs(5);
    let mut opened = bench.send(&with_new).await?;
    while opened.status() != Some(200) && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
        opened = bench.send_as(Caller::number(14_000_000), &with_new).await?;
    }
    bench.require_status("the new token", &opened, &[200]);
    bench.send_and_judge(&request).await?;
    let second = bench.expander.get("AUTH2").to_owned();
    let other = bench.send(&generation(bench).with_only("Authorization", Some(&second))).await?;
    bench.require_status("the other person", &other, &[200]);
    let running = bench.relay()?.is_running();
    bench.require(running, || "SIGHUP ended the relay".to_owned());
    Ok(())
}
