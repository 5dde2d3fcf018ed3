//! One request, or some raw bytes, and nothing else.

use std::time::Instant;

use super::bench::Bench;
use super::verdict::Stop;
use crate::client::{Reply, send_raw};
use crate::fill::raw_with_real_paths;
use crate::judge::judge_damage;

/// Sends the request of the case once.
pub(super) async fn request(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    Ok(())
}

/// Writes the bytes of the case, and judges the first answer and the end of the connection.
pub(super) async fn raw(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let raw = bench.case.raw.clone().ok_or("a RAW case without \"raw\"".to_owned())?;
    let bytes = bench.expander.bytes(&raw_with_real_paths(&raw))?;
    let since = Instant::now();
    let (caller, to) = (bench.caller, bench.relay()?.address.socket());
    let outcome = send_raw(caller, to, &bytes).await?;
    let reply = match (outcome.answers.first(), outcome.rest) {
        (Some(answer), _) => Reply::Answer(answer.clone()),
        (None, Some(rest)) => Reply::None(rest),
        (None, None) if outcome.is_closed => Reply::None("connection closed".to_owned()),
        (None, None) => Reply::None("silence, connection open".to_owned()),
    };
    let mut seen = bench.observe(reply, since).await;
    seen.answers = Some(outcome.answers.len());
    seen.is_closed = Some(outcome.is_closed);
    seen.all_statuses = outcome.answers.iter().map(|answer| answer.status).collect();
    // "Closing is also a pass" does not mean that doing nothing is.
    if seen.reply.status().is_none() && !outcome.is_closed {
        bench.problem("neither an answer nor the end of the connection");
    }
    bench.judge(&seen);
    Ok(())
}

/// A case with steps that nobody here knows: its plain request must at least do no damage.
pub(super) async fn unknown_steps(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let since = Instant::now();
    let reply = bench.send(&request).await?;
    let seen = bench.observe(reply, since).await;
    let findings = judge_damage(&bench.case.expect, &seen, &bench.expander);
    let counts_differ = !findings.problems.is_empty();
    let status = seen.reply.in_short();
    bench.add(crate::judge::Findings { problems: Vec::new(), ..findings });
    // More calls than the whole case allows are damage, fewer may be what the steps are for. Where the steps first
    // bring about a state in which the request is refused, the plain request says nothing.
    let needs_preparation = PREPARATIONS.iter().any(|word| bench.case.words().contains(word));
    if counts_differ && exceeds(bench, &seen) && !needs_preparation {
        bench.problem(format!("more was reached than the case allows (plain request: {status})"));
    }
    Err(Stop::Skipped(format!("steps not known: {} (plain request: {status})", bench.case.steps.join(" / "))))
}

/// Beginnings of words that tell of a state which is not the usual one.
const PREPARATIONS: &[&str] = &[
    "spend",
    "spent",
    "budget",
    "exhaust",
    "over the",
    "exceed",
    "refused with",
    "read-only",
    "readonly",
    "locked",
    "damage",
    "corrupt",
    "overwrite",
    "remount",
    "chmod",
    "replace the",
    "abort",
    "half a body",
    "fill the",
    "revoke",
    "remove the",
];

fn exceeds(bench: &Bench<'_>, seen: &crate::judge::Observation) -> bool {
    let expect = &bench.case.expect;
    let limits = [
        (&expect.api_hits, seen.counts.api),
        (&expect.img_hits, seen.counts.images),
        (&expect.evil_hits, seen.counts.evil),
        (&expect.private_listener_hits, seen.counts.private),
    ];
    limits.iter().any(|(limit, times)| {
        let limit = limit.as_ref().and_then(|limit| bench.expander.amount(limit).ok());
        limit.is_some_and(|limit| *times as f64 > limit)
    })
}
