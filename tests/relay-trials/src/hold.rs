//! Many calls waiting at one time: no errors, little memory, and a relay that still answers others at once.
//!
//! Callers, relay and upstream share one machine, so times are upper bounds; they are shown and not judged.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use bytes::Bytes;
use clap::Args;
use http::StatusCode;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::client::{self, Answer, Connection};
use crate::relay::{self, Relay};
use crate::table::{self, row};
use crate::usage;
use crate::waiting_upstream::{ANSWER, Patience, WaitingUpstream};

/// What all calls together may take above the idle relay, in MiB.
const MEMORY_BUDGET: f64 = 40.0;
/// How often the health route is asked.
const PROBE_PAUSE: Duration = Duration::from_millis(10);
/// How long the idle relay is watched.
const IDLE_TIME: Duration = Duration::from_secs(2);
const LOOK_PAUSE: Duration = Duration::from_millis(20);
/// The longest a question for a job waits, in seconds.
const WAIT: u32 = 60;
const BODY: &str = r#"{"model":"qwen-image-edit","input":{"messages":[{"role":"user","content":[{"image":"https://example.com/a.png"},{"text":"Make it snow"}]}]}}"#;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Calls at one time
    #[arg(long, default_value_t = 1000, value_name = "N")]
    calls: usize,
    /// How long the API takes for each
    #[arg(long, default_value_t = 8, value_name = "N")]
    seconds: u64,
}

/// What was measured in one way of calling.
#[derive(Debug)]
struct Figures {
    errors: Vec<String>,
    /// The most calls that waited at one time.
    held: usize,
    idle: f64,
    while_held: f64,
    peak: f64,
    idle_probes: Latencies,
    held_probes: Latencies,
    all_probes: Latencies,
}

/// Holds the calls once as plain ones and once as jobs. `false` on an error, a call too few, or too much memory.
pub(crate) async fn run(relay: &Path, options: &Options) -> Result<bool> {
    let plain = measure(relay, options, false).await?;
    let jobs = measure(relay, options, true).await?;
    let heading = format!("{} calls, {} s each", options.calls, options.seconds);
    let mut rows = vec![row![heading, "plain", "jobs"]];
    let mut add = |name: &str, show: &dyn Fn(&Figures) -> String| {
        rows.push(row![name, show(&plain), show(&jobs)]);
    };
    add("errors", &|figures| figures.errors.len().to_string());
    add("most calls waiting at one time", &|figures| figures.held.to_string());
    add("memory (RSS) idle, MiB", &|figures| format!("{:.1}", figures.idle));
    add("memory while all wait, MiB", &|figures| format!("{:.1}", figures.while_held));
    add("highest memory, MiB", &|figures| format!("{:.1}", figures.peak));
    add("highest above idle, MiB (budget 40)", &|figures| format!("{:.1}", figures.peak - figures.idle));
    add("healthz idle: p50 / p99 / max, ms", &|figures| figures.idle_probes.text());
    add("healthz while all wait", &|figures| figures.held_probes.text());
    add("healthz from first call to last answer", &|figures| figures.all_probes.text());
    println!("{}", table::markdown(&rows));
    for error in plain.errors.iter().chain(&jobs.errors).take(10) {
        eprintln!("{error}");
    }
    Ok([plain, jobs].iter().all(|figures| figures.is_good(options.calls)))
}

impl Figures {
    fn is_good(&self, calls: usize) -> bool {
        self.errors.is_empty() && self.held == calls && self.peak - self.idle <= MEMORY_BUDGET
    }
}

