//! The callers of one round: each sends its call, then asks for the result until it has it or the relay is gone.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use tokio::sync::watch;

use super::job::Job;
use super::story::{Account, Phase, Said};
use crate::client::{self, Connection};
use crate::relay;

/// Seconds a question for a result waits.
const WAIT: u32 = 25;

/// What the callers of a round share.
#[derive(Debug)]
pub(crate) struct Desk {
    is_down: AtomicBool,
    phases: Mutex<Vec<Phase>>,
    uploaded: watch::Sender<usize>,
}

impl Desk {
    pub(crate) fn new(jobs: usize) -> Arc<Self> {
        let (uploaded, _) = watch::channel(0);
        Arc::new(Self {
            is_down: AtomicBool::new(false),
            phases: Mutex::new(vec![Phase::Uploading; jobs]),
            uploaded,
        })
    }

    /// Told just before the relay goes down: from now on connections may break. Gives the phases of that moment.
    pub(crate) fn go_down(&self) -> Vec<Phase> {
        self.is_down.store(true, Ordering::SeqCst);
        self.phases().clone()
    }

    /// Returns when this many bodies have left.
    pub(crate) async fn uploaded(&self, wanted: usize) {
        // The sender is ours, so it cannot be gone.
        let _ = self.uploaded.subscribe().wait_for(|uploaded| *uploaded >= wanted).await;
    }

    fn phases(&self) -> MutexGuard<'_, Vec<Phase>> {
        self.phases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, number: usize, phase: Phase) {
        if let Some(known) = self.phases().get_mut(number) {
            *known = phase;
        }
    }

    /// Makes the call `number` and follows it.
    pub(crate) async fn follow(self: Arc<Self>, number: usize, job: Job, relay: SocketAddr) -> Account {
        let mut account = Account::default();
        if let Err(error) = self.try_follow(number, &job, relay, &mut account).await
            && !self.is_down.load(Ordering::SeqCst)
        {
            account.oddities.push(format!("while the relay was up: {error:#}"));
        }
        account
    }

    async fn try_follow(
        self: &Arc<Self>,
        number: usize,
        job: &Job,
        relay: SocketAddr,
        account: &mut Account,
    ) -> Result<()> {
        let mut connection = Connection::open(relay).await?;
        let desk = Arc::clone(self);
        let body = client::paced(job.body.clone(), job.upload_time, move || {
            desk.enter(number, Phase::Dispatching);
            desk.uploaded.send_modify(|uploaded| *uploaded += 1);
        });
        let answer = connection.send(relay::call(Some(&job.key), job.body.len()), body).await?;
        match Said::of(&answer) {
            Said::Running => account.accepted = true,
            said => {
                account.oddities.push(format!("the call was answered {said:?}"));
                return Ok(());
            }
        }
        self.enter(number, Phase::Running);
        loop {
            let answer = connection.send(relay::job(&job.key, WAIT), client::empty()).await?;
            match Said::of(&answer) {
                Said::Running => {}
                Said::Done(sha256) => {
                    account.done = Some(sha256);
                    self.enter(number, Phase::Done);
                    return Ok(());
                }
                said => {
                    account.oddities.push(format!("accepted, then {said:?}"));
                    return Ok(());
                }
            }
        }
    }
}
