//! Large uploads at one time: what each takes of memory, and what reading along takes of the processor.
//!
//! The upstream reads no byte before all uploads have arrived and three seconds have passed, so that every buffer on
//! the way is full when memory is highest.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use clap::Args;
use http::StatusCode;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::client::{self, Connection};
use crate::relay::{self, Relay};
use crate::table::{self, row};
use crate::usage;
use crate::waiting_upstream::{ANSWER, Patience, WaitingUpstream};

/// What one upload may take, in MiB.
const MEMORY_BUDGET: f64 = 1.0;
const STALL: Duration = Duration::from_secs(3);
const IDLE_TIME: Duration = Duration::from_secs(1);
/// The longest a question for a job waits, in seconds.
const WAIT: u32 = 60;
const GIGABYTE: f64 = 1e9;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Uploads at one time; 25 of 40 MiB would be over the relay's default limit
    #[arg(long, default_value_t = 24, value_name = "N")]
    uploads: usize,
    /// Size of each
    #[arg(long, default_value_t = 40, value_name = "MIB")]
    mebibytes: usize,
    /// Runs of each kind, alternating
    #[arg(long, default_value_t = 5, value_name = "N")]
    runs: usize,
}

/// What one run gave.
#[derive(Debug, Clone, Copy)]
struct Figures {
    idle: f64,
    peak: f64,
    per_upload: f64,
    seconds_per_gigabyte: f64,
    /// From the first byte to the last answer, without the stall.
    seconds: f64,
}

/// Measures without and with `Idempotency-Key`, in turns. `false` when an upload takes too much memory.
pub(crate) async fn run(relay: &Path, options: &Options) -> Result<bool> {
    let body = body(options.mebibytes << 20);
    let (mut plain, mut jobs) = (Vec::new(), Vec::new());
    for run in 1..=options.runs {
        for (as_jobs, kind) in [(false, &mut plain), (true, &mut jobs)] {
            let figures = measure(relay, options.uploads, &body, as_jobs).await?;
            eprintln!("run {run}, {}: {figures:.2?}", if as_jobs { "jobs" } else { "plain" });
            kind.push(figures);
        }
    }
    let heading = format!("{} uploads of {} MiB, {} runs", options.uploads, options.mebibytes, options.runs);
    let mut rows = vec![row![heading, "plain", "jobs (Idempotency-Key)"]];
    let mut add = |name: &str, digits: usize, figure: fn(&Figures) -> f64| {
        rows.push(row![name, spread(&plain, digits, figure), spread(&jobs, digits, figure)]);
    };
    add("memory (RSS) idle, MiB", 1, |figures| figures.idle);
    add("highest memory, MiB", 1, |figures| figures.peak);
    add("above idle per upload, MiB (budget 1)", 2, |figures| figures.per_upload);
    add("processor, s per GB", 2, |figures| figures.seconds_per_gigabyte);
    add("time without the stall, s", 1, |figures| figures.seconds);
    println!("{}", table::markdown(&rows));
    Ok(plain.iter().chain(&jobs).all(|figures| figures.per_upload <= MEMORY_BUDGET))
}

/// Median, smallest and largest of a figure.
fn spread(all: &[Figures], digits: usize, figure: fn(&Figures) -> f64) -> String {
    let mut values: Vec<f64> = all.iter().map(figure).collect();
    values.sort_by(f64::total_cmp);
    match (values.get(values.len() / 2), values.first(), values.last()) {
        (Some(median), Some(least), Some(most)) => {
            format!("{median:.digits$} ({least:.digits$} to {most:.digits$})")
        }
        _ => String::new(),
    }
}

async fn measure(program: &Path, uploads: usize, body: &Bytes, as_jobs: bool) -> Result<Figures> {
    let patience = Patience { gate: uploads, stall: STALL, hold: Duration::ZERO };
    let upstream = WaitingUpstream::start(patience)?;
    let folder = tempfile::tempdir()?;
    let relay = Relay::start(program, folder.path(), &upstream.url).await?;
    let process = relay.program.id();
    sleep(IDLE_TIME).await;
    let idle = usage::resident(process)?;
    let processor_before = usage::processor_seconds(process)?;
    usage::forget_peak(process)?;

    let begun = Instant::now();
    let mut calls = JoinSet::new();
    let mut random = fastrand::Rng::new();
    for _ in 0..uploads {
        let key = as_jobs.then(|| relay::new_key(&mut random));
        calls.spawn(upload(relay.address, key, body.clone()));
    }
    while let Some(ended) = calls.join_next().await {
        ended??;
    }
    let seconds = (begun.elapsed() - STALL).as_secs_f64();
    let peak = usage::peak(process)?;
    let processor = usage::processor_seconds(process)? - processor_before;
    let bytes = upstream.bytes();
    if bytes != uploads * body.len() {
        bail!("the upstream got {bytes} bytes, not {uploads} times {}", body.len());
    }
    Ok(Figures {
        idle,
        peak,
        per_upload: (peak - idle) / uploads as f64,
        seconds_per_gigabyte: processor / (bytes as f64 / GIGABYTE),
        seconds,
    })
}

async fn upload(relay: SocketAddr, key: Option<String>, body: Bytes) -> Result<()> {
    let mut connection = Connection::open(relay).await?;
    let request = relay::call(key.as_deref(), body.len());
    let mut answer = connection.send(request, client::whole(body)).await?;
    if let Some(key) = &key {
        while answer.status == StatusCode::ACCEPTED {
            answer = connection.send(relay::job(key, WAIT), client::empty()).await?;
        }
    }
    if answer.status != StatusCode::OK || answer.body != ANSWER {
        bail!("the answer is {} {:?}", answer.status, answer.code());
    }
    Ok(())
}

/// A call with one picture, `length` bytes in all or a few less. Its bytes are noise, as those of photographs are.
fn body(length: usize) -> Bytes {
    const AROUND: usize = 256;
    let mut picture = vec![0; length.saturating_sub(AROUND) / 4 * 3];
    fastrand::Rng::with_seed(1).fill(&mut picture);
    let picture = BASE64_STANDARD.encode(picture);
    Bytes::from(format!(
        "{{\"model\":\"qwen-image-edit\",\"input\":{{\"messages\":[{{\"role\":\"user\",\"content\":[\
         {{\"image\":\"data:image/png;base64,{picture}\"}},{{\"text\":\"Make it snow\"}}]}}]}}}}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_a_call_of_the_size_that_was_asked_for() {
        let body = body(1 << 20);
        assert!((1_048_000..=1 << 20).contains(&body.len()), "{}", body.len());
        let call: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(call["input"]["messages"][0]["content"][1]["text"], "Make it snow");
    }

    #[test]
    fn the_median_stands_before_the_range() {
        let figures =
            |idle| Figures { idle, peak: 0.0, per_upload: 0.0, seconds_per_gigabyte: 0.0, seconds: 0.0 };
        let all = [figures(3.0), figures(1.0), figures(2.0)];
        assert_eq!(spread(&all, 1, |figures| figures.idle), "2.0 (1.0 to 3.0)");
    }
}
