//! Room in the store. Expired jobs go first, then errors that cost nothing, then paid answers that were handed out. Of
//! those the key stays, so that the call is not paid again; a paid answer nobody has seen and an unknown outcome stay
//! altogether until their life is over, and a call without room for its answer is refused.

use std::time::{Duration, Instant};

use redb::ReadableTable as _;
use relay_policy::idempotency::JobState;
use relay_policy::ledger::Day;

use super::StoreSettings;
use super::record::Record;
use super::tables::Expiry;
use super::writer::Tables;
use crate::clock::stamp_seconds;

/// What one record takes besides its answer, about.
const RECORD_BYTES: u64 = 512;
/// Room that a running call keeps free for its answer, unless even the largest one is smaller: answers are links in a
/// few kilobytes of JSON.
const PROMISED_BYTES: u64 = 64 * 1024;
/// Most records: looking through them all, to see what may go, stays a matter of a second.
const RECORDS: u64 = 200_000;
/// Most bytes of a store in memory, whatever is configured.
const MEMORY_BYTES: u64 = 256 << 20;
/// One part in so many is freed beyond the need, so that not every call has to look.
const SPARE: u64 = 20;
/// After a look in vain, the next one has to wait: each reads every record.
const PAUSE: Duration = Duration::from_secs(5);
/// A call ends within minutes. But the clock may be wrong for a while, and a book it took for an old one would give the
/// budget of a day back.
const BOOK_DAYS: u32 = 365;

/// How full the store is.
#[derive(Debug, Clone)]
pub(super) struct Room {
    used: u64,
    records: u64,
    running: u64,
    limit: u64,
    promised: u64,
    /// By the clock that nobody can set.
    next_look: Option<Instant>,
}

impl Room {
    pub(super) fn new(settings: &StoreSettings) -> Self {
        let in_memory = settings.directory.is_none();
        Self {
            used: 0,
            records: 0,
            running: 0,
            limit: if in_memory { settings.bytes.min(MEMORY_BYTES) } else { settings.bytes },
            promised: settings.answer_bytes.min(PROMISED_BYTES),
            next_look: None,
        }
    }

    /// Counts a job that has ended.
    pub(super) fn add(&mut self, record: &Record) {
        self.used = self.used.saturating_add(size(record));
        self.records += 1;
    }

    /// Counts a job no longer, or not as it was: as running, or as ended.
    pub(super) fn take_out(&mut self, record: &Record) {
        if record.state() == JobState::Dispatching {
            self.running = self.running.saturating_sub(1);
        } else {
            self.used = self.used.saturating_sub(size(record));
            self.records = self.records.saturating_sub(1);
        }
    }

    /// Jobs there are.
    pub(super) fn jobs(&self) -> u64 {
        self.records + self.running
    }

    /// Bytes of those that have ended.
    pub(super) fn bytes(&self) -> u64 {
        self.used
    }

    /// A call that goes out takes room for the largest answer it can get.
    pub(super) fn add_running(&mut self) {
        self.running += 1;
    }

    /// Whether one more running call fits when one part in `spare` of everything shall stay free.
    fn fits(&self, spare: Option<u64>) -> bool {
        self.bytes_fit(spare) && self.records + self.running < RECORDS - part(RECORDS, spare)
    }

    fn bytes_fit(&self, spare: Option<u64>) -> bool {
        let promised = (self.running + 1).saturating_mul(self.promised);
        self.used.saturating_add(promised) <= self.limit - part(self.limit, spare)
    }
}

fn part(whole: u64, spare: Option<u64>) -> u64 {
    spare.map_or(0, |spare| whole / spare)
}

fn size(record: &Record) -> u64 {
    record.answer_bytes.saturating_add(RECORD_BYTES)
}

/// The order of going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Expired,
    NotExecuted,
    Unpaid,
    /// Paid, and handed out: only its answer goes.
    HandedOut,
}

/// `None` stays.
fn rank(record: &Record, expiry: Expiry, now: u64) -> Option<Rank> {
    match record.state() {
        JobState::Dispatching => None,
        _ if expiry.is_over(record.changed, now) => Some(Rank::Expired),
        JobState::Released => Some(Rank::NotExecuted),
        JobState::Done | JobState::Unknown if !record.paid => Some(Rank::Unpaid),
        JobState::Done if record.answer_bytes > 0 && expiry.is_taken(record.handed_out, now) => {
            Some(Rank::HandedOut)
        }
        JobState::Done | JobState::Unknown => None,
    }
}

