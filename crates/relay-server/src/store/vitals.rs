//! Figures about the store for the operator. The writer keeps them, so that looking at them costs nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use relay_policy::ledger::Day;

/// How the store is.
#[derive(Debug, Default)]
pub(crate) struct Vitals {
    failures: AtomicU64,
    jobs: AtomicU64,
    bytes: AtomicU64,
    /// The day in the upper half, its pictures in the lower: both change together.
    spent: AtomicU64,
}

impl Vitals {
    /// Notes that the store could not be read or written.
    pub(super) fn count_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes what is stored after a commit: jobs, their bytes, and the pictures of a day.
    pub(super) fn update(&self, jobs: u64, bytes: u64, day: Day, pictures: u32) {
        self.jobs.store(jobs, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
        self.spent.store(u64::from(day.0) << 32 | u64::from(pictures), Ordering::Relaxed);
    }

    /// Times the store could not be read or written since the start.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Jobs there are, running ones too.
    pub(crate) fn jobs(&self) -> u64 {
        self.jobs.load(Ordering::Relaxed)
    }

    /// Bytes that count against `limits.state_bytes`, without the room promised to running calls.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Pictures that count against the budget of all invites on this day.
    pub(crate) fn pictures(&self, today: Day) -> u32 {
        let spent = self.spent.load(Ordering::Relaxed);
        // The halves were put together by `update`.
        let (day, pictures) = (spent >> 32, spent & u64::from(u32::MAX));
        if day == u64::from(today.0) { u32::try_from(pictures).unwrap_or(u32::MAX) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_day_begins_with_nothing_spent() {
        let vitals = Vitals::default();
        vitals.update(2, 1024, Day(20_000), u32::MAX);
        assert_eq!((vitals.jobs(), vitals.bytes()), (2, 1024));
        assert_eq!(vitals.pictures(Day(20_000)), u32::MAX);
        assert_eq!(vitals.pictures(Day(20_001)), 0);
    }
}
