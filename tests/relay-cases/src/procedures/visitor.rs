//! Somebody who uses the relay while others abuse it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::bench::Bench;
use crate::client::{Caller, Request, Timeouts};
use crate::fill::HEALTH;

/// Asks for the relay's health again and again, as an ordinary visitor would.
pub(super) struct Visitor {
    times: Arc<Mutex<Vec<Duration>>>,
    failures: Arc<Mutex<Vec<String>>>,
    visiting: JoinHandle<()>,
    quiet: Duration,
}

impl Visitor {
    /// Begins to visit, and sees first how long a visit takes on this machine while nothing else goes on.
    pub(super) async fn start(to: SocketAddr, host: String) -> Self {
        let mut visitor = Self::visit(to, host);
        tokio::time::sleep(Duration::from_millis(700)).await;
        visitor.quiet = slowest(&mut visitor.times.lock().unwrap_or_else(PoisonError::into_inner));
        visitor
    }

    fn visit(to: SocketAddr, host: String) -> Self {
        let (times, failures) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (noted, failed) = (Arc::clone(&times), Arc::clone(&failures));
        let visiting = tokio::spawn(async move {
            for number in 0_u32.. {
                let started = Instant::now();
                let caller = Caller::number(15_000_000 + number % 1000);
                let reply = Request::get(HEALTH).send(caller, to, &host, Timeouts::default()).await;
                noted.lock().unwrap_or_else(PoisonError::into_inner).push(started.elapsed());
                if !matches!(reply.status(), Some(200 | 204)) {
                    failed.lock().unwrap_or_else(PoisonError::into_inner).push(reply.in_short());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        Self { times, failures, visiting, quiet: Duration::MAX }
    }

    /// Ends the visits, and requires that nearly all were quick and all were answered. On a machine that is busy
    /// with other things, quick means: not much slower than before.
    pub(super) fn finish(self, bench: &mut Bench<'_>, limit: Duration) {
        self.visiting.abort();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = limit.max(self.quiet.saturating_mul(4));
        let slowest = slowest(&mut times);
        bench.require(slowest < limit, || {
            format!("meanwhile 99 % of visits took up to {slowest:?}, expected less than {limit:?}")
        });
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        bench.require(failures.is_empty(), || {
            format!("{} visits failed meanwhile: {}", failures.len(), failures[0])
        });
        bench.note(format!("others: 99 % within {} ms", slowest.as_millis()));
    }
}

/// The time that one in a hundred exceeds. Empties the list.
fn slowest(times: &mut Vec<Duration>) -> Duration {
    let mut times = std::mem::take(times);
    times.sort();
    times.get(times.len() * 99 / 100).copied().unwrap_or(Duration::MAX)
}
