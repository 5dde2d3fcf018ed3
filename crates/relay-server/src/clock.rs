//! The time of day: as the system tells it, for budgets and logs, and as it can be relied on, for what is thrown away.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seconds since 1970 UTC.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Seconds since 1970 UTC by a clock that does not leap ahead: after a leap, paid answers would seem past their life and
/// go, and their keys could be paid for again.
pub(crate) fn steady_seconds() -> u64 {
    static CLOCK: LazyLock<Mutex<SteadyClock>> =
        LazyLock::new(|| Mutex::new(SteadyClock::new(unix_seconds(), Instant::now())));
    CLOCK.lock().unwrap_or_else(PoisonError::into_inner).tell(unix_seconds(), Instant::now())
}

/// When something was written down, to be held against [`steady_seconds`]: never earlier than the time of day. A leap that
/// is believed later must not make what was written meanwhile look old.
pub(crate) fn stamp_seconds() -> u64 {
    unix_seconds().max(steady_seconds())
}

/// How far the time of day may run ahead of the time that passed before it counts as a leap.
const SLACK: Duration = Duration::from_secs(10 * 60);
/// After so long a leap is believed: the machine may have slept.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The time of day, held against a clock that nobody can set.
#[derive(Debug)]
struct SteadyClock {
    /// The last time of day that was believed, and when that was.
    believed: u64,
    at: Instant,
    leapt: Option<Instant>,
}

impl SteadyClock {
    fn new(time_of_day: u64, now: Instant) -> Self {
        Self { believed: time_of_day, at: now, leapt: None }
    }

    fn tell(&mut self, time_of_day: u64, now: Instant) -> u64 {
        let expected = self.believed.saturating_add(now.saturating_duration_since(self.at).as_secs());
        if time_of_day > expected.saturating_add(SLACK.as_secs()) {
            let since = *self.leapt.get_or_insert_with(|| {
                let seconds = time_of_day - expected;
                tracing::warn!(seconds, "the clock leapt ahead; nothing is thrown away for it within a day");
                now
            });
            if now.saturating_duration_since(since) < PATIENCE {
                return expected;
            }
        }
        *self = Self::new(time_of_day, now);
        time_of_day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_800_000_000;

    #[test]
    fn a_leap_ahead_is_believed_only_after_a_day() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut clock = SteadyClock::new(NOON, start);
        assert_eq!(clock.tell(NOON + 60, after(59)), NOON + 60, "clocks drift");
        let leap = 72 * 3600;
        assert_eq!(clock.tell(NOON + leap, after(100)), NOON + 101);
        assert_eq!(clock.tell(NOON + leap + 3600, after(3700)), NOON + 3701);
        assert_eq!(clock.tell(NOON + leap + 86_400, after(86_499)), NOON + 86_500);
        assert_eq!(clock.tell(NOON + leap + 86_400, after(86_500)), NOON + leap + 86_400);
    }

    #[test]
    fn what_is_written_during_a_leap_is_young_when_the_leap_is_believed() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut clock = SteadyClock::new(NOON, start);
        let leap = 60 * 86_400;
        let day = PATIENCE.as_secs();
        assert_eq!(clock.tell(NOON + leap, after(0)), NOON);
        let stamp = (NOON + leap + day - 1).max(clock.tell(NOON + leap + day - 1, after(day - 1)));
        let believed = clock.tell(NOON + leap + day, after(day));
        assert_eq!(believed - stamp, 1, "a second old, whatever the clock did before");
    }

    #[test]
    fn a_clock_that_was_wrong_for_a_while_has_changed_nothing() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut clock = SteadyClock::new(NOON, start);
        assert_eq!(clock.tell(NOON + 90 * 86_400, after(10)), NOON + 10);
        assert_eq!(clock.tell(NOON + 20, after(20)), NOON + 20);
        assert!(clock.leapt.is_none(), "the next leap is counted from its own beginning");
        assert_eq!(clock.tell(NOON - 3600, after(30)), NOON - 3600, "set back: what is stored lives longer");
    }
}
