//! Request rates against the plain definition: never more than the burst plus what time has paid back.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must fail")]

use std::num::NonZeroU32;
use std::time::Duration;

use proptest::prelude::*;
use relay_policy::rate::{Bucket, Gcra, RateTable, TooFast};

fn rate(per_minute: u32) -> Gcra {
    Gcra::per_minute(NonZeroU32::new(per_minute).unwrap())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_burst_is_admitted_and_then_paid_back_evenly() {
    let mut bucket = Bucket::default();
    for _ in 0..20 {
        assert_eq!(rate(20).admit(&mut bucket, seconds(100)), Ok(()));
    }
    let refused = rate(20).admit(&mut bucket, seconds(100)).unwrap_err();
    assert_eq!((refused.wait, refused.retry_after()), (seconds(3), 3));
    assert_eq!(rate(20).admit(&mut bucket, seconds(103)), Ok(()));
    assert!(rate(20).admit(&mut bucket, seconds(105)).is_err());
}

#[test]
fn waiting_times_are_whole_seconds_and_never_zero() {
    assert_eq!(TooFast { wait: Duration::from_millis(1) }.retry_after(), 1);
    assert_eq!(TooFast { wait: Duration::ZERO }.retry_after(), 1);
    assert_eq!(TooFast { wait: Duration::from_millis(2001) }.retry_after(), 3);
    assert_eq!(TooFast { wait: Duration::MAX }.retry_after(), u32::MAX);
}

#[test]
fn one_per_minute_is_one_per_minute() {
    let mut bucket = Bucket::default();
    assert_eq!(rate(1).admit(&mut bucket, Duration::ZERO), Ok(()));
    assert!(rate(1).admit(&mut bucket, seconds(59)).is_err());
    assert_eq!(rate(1).admit(&mut bucket, seconds(60)), Ok(()));
}

#[test]
fn callers_do_not_share_a_bucket() {
    let mut table = RateTable::new(rate(1), 10);
    assert_eq!(table.admit(&"a", Duration::ZERO), Ok(()));
    assert!(table.admit(&"a", Duration::ZERO).is_err());
    assert_eq!(table.admit(&"b", Duration::ZERO), Ok(()));
}

#[test]
fn a_million_invented_callers_fit_into_a_small_table() {
    let mut table = RateTable::new(rate(20), 1000);
    for _ in 0..20 {
        assert_eq!(table.admit(&u32::MAX, Duration::ZERO), Ok(()));
    }
    for caller in 0..1_000_000 {
        let _ = table.admit(&caller, Duration::ZERO);
        assert!(table.len() <= 1000);
    }
    assert!(table.admit(&u32::MAX, Duration::ZERO).is_err(), "whoever is over the rate stays known");
}

#[test]
fn an_unused_table_empties_itself() {
    let mut table = RateTable::new(rate(60), 1000);
    for caller in 0..500 {
        assert_eq!(table.admit(&caller, Duration::ZERO), Ok(()));
    }
    for caller in 1000..1500 {
        assert_eq!(table.admit(&caller, seconds(3600)), Ok(()));
    }
    assert_eq!(table.len(), 500, "only those of the last minute");
    assert!(!table.is_empty());
}

proptest! {
    #[test]
    fn no_window_holds_more_than_the_burst_and_its_time_worth(
        per_minute in 1_u32..100,
        pauses in prop::collection::vec(0_u64..5_000, 1..300),
    ) {
        let mut bucket = Bucket::default();
        let mut now = Duration::ZERO;
        let mut admitted: Vec<Duration> = Vec::new();
        for pause in pauses {
            now += Duration::from_millis(pause);
            match rate(per_minute).admit(&mut bucket, now) {
                Ok(()) => admitted.push(now),
                Err(TooFast { wait }) => {
                    let mut later = bucket;
                    prop_assert!(rate(per_minute).admit(&mut later, now + wait).is_ok(), "the wait is enough");
                    let early = now + wait - Duration::from_nanos(1);
                    prop_assert!(rate(per_minute).admit(&mut later, early).is_err(), "and not too long");
                }
            }
        }
        for (index, start) in admitted.iter().enumerate() {
            for (count, end) in admitted[index..].iter().enumerate() {
                let earned = (*end - *start).as_millis() * u128::from(per_minute) / 60_000;
                prop_assert!(count as u128 <= u128::from(per_minute) - 1 + earned + 1);
            }
        }
    }

    #[test]
    fn a_table_with_room_says_what_single_buckets_say(
        calls in prop::collection::vec((0_u8..8, 0_u64..20_000), 1..200),
    ) {
        let mut table = RateTable::new(rate(6), 8);
        let mut buckets = [Bucket::default(); 8];
        let mut now = Duration::ZERO;
        for (caller, pause) in calls {
            now += Duration::from_millis(pause);
            let alone = rate(6).admit(&mut buckets[usize::from(caller)], now);
            prop_assert_eq!(table.admit(&caller, now), alone);
        }
    }
}
