//! Answers that were handed out since the last commit. They are noted with the next one: a note is not worth a commit of
//! its own, and asking for an answer over and over must not keep the writer from paid calls.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use relay_policy::idempotency::JobId;

/// Most notes that wait. One that is dropped costs room, nothing else.
const NOTES: usize = 4096;

/// The jobs to be marked as read.
#[derive(Debug, Default)]
pub(super) struct HandedOut(Mutex<HashSet<JobId>>);

impl HandedOut {
    fn lock(&self) -> MutexGuard<'_, HashSet<JobId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, id: JobId) {
        let mut notes = self.lock();
        if notes.len() < NOTES {
            notes.insert(id);
        }
    }

    pub(super) fn take(&self) -> HashSet<JobId> {
        std::mem::take(&mut *self.lock())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_again_and_again_leaves_one_note_and_strangers_do_not_pile_up() {
        let handed_out = HandedOut::default();
        for _ in 0..10 {
            handed_out.note(JobId([1; 32]));
        }
        assert_eq!(handed_out.take().len(), 1);
        for number in 0..2 * NOTES {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&number.to_le_bytes());
            handed_out.note(JobId(id));
        }
        assert_eq!(handed_out.take().len(), NOTES);
        assert!(handed_out.take().is_empty());
    }
}
