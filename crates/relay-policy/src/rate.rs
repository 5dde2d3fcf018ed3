//! Request rates: the generic cell rate algorithm, and a bounded table of one bucket per caller.
//!
//! Times are durations since any fixed moment of the caller's choice (a monotonic clock), since this crate has
//! no clock.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

/// How fast requests may come: evenly, with a burst of one minute's worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gcra {
    /// What one request costs.
    interval: Duration,
    /// How far ahead of its time a request may come.
    tolerance: Duration,
}

/// What one caller has used up. A new bucket is full, so it never refuses the first request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bucket {
    /// When everything used so far is paid back.
    repaid: Duration,
}

/// The rate is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooFast {
    /// After this time the next request is admitted, if none comes meanwhile.
    pub wait: Duration,
}

impl TooFast {
    /// Whole seconds for `Retry-After`, rounded up, at least 1.
    #[must_use]
    pub fn retry_after(self) -> u32 {
        let seconds = self.wait.as_secs().saturating_add(u64::from(self.wait.subsec_nanos() > 0));
        u32::try_from(seconds).unwrap_or(u32::MAX).max(1)
    }
}

impl Gcra {
    /// At most `requests` at once, and as many in each following minute.
    #[must_use]
    pub fn per_minute(requests: NonZeroU32) -> Self {
        // Rounded up, or a minute could hold one request too many.
        let nanos = 60_000_000_000_u64.div_ceil(u64::from(requests.get()));
        let interval = Duration::from_nanos(nanos);
        Self { interval, tolerance: interval.saturating_mul(requests.get() - 1) }
    }

    /// Takes one request out of the bucket.
    ///
    /// # Errors
    /// [`TooFast`] when the bucket is empty; a refused request costs nothing.
    pub fn admit(&self, bucket: &mut Bucket, now: Duration) -> Result<(), TooFast> {
        let earliest = bucket.repaid.saturating_sub(self.tolerance);
        if now < earliest {
            return Err(TooFast { wait: earliest - now });
        }
        bucket.repaid = bucket.repaid.max(now).saturating_add(self.interval);
        Ok(())
    }
}

/// One [`Bucket`] for each caller, for at most a fixed number of callers.
///
/// A bucket that is full again is the same as none and is dropped. When the table is full, the bucket nearest to
/// full goes: a caller who is over the rate is the last to be forgotten. Every operation is logarithmic, so filling
/// the table with invented callers buys nothing.
#[derive(Debug)]
pub struct RateTable<K> {
    rate: Gcra,
    max_entries: usize,
    buckets: HashMap<K, Entry>,
    /// The same entries, the one nearest to full first.
    order: BTreeMap<Entry, K>,
    next_serial: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    bucket: Bucket,
    /// Tells callers with equal buckets apart.
    serial: u64,
}

impl<K: Hash + Eq + Clone> RateTable<K> {
    /// An empty table for at most `max_entries` callers (at least one).
    #[must_use]
    pub fn new(rate: Gcra, max_entries: usize) -> Self {
        Self {
            rate,
            max_entries: max_entries.max(1),
            buckets: HashMap::new(),
            order: BTreeMap::new(),
            next_serial: 0,
        }
    }

    /// Takes one request out of the caller's bucket.
    ///
    /// # Errors
    /// [`TooFast`] when it is empty.
    pub fn admit(&mut self, caller: &K, now: Duration) -> Result<(), TooFast> {
        self.forget_full_buckets(now);
        let old = self.buckets.get(caller).copied();
        let mut bucket = old.map(|entry| entry.bucket).unwrap_or_default();
        self.rate.admit(&mut bucket, now)?;
        match old {
            Some(entry) => {
                self.order.remove(&entry);
            }
            None if self.buckets.len() >= self.max_entries => self.forget_first(),
            None => {}
        }
        let entry = Entry { bucket, serial: self.next_serial };
        self.next_serial = self.next_serial.wrapping_add(1);
        self.buckets.insert(caller.clone(), entry);
        self.order.insert(entry, caller.clone());
        Ok(())
    }

    /// Callers the table holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// Two each time: more than come in, so the table shrinks, and never a long pause.
    fn forget_full_buckets(&mut self, now: Duration) {
        for _ in 0..2 {
            match self.order.first_key_value() {
                Some((entry, _)) if entry.bucket.repaid <= now => self.forget_first(),
                _ => return,
            }
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, caller)) = self.order.pop_first() {
            self.buckets.remove(&caller);
        }
    }
}
