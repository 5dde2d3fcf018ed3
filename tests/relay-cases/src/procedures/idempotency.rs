//! One key, several requests: replay, conflict, race, and what is stored and what is not.

use std::time::{Duration, Instant};

use super::bench::Bench;
use super::verdict::Stop;
use crate::client::{Reply, Request};
use crate::fill::{Body, JOBS, JSON_OK};
use crate::mock_script::Plan;

const PATIENCE: Duration = Duration::from_secs(20);

impl Bench<'_> {
    /// Asks for the stored answer of a key, with the case's credential.
    pub(super) fn job(&self, key: &str) -> Request {
        let auth = self.expander.get("AUTH").to_owned();
        self.job_as(key, &auth)
    }

    pub(super) fn job_as(&self, key: &str, authorization: &str) -> Request {
        Request::get(&format!("{JOBS}{key}"))
            .with_header("Origin", self.expander.get("ORIGIN"))
            .with_header("Authorization", authorization)
    }

    pub(super) fn key(&self) -> String {
        self.expander.get("IK").to_owned()
    }

    /// Sends the case's request a second time and requires the first answer again, byte for byte.
    pub(super) async fn require_replay(&mut self, request: &Request, first: &Reply) -> Result<(), Stop> {
        let second = self.send(request).await?;
        self.require_same("the second request", first, &second);
        let replayed = second.answer().is_some_and(crate::client::Answer::is_replay);
        self.require(replayed, || "the second answer has no Idempotency-Replayed: true".to_owned());
        Ok(())
    }

    pub(super) fn require_same(&mut self, step: &str, first: &Reply, second: &Reply) {
        let same = match (first.answer(), second.answer()) {
            (Some(first), Some(second)) => {
                first.status == second.status && first.body_sha256 == second.body_sha256
            }
            _ => false,
        };
        self.require(same, || {
            format!(
                "{step}: {}, expected the bytes of the first answer ({})",
                second.in_short(),
                first.in_short()
            )
        });
    }

    pub(super) fn require_code(&mut self, step: &str, reply: &Reply, code: &str) {
        let used = reply.answer().and_then(crate::client::Answer::error_code);
        self.require(used.as_deref() == Some(code), || {
            format!("{step}: {}, expected {code}", reply.in_short())
        });
    }

    pub(super) fn require_retry_after(&mut self, step: &str, reply: &Reply) {
        let value = reply.answer().and_then(|answer| answer.header("retry-after")).unwrap_or_default();
        let fits = value.parse::<u32>().is_ok();
        self.require(fits, || format!("{step}: Retry-After is \"{value}\""));
    }
}

/// The same request twice.
pub(super) async fn replay(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    bench.require_replay(&request, &first).await?;
    bench.require_hits("after the replay", 1).await;
    let stored = bench.send(&bench.job(&bench.key())).await?;
    bench.require_same("the stored answer", &first, &stored);
    Ok(())
}

/// The same key with another number of pictures.
pub(super) async fn other_body(bench: &mut Bench<'_>) -> Result<(), Stop> {
    with_second_body(bench, JSON_OK.replace("\"n\":1", "\"n\":2")).await
}

/// The same key with the same JSON, written differently.
pub(super) async fn other_whitespace(bench: &mut Bench<'_>) -> Result<(), Stop> {
    with_second_body(bench, JSON_OK.replace("\":", "\": ")).await
}

async fn with_second_body(bench: &mut Bench<'_>, body: String) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send(&request).await?;
    bench.require_status("the first request", &first, &[200]);
    bench.send_and_judge(&request.with_body(Body::of(body))).await?;
    Ok(())
}

/// A second request while the first is running.
pub(super) async fn running(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    bench.scene.api.set_plan(Plan::read("delay=2")?);
    let request = bench.request()?;
    let (to, host) = bench.destination()?;
    let (first, caller, timeouts) = (request.clone(), bench.caller, bench.timeouts());
    let first = tokio::spawn(async move { first.send(caller, to, &host, timeouts).await });
    bench.scene.api.has_hits(1, PATIENCE).await;
    let second = bench.send_and_judge(&request).await?;
    bench.require_retry_after("while the first runs", &second);
    let first = first.await.map_err(anyhow::Error::from)?;
    bench.require_status("the first request", &first, &[200]);
    bench.require_replay(&request, &first).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// Somebody asks for the result of a call that is running.
pub(super) async fn result_while_running(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    bench.scene.api.set_plan(Plan::read("delay=2")?);
    let call = super::crash::generation(bench).with_header("Idempotency-Key", &bench.key());
    let (to, host) = bench.destination()?;
    let (caller, timeouts) = (bench.caller, bench.timeouts());
    let call = tokio::spawn(async move { call.send(caller, to, &host, timeouts).await });
    bench.scene.api.has_hits(1, PATIENCE).await;
    let job = bench.job(&bench.key());
    bench.send_and_judge(&job).await?;
    let first = call.await.map_err(anyhow::Error::from)?;
    bench.require_status("the call", &first, &[200]);
    let stored = bench.send(&job).await?;
    bench.require_same("the result afterwards", &first, &stored);
    Ok(())
}

/// A hundred at one time.
pub(super) async fn race(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile().with("limits.connections_per_ip", "200")).await?;
    bench.scene.api.set_plan(Plan::read("delay=1")?);
    let request = bench.request()?;
    let since = Instant::now();
    let replies = bench.send_all(vec![(bench.caller, request.clone()); 100]).await?;
    for reply in &replies {
        bench.require_status("in the race", reply, &[200, 409]);
    }
    let winner = replies.iter().find(|reply| reply.status() == Some(200)).cloned();
    let winner = winner.unwrap_or_else(|| replies[0].clone());
    let seen = bench.observe(winner.clone(), since).await;
    bench.judge(&seen);
    bench.require_hits("after the race", 1).await;
    bench.require_replay(&request, &winner).await
}

