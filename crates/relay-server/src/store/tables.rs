//! The tables of the store, and how they are read.

use std::time::Duration;

use redb::{ReadTransaction, TableDefinition, TableError};
use relay_policy::idempotency::JobId;
use relay_policy::ledger::Day;

use super::StoredJob;
use super::record::{Record, StoredAnswer};
use crate::clock::unix_seconds;

/// Job id to [`Record`].
pub(super) const JOBS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("jobs");
/// Job id to [`StoredAnswer`].
pub(super) const ANSWERS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("answers");
/// Day and invite to pictures used; the empty name holds the sum of all invites.
pub(super) const LEDGER: TableDefinition<'_, (u32, &str), u32> = TableDefinition::new("ledger");

/// When finished jobs may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expiry(u64);

impl Expiry {
    pub(super) const fn new(life: Duration) -> Self {
        Self(life.as_secs())
    }

    pub(super) fn is_over(self, changed: u64, now: u64) -> bool {
        now >= changed.saturating_add(self.0)
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
    if expiry.is_over(record.changed, unix_seconds()) {
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
