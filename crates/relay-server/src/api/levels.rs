//! What is going on right now, for the operator.

use relay_policy::ledger::Day;
use tokio::sync::Semaphore;

use super::Api;
use crate::clock::unix_seconds;
use crate::metrics::Levels;

impl Api {
    /// Read when somebody asks; nothing waits for it.
    pub(crate) fn levels(&self) -> Levels {
        let limits = &self.config.limits;
        let vitals = self.store.vitals();
        Levels {
            running_calls: taken(&self.running, limits.calls),
            upload_bytes: self.upload_room.taken(),
            jobs: vitals.jobs(),
            job_bytes: vitals.bytes(),
            store_failures: vitals.failures(),
            pictures_today: vitals.pictures(Day::of(unix_seconds())),
            kept_picture_bytes: self.kept.as_ref().map_or(0, |kept| kept.bytes()),
            pictures_not_kept: self.kept.as_ref().map_or(0, |kept| kept.failures()),
        }
    }
}

fn taken(places: &Semaphore, of: usize) -> u64 {
    of.min(Semaphore::MAX_PERMITS).saturating_sub(places.available_permits()) as u64
}
