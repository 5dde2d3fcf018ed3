//! The tables of the store, and the database file they are in.

use std::fs::{self, DirBuilder, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{Database, ReadTransaction, TableDefinition, TableError};
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

const FILE: &str = "jobs.redb";
/// Records are small and read once or twice.
const CACHE_BYTES: usize = 16 << 20;

/// When finished jobs may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expiry(u64);

impl Expiry {
    pub(super) fn new(life: Duration) -> Self {
        Self(life.as_secs())
    }

    pub(super) fn is_over(self, changed: u64, now: u64) -> bool {
        now >= changed.saturating_add(self.0)
    }
}

/// The database, opened anew after it failed: a full disk may be emptied while the relay runs.
pub(super) struct Databank {
    directory: Option<PathBuf>,
    open: Mutex<Opened>,
}

#[derive(Default)]
enum Opened {
    #[default]
    Not,
    Yes(Arc<Database>),
    /// The relay has stopped.
    NeverAgain,
}

impl Databank {
    pub(super) fn new(directory: Option<PathBuf>) -> Self {
        Self { directory, open: Mutex::default() }
    }

    /// The open database.
    pub(super) fn open(&self) -> Result<Arc<Database>, String> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match &*open {
            Opened::Yes(database) => return Ok(Arc::clone(database)),
            Opened::NeverAgain => return Err("it is closed".to_owned()),
            Opened::Not => {}
        }
        let database = Arc::new(match &self.directory {
            Some(directory) => create(directory)?,
            None => {
                builder().create_with_backend(InMemoryBackend::new()).map_err(|error| error.to_string())?
            }
        });
        *open = Opened::Yes(Arc::clone(&database));
        Ok(database)
    }

    /// Forgets a database that failed.
    pub(super) fn close(&self) {
        // What is in memory has no second chance, and does not fail for want of a disk.
        if self.directory.is_some() {
            *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Opened::Not;
        }
    }

    /// Closes for good.
    pub(super) fn shut(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Opened::NeverAgain;
    }

    /// Whether what is written now would be found again after a restart: the directory may have been removed, or
    /// made read-only, under an open file.
    pub(super) fn check_place(&self) -> Result<(), String> {
        let Some(directory) = &self.directory else { return Ok(()) };
        for path in [directory.clone(), directory.join(FILE)] {
            let metadata = fs::metadata(&path).map_err(|error| format!("\"{}\": {error}", path.display()))?;
            if metadata.permissions().readonly() {
                return Err(format!("\"{}\" is read-only", path.display()));
            }
        }
        Ok(())
    }
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Links in answers are secrets while they live: directory and file are for the relay's user alone.
fn create(directory: &Path) -> Result<Database, String> {
    let problem = |error: &dyn std::fmt::Display| format!("\"{}\": {error}", directory.display());
    let mut directories = DirBuilder::new();
    directories.recursive(true);
    let mut file = OpenOptions::new();
    file.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        directories.mode(0o700);
        file.mode(0o600);
    }
    directories.create(directory).map_err(|error| problem(&error))?;
    let file = file.open(directory.join(FILE)).map_err(|error| problem(&error))?;
    let in_use = |error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => problem(&"another relay is using it"),
        error => problem(&error),
    };
    let backend = FileBackend::new(file).map_err(in_use)?;
    builder().create_with_backend(backend).map_err(in_use)
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