/// Makes room for one more call. `false` when everything that is there must stay.
pub(super) fn make_room(
    tables: &mut Tables<'_>,
    room: &mut Room,
    expiry: Expiry,
    now: u64,
) -> Result<bool, redb::Error> {
    if room.fits(None) {
        return Ok(true);
    }
    if room.next_look.is_some_and(|next| Instant::now() < next) {
        return Ok(false);
    }
    let mut candidates = Vec::new();
    for entry in tables.jobs.iter()? {
        let (id, bytes) = entry?;
        let record = Record::decode(bytes.value())?;
        if let Some(rank) = rank(&record, expiry, now) {
            candidates.push((rank, record.changed, *id.value()));
        }
    }
    candidates.sort_unstable();
    for (rank, _, id) in candidates {
        if rank < Rank::HandedOut && !room.fits(Some(SPARE)) {
            remove(tables, room, &id)?;
        } else if rank == Rank::HandedOut && !room.bytes_fit(Some(SPARE)) {
            forget_answer(tables, room, &id)?;
        }
    }
    if !room.fits(None) {
        room.next_look = Some(Instant::now() + PAUSE);
    }
    Ok(room.fits(None))
}

/// Removes what is past its life, and budget books nobody can settle any more. A call that nobody can be carrying out any
/// longer, because its task broke off, gets the end that is left for it.
pub(super) fn sweep(
    tables: &mut Tables<'_>,
    room: &mut Room,
    expiry: Expiry,
    now: u64,
) -> Result<(), redb::Error> {
    let (mut expired, mut forsaken) = (Vec::new(), Vec::new());
    for entry in tables.jobs.iter()? {
        let (id, bytes) = entry?;
        let record = Record::decode(bytes.value())?;
        if rank(&record, expiry, now) == Some(Rank::Expired) {
            expired.push(*id.value());
        } else if record.state() == JobState::Dispatching && expiry.is_forsaken(record.changed, now) {
            forsaken.push((*id.value(), record));
        }
    }
    for id in expired {
        remove(tables, room, &id)?;
    }
    for (id, mut record) in forsaken {
        tracing::error!("a call has ended without a word; its outcome is unknown");
        room.take_out(&record);
        record.set_state(JobState::Unknown);
        record.changed = stamp_seconds().max(now);
        room.add(&record);
        tables.put(&id, &record)?;
    }
    tables.forget_days_before(Day::of(now).0.saturating_sub(BOOK_DAYS))
}

/// Removes the answer of a job, not its key: the same request again would be paid again.
fn forget_answer(tables: &mut Tables<'_>, room: &mut Room, id: &[u8; 32]) -> Result<(), redb::Error> {
    if let Some(mut record) = tables.record(id)? {
        room.take_out(&record);
        record.answer_bytes = 0;
        room.add(&record);
        tables.put(id, &record)?;
        tables.answers.remove(id)?;
    }
    Ok(())
}

