//! The one thread that writes. What waits is done in one transaction; nobody hears of it before its commit.

use std::sync::{Arc, mpsc};

use redb::{ReadableTable as _, Table, WriteTransaction};
use relay_policy::idempotency::{JobId, JobState, Repeated, on_repeat};
use relay_policy::ledger::{self, Account, Day, Exhausted, SET_BACK_DAYS};

use super::databank::Databank;
use super::eviction::{self, Room};
use super::handed_out::HandedOut;
use super::record::Record;
use super::tables::{ANSWERS, Expiry, JOBS, LEDGER};
use super::vitals::Vitals;
use super::{Begin, Begun, Charge, Command, Finish, Message, StoreSettings, Unavailable};
use crate::clock::{stamp_seconds, steady_seconds, unix_seconds};

/// Most commands of one commit.
const BATCH: usize = 256;

/// The writing side of the store.
pub(super) struct Writer {
    databank: Arc<Databank>,
    expiry: Expiry,
    room: Room,
    vitals: Arc<Vitals>,
    handed_out: Arc<HandedOut>,
    /// Whether the open book is of a day that has not come yet.
    set_back: bool,
}

/// The tables of one transaction.
pub(super) struct Tables<'a> {
    pub(super) jobs: Table<'a, &'static [u8; 32], &'static [u8]>,
    pub(super) answers: Table<'a, &'static [u8; 32], &'static [u8]>,
    ledger: Table<'a, (u32, &'static str), u32>,
}

impl<'a> Tables<'a> {
    pub(super) fn open(transaction: &'a WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            jobs: transaction.open_table(JOBS)?,
            answers: transaction.open_table(ANSWERS)?,
            ledger: transaction.open_table(LEDGER)?,
        })
    }

    pub(super) fn record(&self, id: &[u8; 32]) -> Result<Option<Record>, redb::Error> {
        self.jobs.get(id)?.map(|bytes| Record::decode(bytes.value())).transpose()
    }

    /// Forgets the books of days before `day`.
    pub(super) fn forget_days_before(&mut self, day: u32) -> Result<(), redb::Error> {
        Ok(self.ledger.retain(|(of, _), _| of >= day)?)
    }

    /// The day whose book is open.
    fn book(&self, today: Day) -> Result<Day, redb::Error> {
        let beyond = today.0.saturating_add(SET_BACK_DAYS + 1);
        let newest = self.ledger.range((0, "")..(beyond, ""))?.next_back().transpose()?;
        Ok(today.of_book(newest.map(|(key, _)| Day(key.value().0))))
    }

    /// What all invites together have used on a day.
    fn used_in_total(&self, day: Day) -> Result<u32, redb::Error> {
        Ok(self.ledger.get((day.0, ""))?.map_or(0, |used| used.value()))
    }

    pub(super) fn put(&mut self, id: &[u8; 32], record: &Record) -> Result<(), redb::Error> {
        self.jobs.insert(id, record.encode()?.as_slice())?;
        Ok(())
    }
}

impl Writer {
    /// Opens the database and marks what was running in an earlier process.
    pub(super) fn start(
        databank: Arc<Databank>,
        settings: &StoreSettings,
        expiry: Expiry,
        vitals: Arc<Vitals>,
        handed_out: Arc<HandedOut>,
    ) -> Result<Self, String> {
        let database = databank.open()?;
        databank.check_place()?;
        let failed = |error: redb::Error| error.to_string();
        let transaction = database.begin_write().map_err(|error| failed(error.into()))?;
        let today = Day::of(unix_seconds());
        let (room, abandoned, day, used) = recover(&transaction, settings, today).map_err(failed)?;
        transaction.commit().map_err(|error| failed(error.into()))?;
        if abandoned > 0 {
            tracing::warn!(
                calls = abandoned,
                "calls were running when the relay ended; their outcome is unknown"
            );
        }
        vitals.update(room.jobs(), room.bytes(), day, used);
        let mut writer = Self { databank, expiry, room, vitals, handed_out, set_back: false };
        writer.notice_set_back(day, today);
        Ok(writer)
    }

    /// Works until every handle is gone.
    pub(super) fn run(mut self, inbox: &mpsc::Receiver<Message>) {
        while let Ok(first) = inbox.recv() {
            let mut batch = Vec::new();
            let mut close = None;
            for message in std::iter::once(first).chain(inbox.try_iter().take(BATCH - 1)) {
                match message {
                    Message::Work(command) => batch.push(command),
                    Message::Close(reply) => close = Some(reply),
                }
            }
            self.carry_out(batch);
            if let Some(reply) = close {
                self.databank.shut();
                // Whoever asked may have stopped waiting.
                let _ = reply.send(Ok(()));
                return;
            }
        }
    }

