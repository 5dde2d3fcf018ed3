//! The tables of the store, and how they are read.

use std::time::Duration;

use redb::{ReadTransaction, TableDefinition, TableError};
use relay_policy::idempotency::JobId;
use relay_policy::ledger::Day;

use super::StoredJob;
use super::record::{Record, StoredAnswer};
use crate::clock::steady_seconds;

/// Job id to [`Record`].
pub(super) const JOBS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("jobs");
/// Job id to [`StoredAnswer`].
pub(super) const ANSWERS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("answers");
/// Day and invite to pictures used; the empty name holds the sum of all invites.
pub(super) const LEDGER: TableDefinition<'_, (u32, &str), u32> = TableDefinition::new("ledger");

/// How long jobs live, in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expiry {
    ended: u64,
    running: u64,
    taking: u64,
}

/// Most seconds for which an answer that was handed out is kept as if it was not: it may have been lost on its way, and
/// who waits for it asks again at once.
const TAKING: u64 = 10 * 60;

impl Expiry {
    pub(super) const fn new(job_life: Duration, call_life: Duration) -> Self {
        let ended = job_life.as_secs();
        let taking = if ended / 24 < TAKING { ended / 24 } else { TAKING };
        Self { ended, running: call_life.as_secs(), taking }
    }

    /// Whether a job that has ended may go.
    pub(super) fn is_over(self, changed: u64, now: u64) -> bool {
        now >= changed.saturating_add(self.ended)
    }

    /// Whether an answer was handed out, and has arrived by now or would have been asked for again.
    pub(super) fn is_taken(self, handed_out: Option<u64>, now: u64) -> bool {
        handed_out.is_some_and(|at| now >= at.saturating_add(self.taking))
    }

    /// Whether nobody can be carrying a call out any more.
    pub(super) fn is_forsaken(self, begun: u64, now: u64) -> bool {
        now >= begun.saturating_add(self.running)
    }
}

/// Reads one job, unless it is past its life.
pub(super) fn job(
    transaction: &ReadTransaction,
    id: JobId,
    expiry: Expiry,
) -> Result<Option<StoredJob>, redb::Error> {
    let Some(jobs) = existing(transaction.open_table(JOBS))? else { return Ok(None) };
    let Some(bytes) = jobs.get(&id.0)? else { return Ok(None) };
    let record = Record::decode(bytes.value())?;
    if expiry.is_over(record.changed, steady_seconds()) {
        return Ok(None);
    }
    let answer = match existing(transaction.open_table(ANSWERS))? {
        Some(answers) => answers.get(&id.0)?.map(|bytes| StoredAnswer::decode(bytes.value())).transpose()?,
        None => None,
    };
    Ok(Some(StoredJob { state: record.state(), fingerprint: record.fingerprint(), answer }))
}

/// Reads what was used on a day: by an invite, and by all together.
pub(super) fn used(transaction: &ReadTransaction, invite: &str, day: Day) -> Result<(u32, u32), redb::Error> {
    let Some(ledger) = existing(transaction.open_table(LEDGER))? else { return Ok((0, 0)) };
    let of = |name: &str| Ok::<_, redb::Error>(ledger.get((day.0, name))?.map_or(0, |used| used.value()));
    Ok((of(invite)?, of("")?))
}

/// Before the first write there are no tables.
fn existing<T>(opened: Result<T, TableError>) -> Result<Option<T>, redb::Error> {
    match opened {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
