//! What the relay must not forget: jobs with their answers, and how many pictures were spent.
//!
//! One thread owns all writing and commits what waits in one go, so that many calls share one `fsync`. A command is
//! answered only after its commit: whoever gets an answer may rely on it after a crash.

mod databank;
mod eviction;
mod handed_out;
mod record;
mod tables;
#[cfg(test)]
mod tests;
mod vitals;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use redb::ReadableDatabase as _;
use relay_policy::idempotency::{Fingerprint, JobId, JobState, Repeated};
use relay_policy::ledger::{Day, Exhausted};
use relay_policy::outcome::Outcome;
use tokio::sync::oneshot;
use tokio::time::timeout;

use databank::Databank;
use handed_out::HandedOut;
pub(crate) use record::StoredAnswer;
use tables::Expiry;
pub(crate) use vitals::Vitals;
use writer::Writer;

use crate::clock::{steady_seconds, unix_seconds};

/// The store cannot be read or written. Details are in the log; a caller only learns that nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the job store is not available")]
pub(crate) struct Unavailable;

/// Where and how much to store.
#[derive(Debug, Clone)]
pub(crate) struct StoreSettings {
    /// The directory; `None` keeps everything in memory.
    pub(crate) directory: Option<PathBuf>,
    /// Most bytes of records and answers together.
    pub(crate) bytes: u64,
    /// The largest answer.
    pub(crate) answer_bytes: u64,
    /// How long a finished job is kept.
    pub(crate) job_life: Duration,
    /// The longest that a call can take.
    pub(crate) call_life: Duration,
}

/// Pictures to reserve for an invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) invite: String,
    pub(crate) invite_limit: Option<u32>,
    pub(crate) total_limit: Option<u32>,
    pub(crate) pictures: u32,
    pub(crate) day: Day,
}

/// A call that is about to go out.
#[derive(Debug, Clone)]
pub(crate) struct Begin {
    pub(crate) job: Option<(JobId, Fingerprint)>,
    pub(crate) charge: Option<Charge>,
    /// Nobody pays, whatever becomes of it.
    pub(crate) free: bool,
}

/// Whether it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// It is written down: send it.
    Go,
    /// The key is known.
    Repeated(Repeated),
    /// The budget does not cover it.
    Exhausted(Exhausted),
    /// No room for its answer.
    Full,
}

/// A call that ended.
#[derive(Debug, Clone)]
pub(crate) struct Finish {
    pub(crate) job: Option<JobId>,
    pub(crate) charge: Option<Charge>,
    pub(crate) outcome: Outcome,
    pub(crate) answer: Option<StoredAnswer>,
}

/// What is stored under a key.
#[derive(Debug, Clone)]
pub(crate) struct StoredJob {
    pub(crate) state: JobState,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) answer: Option<StoredAnswer>,
}

/// A disk that takes longer to say that a file is there is not ready for paid calls.
const LOOK_TIME: Duration = Duration::from_secs(3);

type Reply<T> = oneshot::Sender<Result<T, Unavailable>>;

/// What the writer is asked to do.
pub(super) enum Command {
    Begin(Begin, Reply<Begun>),
    Finish(Finish, Reply<()>),
    /// Remove what is past its life.
    Sweep,
}

/// What the writer is told.
pub(super) enum Message {
    Work(Command),
    /// Finish what came before, and let go of the database.
    Close(Reply<()>),
}

/// A handle on the store; cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    commands: mpsc::Sender<Message>,
    databank: Arc<Databank>,
    expiry: Expiry,
    vitals: Arc<Vitals>,
    handed_out: Arc<HandedOut>,
}

