//! Figures about the store for the operator. The writer keeps them, so that looking at them costs nothing.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use relay_policy::ledger::Day;

/// How the store is.
#[derive(Debug, Default)]
pub(crate) struct Vitals {
    failures: AtomicU64,
    jobs: AtomicU64,
    bytes: AtomicU64,
    /// The day in the upper half, its pictures in the lower: both change together.
    spent: AtomicU64,
    writer_ended: AtomicBool,
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

    /// The day whose book is open: today, unless the clock was set back.
    pub(crate) fn book(&self, today: Day) -> Day {
        today.of_book(Some(self.spent().0))
    }

    /// Pictures that count against the budget of all invites in the book that is open.
    pub(crate) fn pictures(&self, today: Day) -> u32 {
        let (day, pictures) = self.spent();
        if day == self.book(today) { pictures } else { 0 }
    }

    fn spent(&self) -> (Day, u32) {
        let spent = self.spent.load(Ordering::Relaxed);
        let half = |half: u64| u32::try_from(half & u64::from(u32::MAX)).unwrap_or(u32::MAX);
        // The halves were put together by `update`.
        (Day(half(spent >> 32)), half(spent))
    }

    /// Notes that nobody writes any more.
    pub(super) fn writer_ended(&self) {
        self.writer_ended.store(true, Ordering::Release);
    }

    /// Whether there is still somebody who writes.
    pub(super) fn is_written(&self) -> bool {
        !self.writer_ended.load(Ordering::Acquire)
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
        assert_eq!((vitals.book(Day(20_001)), vitals.book(Day(19_999))), (Day(20_001), Day(20_000)));
        assert_eq!(vitals.pictures(Day(19_999)), u32::MAX, "the clock was set back");
    }
}