async fn measure(program: &Path, options: &Options, as_jobs: bool) -> Result<Figures> {
    let hold = Duration::from_secs(options.seconds);
    let upstream = WaitingUpstream::start(Patience { gate: 0, stall: Duration::ZERO, hold })?;
    let folder = tempfile::tempdir()?;
    let relay = Relay::start(program, folder.path(), &upstream.url).await?;
    let process = relay.program.id();
    let (stop, stopped) = watch::channel(false);
    let probes = tokio::spawn(probe(relay.address, stopped));
    sleep(IDLE_TIME).await;
    let idle = usage::resident(process)?;
    usage::forget_peak(process)?;

    let begun = Instant::now();
    let mut calls = JoinSet::new();
    let mut random = fastrand::Rng::new();
    for _ in 0..options.calls {
        let key = as_jobs.then(|| relay::new_key(&mut random));
        calls.spawn(call(relay.address, key));
    }
    let mut held = 0;
    let mut all_held: Option<(Instant, Instant)> = None;
    let mut while_held = idle;
    let mut errors = Vec::new();
    while !calls.is_empty() {
        let waiting = upstream.waiting();
        held = held.max(waiting);
        if waiting == options.calls {
            let now = Instant::now();
            all_held = Some((all_held.map_or(now, |(first, _)| first), now));
            while_held = usage::resident(process)?;
        }
        while let Some(ended) = calls.try_join_next() {
            errors.extend(ended?.err().map(|error| format!("{error:#}")));
        }
        sleep(LOOK_PAUSE).await;
    }
    let ended = Instant::now();
    let peak = usage::peak(process)?;
    stop.send_replace(true);
    let probes = probes.await??;
    let (first, last) = all_held.unwrap_or((ended, ended));
    Ok(Figures {
        errors,
        held,
        idle,
        while_held,
        peak,
        idle_probes: Latencies::between(&probes, begun - IDLE_TIME, begun),
        held_probes: Latencies::between(&probes, first, last),
        all_probes: Latencies::between(&probes, begun, ended),
    })
}

/// One call, from its connection to its answer.
async fn call(relay: SocketAddr, key: Option<String>) -> Result<()> {
    let mut connection = Connection::open(relay).await?;
    let request = relay::call(key.as_deref(), BODY.len());
    let mut answer = connection.send(request, client::whole(Bytes::from_static(BODY.as_bytes()))).await?;
    if let Some(key) = &key {
        if answer.status != StatusCode::ACCEPTED {
            bail!("a job was answered {} {:?}", answer.status, answer.code());
        }
        while answer.status == StatusCode::ACCEPTED {
            answer = connection.send(relay::job(key, WAIT), client::empty()).await?;
        }
    }
    check(&answer)
}

fn check(answer: &Answer) -> Result<()> {
    if answer.status != StatusCode::OK || answer.body != ANSWER {
        bail!("the answer is {} {:?}", answer.status, answer.code());
    }
    Ok(())
}

/// Asks the health route until told to stop: when, and how long it took.
async fn probe(relay: SocketAddr, stopped: watch::Receiver<bool>) -> Result<Vec<(Instant, Duration)>> {
    let mut connection = Connection::open(relay).await?;
    let mut probes = Vec::new();
    while !*stopped.borrow() {
        let begun = Instant::now();
        let answer = connection.send(relay::health(), client::empty()).await?;
        if answer.status != StatusCode::OK {
            bail!("the health route answers {}", answer.status);
        }
        probes.push((begun, begun.elapsed()));
        sleep(PROBE_PAUSE).await;
    }
    Ok(probes)
}

/// How long questions took, shortest first.
#[derive(Debug)]
struct Latencies(Vec<Duration>);

impl Latencies {
    fn between(probes: &[(Instant, Duration)], from: Instant, to: Instant) -> Self {
        let inside = probes.iter().filter(|(begun, _)| (from..=to).contains(begun));
        let mut latencies: Vec<Duration> = inside.map(|(_, latency)| *latency).collect();
        latencies.sort();
        Self(latencies)
    }

    /// The smallest time that `percent` of the questions do not exceed.
    fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(rank).copied().unwrap_or_default()
    }

    fn text(&self) -> String {
        let show = |latency: Duration| format!("{:.1}", latency.as_secs_f64() * 1000.0);
        [50, 99, 100].map(|percent| show(self.percentile(percent))).join(" / ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_real_values() {
        let begun = Instant::now();
        let probes: Vec<_> = (1..=200).rev().map(|ms| (begun, Duration::from_millis(ms))).collect();
        let latencies = Latencies::between(&probes, begun, begun);
        assert_eq!(latencies.text(), "100.0 / 198.0 / 200.0");
        assert_eq!(Latencies(Vec::new()).text(), "0.0 / 0.0 / 0.0");
    }
}
