//! Calls with a key: at most one of them runs, everybody who asks with the same key and credential finds it, and its
//! end is written down before anybody hears of it.

mod response;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use http::Response;
use http::header::HeaderValue;
use relay_policy::decide::Job;
use relay_policy::idempotency::{Fingerprint, JobId, JobState, Repeated, on_repeat};
use relay_policy::outcome::Outcome;
use relay_policy::reject::{Code, Reject};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::body::Body;
use crate::store::{Finish, Store, StoredAnswer, StoredJob};
pub(crate) use response::{accepted, of_repeated, replay};

/// All jobs: those running now here, the others in the store.
pub(crate) struct Jobs {
    store: Store,
    live: Mutex<HashMap<JobId, Live>>,
}

/// A job of this process that has no end in the store yet.
enum Live {
    /// Its body is on the way; nothing was promised. With the digest the caller announced.
    Receiving(Option<HeaderValue>),
    /// It may be at the API.
    Running(Fingerprint, watch::Sender<Option<StoredJob>>),
}

/// What a key leads to.
pub(crate) enum Entered {
    /// Nothing stands against a new attempt.
    Fresh(Ticket),
    /// There is a job.
    Known(StoredJob),
}

/// The right to carry out a job. While it lives, no other request with this key can.
pub(crate) struct Ticket {
    jobs: Arc<Jobs>,
    id: JobId,
}

impl Drop for Ticket {
    /// Also when its task panics: whoever waits then looks into the store, and finds a call without an end.
    fn drop(&mut self) {
        self.jobs.live().remove(&self.id);
    }
}

impl Jobs {
    pub(crate) fn new(store: Store) -> Arc<Self> {
        Arc::new(Self { store, live: Mutex::default() })
    }