/// Whose result it is, is nobody else's business.
pub(super) async fn foreign_result(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let owner = bench.job(&bench.key());
    let post = Request { method: "POST".into(), target: crate::fill::GENERATION.into(), ..owner.clone() }
        .with_header("Content-Type", "application/json")
        .with_header("Idempotency-Key", &bench.key())
        .with_body(Body::of(JSON_OK));
    let first = bench.send(&post).await?;
    bench.require_status("the owner's request", &first, &[200]);
    let stored = bench.send(&owner).await?;
    bench.require_same("the owner's result", &first, &stored);

    // What the case counts begins here.
    bench.require_hits("before the stranger comes", 1).await;
    bench.scene.api.received().clear();
    let foreign = bench.request()?;
    let unknown = Request { target: format!("{JOBS}{}", bench.expander.get("UUID2")), ..foreign.clone() };
    let of_unknown = bench.send(&unknown).await?;
    let of_foreign = bench.send_and_judge(&foreign).await?;
    let comparable = |reply: &Reply| {
        let answer = reply.answer()?;
        let mut body = answer.json()?;
        body["error"]["request_id"] = serde_json::Value::Null;
        let mut headers = answer.headers.clone();
        headers.retain(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"));
        Some((answer.status, body, headers))
    };
    let same = comparable(&of_foreign).is_some() && comparable(&of_foreign) == comparable(&of_unknown);
    bench.require(same, || "a stranger's key and an unknown one are answered differently".to_owned());
    Ok(())
}

/// The caller ends within the body, in the middle unless the case says where; the key stays usable.
pub(super) async fn half_body(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let whole: usize = request.body.parts.iter().map(|part| part.len()).sum();
    let words = bench.case.words();
    let sent = match () {
        () if words.contains("last byte") => whole - 1,
        () if words.contains("99 %") || words.contains("99%") => whole / 100 * 99,
        () => whole / 2,
    };
    let half = request.clone().with_body(request.body.clone().cut(sent));
    bench.send_and_judge(&half).await?;
    // What was begun must be over before the key is used again.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let whole = bench.send(&request).await?;
    bench.require_status("the whole body afterwards", &whole, &[200]);
    bench.require_hits("after the whole body", 1).await;
    Ok(())
}

/// A final refusal is stored like a success.
pub(super) async fn final_refusal(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    bench.require_replay(&request, &first).await?;
    bench.require_hits("after the second request", 1).await;
    Ok(())
}

/// "Not now" is not stored: the same key may try again.
pub(super) async fn released(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    // A call that could not even be made has not reached the API.
    let reached = bench.scene.api.hits();
    let allowed: &[u16] = if reached == 0 { &[502, 503] } else { &[429, 503] };
    bench.require_status("the first request", &first, allowed);
    bench.heal().await?;
    let second = bench.send(&request).await?;
    bench.require_status("the second request", &second, &[200]);
    bench.require_hits("after the second request", reached + 1).await;
    Ok(())
}

/// Nobody knows what became of the call: it is never made again under this key.
pub(super) async fn unknown_outcome(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    bench.require_status("the first request", &first, &[502, 504]);
    let charged = first.answer().and_then(crate::client::Answer::charged);
    bench.require(charged.as_deref() == Some("unknown"), || {
        format!("charged is {charged:?}, expected unknown")
    });
    bench.scene.api.set_plan(Plan::default());
    require_unknown(bench, &request).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// Both ways of asking say that nobody knows.
pub(super) async fn require_unknown(bench: &mut Bench<'_>, request: &Request) -> Result<(), Stop> {
    let again = bench.send(request).await?;
    bench.require_status("the same key again", &again, &[409, 502, 504]);
    bench.require_code("the same key again", &again, "outcome_unknown");
    let stored = bench.send(&bench.job(&bench.key())).await?;
    bench.require_status("the result", &stored, &[409, 502, 504]);
    bench.require_code("the result", &stored, "outcome_unknown");
    Ok(())
}