    fn carry_out(&mut self, batch: Vec<Command>) {
        let before = self.room.clone();
        match self.commit(&batch) {
            Ok(verdicts) => {
                for (command, verdict) in batch.into_iter().zip(verdicts) {
                    command.answer(Ok(verdict));
                }
            }
            Err(error) => {
                tracing::error!(%error, "the job store cannot be written");
                self.vitals.count_failure();
                self.room = before;
                self.databank.close();
                for command in batch {
                    command.answer(Err(Unavailable));
                }
            }
        }
    }

    fn commit(&mut self, batch: &[Command]) -> Result<Vec<Verdict>, String> {
        let database = self.databank.open()?;
        self.databank.check_place()?;
        let failed = |error: redb::Error| error.to_string();
        let transaction = database.begin_write().map_err(|error| failed(error.into()))?;
        let mut verdicts = Vec::with_capacity(batch.len());
        let today = Day::of(unix_seconds());
        let (day, used) = {
            let mut tables = Tables::open(&transaction).map_err(failed)?;
            for id in self.handed_out.take() {
                mark_read(&mut tables, id, stamp_seconds()).map_err(failed)?;
            }
            for command in batch {
                verdicts.push(self.apply(command, &mut tables).map_err(failed)?);
            }
            let day = tables.book(today).map_err(failed)?;
            (day, tables.used_in_total(day).map_err(failed)?)
        };
        transaction.commit().map_err(|error| failed(error.into()))?;
        self.vitals.update(self.room.jobs(), self.room.bytes(), day, used);
        self.notice_set_back(day, today);
        Ok(verdicts)
    }

    fn notice_set_back(&mut self, day: Day, today: Day) {
        let is_ahead = day > today;
        if is_ahead && !self.set_back {
            let days = day.0.saturating_sub(today.0);
            tracing::warn!(
                days,
                "the clock was set back; pictures count against the newest day that is written down"
            );
        }
        self.set_back = is_ahead;
    }

    fn apply(&mut self, command: &Command, tables: &mut Tables<'_>) -> Result<Verdict, redb::Error> {
        match command {
            Command::Begin(begin, _) => self.begin(begin, tables).map(Verdict::Begun),
            Command::Finish(finish, _) => self.finish(finish, tables).map(Verdict::Finished),
            Command::Sweep => {
                eviction::sweep(tables, &mut self.room, self.expiry, steady_seconds())?;
                Ok(Verdict::Swept)
            }
        }
    }

    fn begin(&mut self, begin: &Begin, tables: &mut Tables<'_>) -> Result<Begun, redb::Error> {
        let now = steady_seconds();
        if let Some((id, fingerprint)) = begin.job {
            let record = tables.record(&id.0)?.filter(|record| !self.expiry.is_over(record.changed, now));
            let stored = record.map(|record| (record.state(), record.fingerprint()));
            match on_repeat(stored, fingerprint) {
                Repeated::Fresh => {}
                repeated => return Ok(Begun::Repeated(repeated)),
            }
            if !eviction::make_room(tables, &mut self.room, self.expiry, now)? {
                return Ok(Begun::Full);
            }
        }
        if let Some(charge) = &begin.charge
            && let Err(exhausted) = reserve(tables, charge)?
        {
            return Ok(Begun::Exhausted(exhausted));
        }
        if let Some((id, fingerprint)) = begin.job {
            eviction::remove(tables, &mut self.room, &id.0)?;
            let mut record = Record::dispatching(fingerprint, stamp_seconds());
            record.paid = !begin.free;
            tables.put(&id.0, &record)?;
            self.room.add_running();
        }
        Ok(Begun::Go)
    }

