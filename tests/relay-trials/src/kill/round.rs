//! One round: eight jobs at one time, the relay goes down in the middle of them, and comes back.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use super::desk::Desk;
use super::job::Job;
use super::judge::Stop;
use super::story::{Account, Said, Story};
use crate::client::{self, Connection};
use crate::relay::{self, Relay};
use crate::sim::{Lookout, Sim};

const JOBS: usize = 8;
/// The simulator needs 0.2 to 3 s, so this covers all of a call and a little more.
const LONGEST_LIFE_MS: u64 = 3500;
/// From the end of an upload: its record is written, and the call goes out.
const AROUND_DISPATCH_US: u64 = 15_000;
/// Around the moment at which the simulator answers: the answer is read, written down and delivered.
const BEFORE_ANSWER_MS: u64 = 1;
const AROUND_ANSWER_US: u64 = 6_000;
/// Callers learn at once that a relay is gone.
const CALLERS_PATIENCE: Duration = Duration::from_secs(60);
/// The longest a job that runs again may take, in seconds.
const RUN_AGAIN: u32 = 60;

/// When and how the relay goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// SIGKILL at any moment.
    Random,
    /// SIGKILL just after one of the bodies was complete.
    AtDispatch,
    /// SIGKILL just when the simulator answers one of the calls.
    AtAnswer,
    /// SIGTERM at any moment.
    Orderly,
}

impl Kind {
    pub(crate) fn stop(self) -> Stop {
        match self {
            Self::Random | Self::AtDispatch | Self::AtAnswer => Stop::Killed,
            Self::Orderly => Stop::Orderly,
        }
    }

    /// Returns at the moment of this round.
    async fn moment(self, random: &mut fastrand::Rng, desk: &Desk, sim: Lookout) -> Result<()> {
        let wanted = random.usize(1..=JOBS);
        let mut pause = Duration::from_micros(match self {
            Self::Random | Self::Orderly => random.u64(0..=LONGEST_LIFE_MS * 1000),
            Self::AtDispatch => random.u64(0..=AROUND_DISPATCH_US),
            Self::AtAnswer => random.u64(0..=AROUND_ANSWER_US),
        });
        match self {
            Self::Random | Self::Orderly => {}
            Self::AtDispatch => timeout(CALLERS_PATIENCE, desk.uploaded(wanted)).await?,
            Self::AtAnswer => {
                let due_ms = timeout(CALLERS_PATIENCE, sim.answer_due(wanted)).await??;
                pause += Duration::from_millis(due_ms.saturating_sub(unix_millis() + BEFORE_ANSWER_MS));
            }
        }
        sleep(pause).await;
        Ok(())
    }
}

/// What came of a round. The stories lack their ends, which are known when all rounds are over.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) stories: Vec<Story>,
    /// From the start of the new process to its readiness.
    pub(crate) restart: Duration,
    /// What went wrong with the relay as a whole.
    pub(crate) troubles: Vec<String>,
}

/// Where the servers are.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) program: &'a Path,
    /// Relay after relay has its state here.
    pub(crate) folder: &'a Path,
    pub(crate) sim: Sim,
    pub(crate) relay: Relay,
}

/// Plays one round; afterwards another relay is running.
pub(crate) async fn play(stage: &mut Stage<'_>, kind: Kind, random: &mut fastrand::Rng) -> Result<Round> {
    stage.sim.forget().await?;
    let jobs: Vec<Job> = (0..JOBS).map(|_| Job::random(random)).collect();
    let desk = Desk::new(jobs.len());
    let follow = |(number, job): (usize, &Job)| desk.clone().follow(number, job.clone(), stage.relay.address);
    let callers: Vec<_> = jobs.iter().enumerate().map(follow).map(tokio::spawn).collect();
    kind.moment(random, &desk, stage.sim.lookout()).await?;

    let mut troubles = Vec::new();
    let down_ms = unix_millis();
    let phases = desk.go_down();
    match kind.stop() {
        Stop::Killed => stage.relay.program.kill().await?,
        Stop::Orderly => {
            let status = stage.relay.program.terminate().await?;
            if !status.success() {
                troubles.push(format!("after SIGTERM: {status}"));
            }
        }
    }
    let accounts = timeout(CALLERS_PATIENCE, join_all(callers)).await.context("a caller hangs")?;
    let accounts: Vec<Account> = accounts.into_iter().collect::<Result<_, _>>()?;
    troubles.extend(stage.relay.program.complaints());

    let started = Instant::now();
    stage.relay = Relay::start(stage.program, stage.folder, &stage.sim.url).await?;
    let restart = started.elapsed();
    let after = join_all(jobs.iter().map(|job| ask(&stage.relay, &job.key))).await;
    stage.sim.read_settled_log().await?;
    let dispatched: Vec<usize> = jobs.iter().map(|job| stage.sim.complete(&job.sha256).len()).collect();
    let repeated = join_all(jobs.iter().map(|job| repeat(&stage.relay, job))).await;

    let mut stories = Vec::new();
    let parts = jobs.iter().zip(phases).zip(accounts).zip(after).zip(dispatched).zip(repeated);
    for (((((job, phase), before), after), dispatched_before), repeated) in parts {
        stories.push(Story {
            key: job.key.clone(),
            body_sha256: job.sha256.clone(),
            phase,
            before,
            after: after?,
            dispatched_before,
            at_end: Said::NotFound,
            repeated: repeated?,
            dispatched: Vec::new(),
            down_ms,
        });
    }
    Ok(Round { stories, restart, troubles })
}

/// What the relay says about a job now.
pub(crate) async fn ask(relay: &Relay, key: &str) -> Result<Said> {
    let mut connection = Connection::open(relay.address).await?;
    Ok(Said::of(&connection.send(relay::job(key, 0), client::empty()).await?))
}

/// Sends the same request again. If it runs, waits for its end.
async fn repeat(relay: &Relay, job: &Job) -> Result<Said> {
    let mut connection = Connection::open(relay.address).await?;
    let request = relay::call(Some(&job.key), job.body.len());
    let answer = connection.send(request, client::whole(job.body.clone())).await?;
    match Said::of(&answer) {
        Said::Running => {
            let answer = connection.send(relay::job(&job.key, RUN_AGAIN), client::empty()).await?;
            Ok(Said::of(&answer))
        }
        Said::Done(_) if !answer.headers.contains_key("idempotency-replayed") => {
            Ok(Said::Other("an answer that is not marked as replayed".to_owned()))
        }
        said => Ok(said),
    }
}

fn unix_millis() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}