    fn live(&self) -> MutexGuard<'_, HashMap<JobId, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims a key for a request whose body is still on its way.
    ///
    /// # Errors
    /// `idempotency_running` while another request with this key is being received, `idempotency_conflict` when the
    /// announced digests already differ, `state_unavailable`.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        id: JobId,
        digest: Option<&HeaderValue>,
    ) -> Result<Entered, Reject> {
        match self.live().get(&id) {
            Some(Live::Running(fingerprint, _)) => {
                let fingerprint = *fingerprint;
                return Ok(Entered::Known(StoredJob {
                    state: JobState::Dispatching,
                    fingerprint,
                    answer: None,
                }));
            }
            Some(Live::Receiving(other)) => {
                let differ = other.as_ref().zip(digest).is_some_and(|(other, digest)| other != digest);
                let code = if differ { Code::IdempotencyConflict } else { Code::IdempotencyRunning };
                return Err(code.into());
            }
            None => {}
        }
        let Some(ticket) = self.claim(id, digest) else { return Err(Code::IdempotencyRunning.into()) };
        match self.stored(id).await? {
            None | Some(StoredJob { state: JobState::Released, .. }) => Ok(Entered::Fresh(ticket)),
            Some(known) => Ok(Entered::Known(known)),
        }
    }

    fn claim(self: &Arc<Self>, id: JobId, digest: Option<&HeaderValue>) -> Option<Ticket> {
        use std::collections::hash_map::Entry;
        match self.live().entry(id) {
            Entry::Occupied(_) => None,
            Entry::Vacant(entry) => {
                entry.insert(Live::Receiving(digest.cloned()));
                Some(Ticket { jobs: Arc::clone(self), id })
            }
        }
    }

    async fn read(&self, id: JobId) -> Result<Option<StoredJob>, Reject> {
        self.store.job(id).await.map_err(|_| response::unreadable())
    }

    /// What the store has of a job that nobody in this process carries out: when it is on its way there, its end is
    /// lost.
    async fn stored(&self, id: JobId) -> Result<Option<StoredJob>, Reject> {
        Ok(self.read(id).await?.map(|job| match job.state {
            JobState::Dispatching => StoredJob { state: JobState::Unknown, ..job },
            _ => job,
        }))
    }

    /// The answer to a repeated `POST` whose body is known now.
    pub(crate) fn repeat(
        &self,
        known: StoredJob,
        id: JobId,
        now: Fingerprint,
    ) -> Result<Response<Body>, Reject> {
        match on_repeat(Some((known.state, known.fingerprint)), now) {
            Repeated::Replay => self.hand_out(known, id),
            // Released just now: nothing is lost by asking again.
            Repeated::Fresh | Repeated::Running => Err(Code::IdempotencyRunning.into()),
            Repeated::Unknown => Err(response::unknown(known.answer.as_ref())),
            Repeated::Conflict => Err(Code::IdempotencyConflict.into()),
        }
    }

    /// The answer to `GET /relay/jobs/{key}`.
    pub(crate) async fn result(&self, job: &Job) -> Result<Response<Body>, Reject> {
        let running = match self.live().get(&job.id) {
            Some(Live::Running(_, end)) => Some(end.subscribe()),
            Some(Live::Receiving(_)) | None => None,
        };
        if let Some(end) = running {
            match ended_within(end, job.prefer.wait.unwrap_or_default()).await {
                Ended::With(ended) => return self.answer_with(ended, job.id),
                Ended::NotYet => return Ok(response::running(&job.key)),
                Ended::InStore => {}
            }
        }
        let mut stored = self.read(job.id).await?;
        if matches!(stored, Some(StoredJob { state: JobState::Dispatching, .. })) {
            // It may have begun after the look above, and ended before this one: then its end is in the store by now.
            if self.live().contains_key(&job.id) {
                return Ok(response::running(&job.key));
            }
            stored = self.stored(job.id).await?;
        }
        match stored {
            Some(stored) => self.answer_with(stored, job.id),
            None => Err(response::not_found()),
        }
    }

    fn answer_with(&self, stored: StoredJob, id: JobId) -> Result<Response<Body>, Reject> {
        match stored.state {
            JobState::Done => self.hand_out(stored, id),
            JobState::Released => Err(response::released(stored.answer.as_ref())),
            JobState::Unknown | JobState::Dispatching => Err(response::unknown(stored.answer.as_ref())),
        }
    }

    fn hand_out(&self, stored: StoredJob, id: JobId) -> Result<Response<Body>, Reject> {
        let answer = stored.answer.ok_or_else(response::no_longer_kept)?;
        self.handed_out(id);
        Ok(replay(answer))
    }

    /// Notes that an answer is on its way to its caller.
    pub(crate) fn handed_out(&self, id: JobId) {
        self.store.mark_read(id);
    }

    /// The relay stops: whatever still runs has an end that nobody will know. An answer that is only in memory, because
    /// it could not be written so far, has its last chance. All are written together: what comes in while they are is not
    /// lost either, see [`JobState::may_become`].
    pub(crate) async fn abandon(&self) {
        let of_running = |(id, live): (&JobId, &Live)| match live {
            Live::Running(_, end) => Some(last_word(*id, end.borrow().as_ref())),
            Live::Receiving(_) => None,
        };
        let mut last_words: Vec<_> = self.live().iter().filter_map(of_running).collect();
        last_words.sort_by_key(|finish| finish.answer.is_none());
        // If one cannot be written now, the next start finds the call without an end.
        join_all(last_words.into_iter().map(|finish| self.store.finish(finish))).await;
    }
}

/// The reservation stays as it is: too much rather than too little is counted.
fn last_word(id: JobId, ended: Option<&StoredJob>) -> Finish {
    let state = ended.map_or(JobState::Unknown, |ended| ended.state);
    let answer = ended.and_then(|ended| ended.answer.clone());
    Finish { job: Some(id), charge: None, outcome: Outcome { state, made: None }, answer }
}

/// The end of a running job, as far as a waiting caller learns it.
enum Ended {
    With(StoredJob),
    NotYet,
    InStore,
}

async fn ended_within(mut end: watch::Receiver<Option<StoredJob>>, wait: Duration) -> Ended {
    match timeout(wait, end.wait_for(Option::is_some)).await {
        Ok(Ok(ended)) => ended.clone().map_or(Ended::InStore, Ended::With),
        Ok(Err(_)) => Ended::InStore,
        Err(_) => Ended::NotYet,
    }
}

impl Ticket {
    /// What the job is stored under.
    pub(crate) fn id(&self) -> JobId {
        self.id
    }

    /// From now on the call may be at the API. Called before its last bytes are released.
    pub(crate) fn run(&self, fingerprint: Fingerprint) {
        let (end, _) = watch::channel(None);
        self.jobs.live().insert(self.id, Live::Running(fingerprint, end));
    }

    /// Tells everybody who waits.
    pub(crate) fn end(&self, state: JobState, answer: Option<StoredAnswer>) {
        if let Some(Live::Running(fingerprint, end)) = self.jobs.live().get(&self.id) {
            end.send_replace(Some(StoredJob { state, fingerprint: *fingerprint, answer }));
        }
    }
}