    /// `false` when the job is not there: then this is not the store that the call was written down in.
    fn finish(&mut self, finish: &Finish, tables: &mut Tables<'_>) -> Result<bool, redb::Error> {
        let stored = match finish.job {
            Some(id) => match tables.record(&id.0)? {
                Some(record) if record.state().may_become(finish.outcome.state) => Some((id, record)),
                // Written down before, by an attempt that was reported as failed: settling twice would give money back.
                Some(_) => return Ok(true),
                None => {
                    tracing::error!("the job store has lost a call that was running");
                    return Ok(false);
                }
            },
            None => None,
        };
        if let (Some(charge), Some(made)) = (&finish.charge, finish.outcome.made) {
            settle(tables, charge, made)?;
        }
        let Some((id, mut record)) = stored else { return Ok(true) };
        self.room.take_out(&record);
        record.set_state(finish.outcome.state);
        record.changed = stamp_seconds();
        record.paid &= finish.outcome.made != Some(0);
        if let Some(answer) = &finish.answer {
            let bytes = answer.encode()?;
            record.answer_bytes = bytes.len() as u64;
            tables.answers.insert(&id.0, bytes.as_slice())?;
        }
        tables.put(&id.0, &record)?;
        self.room.add(&record);
        Ok(true)
    }
}

/// What became of a command, if its transaction is committed.
enum Verdict {
    Begun(Begun),
    /// Whether the end of the call found its place.
    Finished(bool),
    Swept,
}

impl Command {
    /// Tells whoever asked. Nobody waits any more when the caller's task is gone; the book is right all the same.
    fn answer(self, result: Result<Verdict, Unavailable>) {
        match (self, result) {
            (Self::Begin(_, reply), Ok(Verdict::Begun(begun))) => drop(reply.send(Ok(begun))),
            (Self::Finish(_, reply), Ok(Verdict::Finished(true))) => drop(reply.send(Ok(()))),
            (Self::Begin(_, reply), _) => drop(reply.send(Err(Unavailable))),
            (Self::Finish(_, reply), _) => drop(reply.send(Err(Unavailable))),
            (Self::Sweep, _) => {}
        }
    }
}

/// Seconds after which handing an answer out is worth noting again.
const NOTE_PAUSE: u64 = 60;

fn mark_read(tables: &mut Tables<'_>, id: JobId, now: u64) -> Result<(), redb::Error> {
    match tables.record(&id.0)? {
        Some(mut record) if record.handed_out.is_none_or(|before| now >= before + NOTE_PAUSE) => {
            record.handed_out = Some(now);
            tables.put(&id.0, &record)
        }
        _ => Ok(()),
    }
}

fn reserve(tables: &mut Tables<'_>, charge: &Charge) -> Result<Result<(), Exhausted>, redb::Error> {
    let day = charge.day.0;
    let used = |tables: &Tables<'_>, name: &str| -> Result<u32, redb::Error> {
        Ok(tables.ledger.get((day, name))?.map_or(0, |used| used.value()))
    };
    let invite = Account { used: used(tables, &charge.invite)?, limit: charge.invite_limit };
    let total = Account { used: used(tables, "")?, limit: charge.total_limit };
    let (invite, total) = match ledger::reserve(invite, total, charge.pictures) {
        Ok(used) => used,
        Err(exhausted) => return Ok(Err(exhausted)),
    };
    tables.ledger.insert((day, charge.invite.as_str()), invite)?;
    tables.ledger.insert((day, ""), total)?;
    Ok(Ok(()))
}

fn settle(tables: &mut Tables<'_>, charge: &Charge, made: u32) -> Result<(), redb::Error> {
    for name in [charge.invite.as_str(), ""] {
        let key = (charge.day.0, name);
        let used = tables.ledger.get(key)?.map_or(0, |used| used.value());
        tables.ledger.insert(key, ledger::settle(used, charge.pictures, made))?;
    }
    Ok(())
}

/// Counts what is there, with the pictures in the book that is open, and turns every call that was running into one whose
/// outcome is unknown.
fn recover(
    transaction: &WriteTransaction,
    settings: &StoreSettings,
    today: Day,
) -> Result<(Room, usize, Day, u32), redb::Error> {
    let mut tables = Tables::open(transaction)?;
    let mut room = Room::new(settings);
    let mut abandoned = Vec::new();
    for entry in tables.jobs.iter()? {
        let (id, bytes) = entry?;
        let record = Record::decode(bytes.value())?;
        room.add(&record);
        if record.state() == JobState::Dispatching {
            abandoned.push((*id.value(), record));
        }
    }
    for (id, record) in &mut abandoned {
        record.set_state(JobState::Unknown);
        record.changed = stamp_seconds();
        tables.put(id, record)?;
    }
    let day = tables.book(today)?;
    Ok((room, abandoned.len(), day, tables.used_in_total(day)?))
}