impl Store {
    /// Opens the store, and closes the book on calls that were running when the last process ended: their outcome
    /// is unknown.
    pub(crate) fn open(settings: &StoreSettings) -> Result<Self, String> {
        // What is believed of the clock from now on is what it says now.
        steady_seconds();
        let databank = Arc::new(Databank::new(settings.directory.clone()));
        let expiry = Expiry::new(settings.job_life, settings.call_life);
        let (vitals, handed_out) = (Arc::<Vitals>::default(), Arc::<HandedOut>::default());
        let start = || {
            let (vitals, handed_out) = (Arc::clone(&vitals), Arc::clone(&handed_out));
            Writer::start(Arc::clone(&databank), settings, expiry, vitals, handed_out)
        };
        // The database library takes some kinds of damage for a mistake of its own.
        let writer = catch_unwind(AssertUnwindSafe(start)).map_err(|_| {
            "its database is damaged: restore it, or move it away to begin anew with no jobs and nothing spent today"
        })??;
        let (commands, inbox) = mpsc::channel();
        let last_word = LastWord(Arc::clone(&vitals));
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                let _last_word = last_word;
                writer.run(&inbox);
            })
            .map_err(|error| format!("cannot start its thread: {error}"))?;
        Ok(Self { commands, databank, expiry, vitals, handed_out })
    }

    /// Figures for the operator.
    pub(crate) fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// Writes down that a call goes out, if it may. Durable when this returns.
    pub(crate) async fn begin(&self, begin: Begin) -> Result<Begun, Unavailable> {
        self.ask(|reply| Message::Work(Command::Begin(begin, reply))).await
    }

    /// Writes down how a call ended. Durable when this returns.
    pub(crate) async fn finish(&self, finish: Finish) -> Result<(), Unavailable> {
        self.ask(|reply| Message::Work(Command::Finish(finish, reply))).await
    }

    /// Notes that an answer was handed out: when room is needed, it goes before those nobody has seen.
    pub(crate) fn mark_read(&self, job: JobId) {
        self.handed_out.note(job);
    }

    /// Removes what is past its life.
    pub(crate) fn sweep(&self) {
        let _ = self.commands.send(Message::Work(Command::Sweep));
    }

    /// Lets go of the database; whatever comes later is refused.
    pub(crate) async fn close(&self) {
        // A writer that is gone has closed already.
        let _ = self.ask(Message::Close).await;
    }

    /// Whether what is written now would be found again.
    pub(crate) async fn is_ready(&self) -> bool {
        let databank = Arc::clone(&self.databank);
        // A disk may hang, and a database that failed may be in repair.
        let in_place = tokio::task::spawn_blocking(move || databank.check_place().is_ok());
        self.vitals.is_written() && matches!(timeout(LOOK_TIME, in_place).await, Ok(Ok(true)))
    }

    /// The day whose budget counts now.
    pub(crate) fn budget_day(&self) -> Day {
        self.vitals.book(Day::of(unix_seconds()))
    }

    /// Looks a job up.
    pub(crate) async fn job(&self, id: JobId) -> Result<Option<StoredJob>, Unavailable> {
        let expiry = self.expiry;
        self.read(move |transaction| tables::job(transaction, id, expiry)).await
    }

    /// Pictures of a day that an invite and all invites together have used.
    pub(crate) async fn used(&self, invite: String, day: Day) -> Result<(u32, u32), Unavailable> {
        self.read(move |transaction| tables::used(transaction, &invite, day)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&redb::ReadTransaction) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let databank = Arc::clone(&self.databank);
        let read = move || -> Result<T, Unavailable> {
            let database = databank.open().map_err(log)?;
            let transaction = database.begin_read().map_err(redb::Error::from);
            transaction.and_then(|transaction| read(&transaction)).map_err(|error| {
                // After one failed read the database refuses every other one until it is opened anew.
                if matches!(error, redb::Error::Io(_) | redb::Error::PreviousIo) {
                    databank.close();
                }
                log(error)
            })
        };
        let result = tokio::task::spawn_blocking(read).await.map_err(log).flatten();
        result.inspect_err(|_| self.vitals.count_failure())
    }

    async fn ask<T>(&self, message: impl FnOnce(Reply<T>) -> Message) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let sent = self.commands.send(message(reply)).map_err(|_| Unavailable);
        let answered = match sent {
            Ok(()) => answer.await.map_err(|_| Unavailable),
            Err(error) => Err(error),
        };
        answered.inspect_err(|_| self.vitals.count_failure()).flatten()
    }
}

/// Tells when the writer's thread ends, also when it panics: from then on nothing is written, and the relay is not ready.
struct LastWord(Arc<Vitals>);

impl Drop for LastWord {
    fn drop(&mut self) {
        self.0.writer_ended();
        if std::thread::panicking() {
            tracing::error!("the job store's writer broke off; restart the relay");
        }
    }
}

fn log(error: impl std::fmt::Display) -> Unavailable {
    tracing::error!(%error, "the job store failed");
    Unavailable
}