/// Removes one job.
pub(super) fn remove(tables: &mut Tables<'_>, room: &mut Room, id: &[u8; 32]) -> Result<(), redb::Error> {
    if let Some(record) = tables.record(id)? {
        room.take_out(&record);
        tables.jobs.remove(id)?;
        tables.answers.remove(id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use relay_policy::idempotency::Fingerprint;

    use super::super::databank::Databank;
    use super::*;

    const NOW: u64 = 1_800_000_000;
    /// One part in 24 of a job's life.
    const TAKEN_AFTER: u64 = 150;
    const LIFE: Expiry = Expiry::new(Duration::from_secs(3600), Duration::from_secs(300));

    /// A store with room for ten small records and one running call.
    fn room() -> Room {
        let bytes = 10 * RECORD_BYTES + PROMISED_BYTES;
        let (job_life, call_life) = (Duration::from_secs(3600), Duration::from_secs(300));
        let answer_bytes = PROMISED_BYTES;
        Room::new(&StoreSettings { directory: None, bytes, answer_bytes, job_life, call_life })
    }

    fn with_tables(test: impl FnOnce(&mut Tables<'_>)) {
        let database = Databank::new(None).open().unwrap();
        let transaction = database.begin_write().unwrap();
        test(&mut Tables::open(&transaction).unwrap());
    }

    fn put(tables: &mut Tables<'_>, room: &mut Room, id: u8, change: impl FnOnce(&mut Record)) {
        let mut record = Record::dispatching(Fingerprint([id; 32]), NOW);
        change(&mut record);
        tables.put(&[id; 32], &record).unwrap();
        room.add(&record);
    }

    #[test]
    fn after_a_look_in_vain_the_wait_does_not_depend_on_the_clock() {
        with_tables(|tables| {
            let mut room = room();
            for id in 0..11 {
                put(tables, &mut room, id, |record| record.set_state(JobState::Unknown));
            }
            assert!(!make_room(tables, &mut room, LIFE, NOW).unwrap());
            let next = room.next_look.unwrap();
            assert!(next <= Instant::now() + PAUSE);
            assert!(!make_room(tables, &mut room, LIFE, NOW + 7200).unwrap(), "too soon");
            room.next_look = Instant::now().checked_sub(Duration::from_millis(1));
            // The clock was set back meanwhile.
            put(tables, &mut room, 11, |record| record.set_state(JobState::Released));
            assert!(!make_room(tables, &mut room, LIFE, NOW - 7200).unwrap());
            assert!(tables.record(&[11; 32]).unwrap().is_none(), "it looked");
        });
    }

    #[test]
    fn what_can_be_missed_most_easily_goes_first_and_no_key_of_a_paid_call() {
        let answer = 4 * RECORD_BYTES;
        with_tables(|tables| {
            let mut room = Room { promised: RECORD_BYTES, limit: 22 * RECORD_BYTES, ..room() };
            let ended = |state, read: bool, paid| {
                move |record: &mut Record| {
                    record.set_state(state);
                    record.handed_out = read.then_some(NOW - TAKEN_AFTER);
                    (record.paid, record.answer_bytes) = (paid, answer);
                }
            };
            put(tables, &mut room, 1, ended(JobState::Released, false, false));
            put(tables, &mut room, 2, ended(JobState::Done, false, false));
            put(tables, &mut room, 3, ended(JobState::Done, true, true));
            put(tables, &mut room, 4, ended(JobState::Done, false, true));
            put(tables, &mut room, 5, |record| record.set_state(JobState::Unknown));
            let mut left = Vec::new();
            for _ in 0..18 {
                let fits = make_room(tables, &mut room, LIFE, NOW).unwrap();
                let bytes = |id| tables.record(&[id; 32]).unwrap().map(|record: Record| record.answer_bytes);
                left.push((fits, [1, 2, 3, 4, 5].map(bytes)));
                room.next_look = None;
                room.limit -= RECORD_BYTES;
            }
            left.dedup();
            let (gone, key, whole) = (None, Some(0), Some(answer));
            assert_eq!(
                left,
                [
                    (true, [whole, whole, whole, whole, key]),
                    (true, [gone, whole, whole, whole, key]),
                    (true, [gone, gone, whole, whole, key]),
                    (true, [gone, gone, key, whole, key]),
                    (false, [gone, gone, key, whole, key]),
                ]
            );
            assert_eq!(room.bytes(), 3 * RECORD_BYTES + answer);
        });
    }

    #[test]
    fn an_answer_on_its_way_to_its_caller_is_not_given_up() {
        let mut record = Record::dispatching(Fingerprint([1; 32]), NOW);
        record.set_state(JobState::Done);
        let picked_up = NOW + 1000;
        (record.handed_out, record.answer_bytes) = (Some(picked_up), 100);
        assert_eq!(rank(&record, LIFE, picked_up + TAKEN_AFTER - 1), None);
        assert_eq!(rank(&record, LIFE, picked_up + TAKEN_AFTER), Some(Rank::HandedOut));
    }

    #[test]
    fn a_call_that_nobody_carries_out_ends_as_unknown_and_gives_its_room_back() {
        with_tables(|tables| {
            let mut room = room();
            for (id, age) in [(1, 299), (2, 300)] {
                let record = Record::dispatching(Fingerprint([id; 32]), NOW - age);
                tables.put(&[id; 32], &record).unwrap();
                room.add_running();
            }
            sweep(tables, &mut room, LIFE, NOW).unwrap();
            let state = |id| tables.record(&[id; 32]).unwrap().map(|record| record.state());
            assert_eq!((state(1), state(2)), (Some(JobState::Dispatching), Some(JobState::Unknown)));
            assert_eq!((room.running, room.records, room.bytes()), (1, 1, RECORD_BYTES));
            remove(tables, &mut room, &[1; 32]).unwrap();
            remove(tables, &mut room, &[2; 32]).unwrap();
            assert_eq!((room.running, room.records, room.bytes()), (0, 0, 0));
        });
    }

    #[test]
    fn answers_are_not_given_up_for_want_of_records() {
        with_tables(|tables| {
            let mut room = room();
            put(tables, &mut room, 1, |record| {
                record.set_state(JobState::Done);
                (record.handed_out, record.answer_bytes) = (Some(NOW - TAKEN_AFTER), 100);
            });
            room.records = RECORDS;
            assert!(!make_room(tables, &mut room, LIFE, NOW).unwrap());
            assert_eq!(tables.record(&[1; 32]).unwrap().unwrap().answer_bytes, 100);
        });
    }
}
