//! The simulator behind the relay, and what it saw.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use http::{Method, Request};
use serde::Deserialize;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::client::{self, Connection};
use crate::process::Program;

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_millis(1);
/// What a killed relay left in a socket is read within this time, or was never sent.
const SETTLING: Duration = Duration::from_secs(5);

/// A running simulator.
#[derive(Debug)]
pub(crate) struct Sim {
    /// Ends with this value.
    _program: Program,
    /// Where it answers like the vendor.
    pub(crate) url: String,
    control: SocketAddr,
    seen: BTreeMap<u64, Seen>,
}

/// One request as the simulator saw it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Seen {
    id: u64,
    /// Whether the whole body arrived: only then can it be executed, and cost money.
    pub(crate) complete: bool,
    pub(crate) body_sha256: Option<String>,
    /// When a success will be answered, in milliseconds since 1970.
    due_ms: Option<u64>,
    pub(crate) status: Option<u16>,
    /// When the answer was ready, in milliseconds since 1970.
    pub(crate) answered_ms: Option<u64>,
    pub(crate) answer_sha256: Option<String>,
}

impl Sim {
    /// Starts a simulator whose calls take `latency`, for example `200ms..3s`.
    pub(crate) async fn start(program: &Path, latency: &str) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--latency", latency]);
        let mut program = Program::start("the simulator", command)?;
        let url = program.announced("listening").await?;
        let control = program.announced("control").await?;
        let control = control.strip_prefix("http://").and_then(|address| address.parse().ok());
        let control = control.context("the simulator's control address")?;
        Ok(Self { _program: program, url, control, seen: BTreeMap::new() })
    }

    /// Everything with this body, complete or not, that was seen when the log was last read.
    pub(crate) fn complete(&self, body_sha256: &str) -> Vec<Seen> {
        let fits = |seen: &&Seen| seen.complete && seen.body_sha256.as_deref() == Some(body_sha256);
        self.seen.values().filter(fits).cloned().collect()
    }

    /// Reads the log. What was read earlier is kept, also when the simulator forgets it.
    pub(crate) async fn read_log(&mut self) -> Result<()> {
        for seen in read(self.control).await? {
            self.seen.insert(seen.id, seen);
        }
        Ok(())
    }

    /// Reads the log when nothing is arriving any more.
    pub(crate) async fn read_settled_log(&mut self) -> Result<()> {
        let deadline = Instant::now() + SETTLING;
        loop {
            self.read_log().await?;
            let arriving = self.seen.values().any(|seen| !seen.complete && seen.status.is_none());
            if !arriving || Instant::now() > deadline {
                return Ok(());
            }
            sleep(PAUSE).await;
        }
    }

    /// Lets the simulator forget what was read, which keeps its log short and its memory small.
    pub(crate) async fn forget(&mut self) -> Result<()> {
        self.read_log().await?;
        let request = Request::builder().method(Method::DELETE).uri("/_sim");
        let answer = Connection::open(self.control).await?.send(request, client::empty()).await?;
        if !answer.status.is_success() {
            bail!("the simulator does not forget: {}", answer.status);
        }
        Ok(())
    }

    /// Something that waits for answers without holding the simulator.
    pub(crate) fn lookout(&self) -> Lookout {
        Lookout(self.control)
    }
}

/// Looks at the log from afar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lookout(SocketAddr);

impl Lookout {
    /// Waits until the simulator has this many complete calls. Gives the time at which it will answer the newest, in
    /// milliseconds since 1970.
    pub(crate) async fn answer_due(self, wanted: usize) -> Result<u64> {
        loop {
            let due: Vec<u64> = read(self.0).await?.iter().filter_map(|seen| seen.due_ms).collect();
            match due.last() {
                Some(newest) if due.len() >= wanted => return Ok(*newest),
                _ => sleep(PAUSE).await,
            }
        }
    }
}

async fn read(control: SocketAddr) -> Result<Vec<Seen>> {
    let request = Request::builder().uri("/_sim/requests");
    let answer = Connection::open(control).await?.send(request, client::empty()).await?;
    serde_json::from_slice(&answer.body).context("the simulator's log")
}
