//! One paid call, from its first body byte to its end in the book. It runs as a task of its own: a client that
//! vanishes changes nothing about a call that went out.

use std::pin::Pin;
use std::sync::Arc;

use http::header::HeaderMap;
use http::uri::PathAndQuery;
use http::{Method, Response};
use hyper::body::Incoming;
use relay_policy::credential::Credential;
use relay_policy::idempotency::{FingerprintHasher, JobId};
use relay_policy::identity::Identity;
use relay_policy::ledger::{Day, Exhausted};
use relay_policy::offer;
use relay_policy::outcome::Outcome;
use relay_policy::reject::{Code, Reject};
use relay_policy::route::GENERATION_PATH;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Duration, Instant, sleep, sleep_until};

use crate::answer::Answer;
use crate::api::Api;
use crate::app::RequestId;
use crate::clock::unix_seconds;
use crate::config::Region;
use crate::exchange::{ConnectionTask, Exchange};
use crate::jobs::Ticket;
use crate::quota::CallPlace;
use crate::refused_body;
use crate::store::{Begin, Begun, Charge, Finish};
use crate::upload::{Scanned, Upload, UploadWatch, broken, ended_early};
use crate::upload_room::Reservation;

/// After a failed write the store is tried again this often: a full disk is emptied by hand.
const WRITE_AGAIN: Duration = Duration::from_secs(5);

/// Everything a call needs before a byte of its body is read.
pub(crate) struct Call {
    pub(crate) api: Arc<Api>,
    pub(crate) request_id: RequestId,
    pub(crate) region: Region,
    pub(crate) identity: Identity,
    /// The key the API sees.
    pub(crate) key: Credential,
    /// For a call that can be picked up.
    pub(crate) job: Option<(Ticket, FingerprintHasher)>,
    /// Told when the call is on its way and written down.
    pub(crate) accepted: oneshot::Sender<()>,
    pub(crate) exchange: Exchange<Box<Upload>>,
    pub(crate) room: Reservation,
    pub(crate) places: Places,
}

/// Places among the running calls, held to the end.
pub(crate) struct Places {
    pub(crate) _running: OwnedSemaphorePermit,
    pub(crate) _invited: Option<CallPlace>,
}

/// A call that is written down as being on its way.
struct Dispatched {
    ticket: Option<Ticket>,
    charge: Option<Charge>,
    _places: Places,
}

/// The API's answer, once it comes.
type PendingResponse = Pin<Box<dyn Future<Output = hyper::Result<Response<Incoming>>> + Send>>;

/// A call that may be at the API now.
struct Sent {
    api: Arc<Api>,
    request_id: RequestId,
    region: Region,
    identity: Identity,
    key: Credential,
    dispatched: Dispatched,
    /// `None` when the connection was gone before it could take the last bytes with it.
    response: Option<PendingResponse>,
    _connection: ConnectionTask,
}

/// What ended the upload.
enum Received {
    /// The body is complete and in order.
    Body(Scanned),
    /// The API answered before it had the whole body, so without executing it.
    Early(Response<Incoming>),
}

impl Call {
    /// Carries the call out. `headers` go to the API, `asked` came from the caller.
    pub(crate) fn run(
        self,
        headers: HeaderMap,
        asked: HeaderMap,
        body: Incoming,
    ) -> impl Future<Output = Result<Answer, Reject>> + Send {
        // In a box, which goes before the wait: that may take minutes, and there may be thousands.
        let sending = Box::pin(self.send(headers, asked, body));
        async move {
            match sending.await {
                Ok(sent) => sent.end().await,
                Err(ended) => ended,
            }
        }
    }

    /// Passes the body on and writes down that the call goes out. Otherwise the error is how the call ended.
    async fn send(
        self,
        headers: HeaderMap,
        asked: HeaderMap,
        body: Incoming,
    ) -> Result<Sent, Result<Answer, Reject>> {
        let Self { api, request_id, region, identity, key, job, accepted, exchange, room, places } = self;
        let (ticket, hasher) = job.unzip();
        let limits = &api.config.limits;
        let (upload, mut watch) = Upload::new(body, limits, room, hasher);
        let path = PathAndQuery::from_static(GENERATION_PATH);
        let (response, connection) = exchange.send(Method::POST, path, headers, Box::new(upload));
        let mut response: PendingResponse = Box::pin(response);
        let received = match receive(&mut response, &mut watch).await {
            Ok(Received::Body(scanned)) => Ok(scanned),
            Ok(Received::Early(response)) => {
                let deadline = Instant::now() + limits.total_timeout;
                Err(api.read_answer(response, deadline, &region, &key).await.map_err(ended_early))
            }
            Err(reject) => Err(Err(reject)),
        };
        let scanned = match received {
            Ok(scanned) => scanned,
            Err(result) => {
                drop(connection);
                if let Some(rest) = watch.rest().await {
                    refused_body::take_in(rest, &asked, limits.body_bytes).await;
                }
                return Err(result);
            }
        };
        let pictures = offer::check_model_and_count(&scanned.facts, &region.rules).map_err(Err)?;
        let charge = charge(&identity, pictures, api.store.budget_day());
        let dispatched = api.dispatch(ticket, scanned, charge, region.free, places).await.map_err(Err)?;
        let response = watch.release().then_some(response);
        // The caller may have gone, or wait for the answer itself.
        let _ = accepted.send(());
        Ok(Sent { api, request_id, region, identity, key, dispatched, response, _connection: connection })
    }
}

impl Sent {
    /// Waits for the answer and writes down how the call ended. What comes after the wait takes no room during it.
    async fn end(self) -> Result<Answer, Reject> {
        let Self { api, request_id, region, identity, key, dispatched, response, _connection } = self;
        let result = match response {
            Some(response) => match api.await_head(response).await {
                Ok((response, deadline)) => {
                    Box::pin(api.read_answer(response, deadline, &region, &key)).await
                }
                Err(reject) => Err(reject),
            },
            None => Err(broken()),
        };
        Box::pin(api.conclude(dispatched, &result, &request_id)).await;
        if let Ok(answer) = &result
            && answer.status.is_success()
        {
            api.keep_pictures(identity, answer);
        }
        result
    }
}

/// Waits for the body to arrive, or for an answer that comes before.
async fn receive(response: &mut PendingResponse, watch: &mut UploadWatch) -> Result<Received, Reject> {
    loop {
        let deadline = watch.deadline();
        tokio::select! {
            // The answer first: an early one is worth more than the rest of the body.
            biased;
            result = &mut *response => return match result {
                Ok(response) => Ok(Received::Early(response)),
                Err(error) => {
                    tracing::info!(%error, "the connection to the API broke before the call was complete");
                    Err(watch.refusal().unwrap_or_else(broken))
                }
            },
            scanned = watch.scanned() => return scanned.map(Received::Body),
            () = sleep_until(deadline) => if watch.deadline() <= Instant::now() {
                return Err(Code::BodyTimeout.into());
            },
        }
    }
}

/// What an invite pays; callers with keys of their own pay the vendor.
fn charge(identity: &Identity, pictures: u32, day: Day) -> Option<Charge> {
    let Identity::Invited { invite, total, .. } = identity else { return None };
    Some(Charge {
        invite: invite.name.clone(),
        invite_limit: invite.quota.images_per_day,
        total_limit: total.images_per_day,
        pictures,
        day,
    })
}

impl Api {
    /// Refuses a call that the relay, which stops, would cut off: it would be paid for, and its answer lost.
    fn check_time_left(&self) -> Result<(), Reject> {
        let Some(cut_off) = self.cut_off.get() else { return Ok(()) };
        if Instant::now() + self.config.limits.total_timeout <= *cut_off {
            return Ok(());
        }
        Err(Reject::from(Code::Overloaded).with_message("The relay is restarting. Nothing was executed."))
    }

    /// Writes down that the call goes out. Nothing was sent that could be executed when this refuses.
    async fn dispatch(
        &self,
        ticket: Option<Ticket>,
        scanned: Scanned,
        charge: Option<Charge>,
        free: bool,
        places: Places,
    ) -> Result<Dispatched, Reject> {
        self.check_time_left()?;
        let job = match (&ticket, scanned.fingerprint) {
            (Some(ticket), Some(fingerprint)) => Some((ticket.id(), fingerprint)),
            _ => None,
        };
        if job.is_some() || charge.is_some() {
            let begin = Begin { job, charge: charge.clone(), free };
            match self.store.begin(begin).await.map_err(|_| Code::StateUnavailable)? {
                // Writing may have taken long.
                Begun::Go => {
                    if let Err(reject) = self.check_time_left() {
                        self.take_back(job.map(|(id, _)| id), charge).await;
                        return Err(reject);
                    }
                }
                Begun::Full => return Err(Code::StateUnavailable.into()),
                Begun::Exhausted(account) => return Err(exhausted(account, self.store.budget_day())),
                Begun::Repeated(repeated) => {
                    return Err(repeated.reject().unwrap_or_else(|| Code::IdempotencyRunning.into()));
                }
            }
        }
        if let (Some(ticket), Some((_, fingerprint))) = (&ticket, job) {
            ticket.run(fingerprint);
        }
        Ok(Dispatched { ticket, charge, _places: places })
    }

    /// Writes down that a call did not go out after all. If that cannot be written, its outcome counts as unknown.
    async fn take_back(&self, job: Option<JobId>, charge: Option<Charge>) {
        let outcome = Outcome::NOT_EXECUTED;
        let _ = self.store.finish(Finish { job, charge, outcome, answer: None }).await;
    }

    /// Writes down how the call ended, then tells whoever waits for it.
    async fn conclude(
        self: &Arc<Self>,
        dispatched: Dispatched,
        result: &Result<Answer, Reject>,
        request_id: &RequestId,
    ) {
        let (outcome, answer) = match result {
            Ok(answer) => (answer.outcome(), answer.clone().into_stored()),
            Err(reject) => {
                let answer = Answer::of_reject(reject.clone(), &request_id.0);
                (Outcome::of_failure(reject), answer.into_stored())
            }
        };
        self.metrics.count_call(outcome);
        log_end(&dispatched, outcome);
        if dispatched.ticket.is_none() && dispatched.charge.is_none() {
            return;
        }
        let job = dispatched.ticket.as_ref().map(Ticket::id);
        let charge = dispatched.charge.clone();
        let finish = Finish { job, charge, outcome, answer: Some(answer.clone()) };
        let written = self.store.finish(finish.clone()).await;
        let Some(ticket) = &dispatched.ticket else {
            // The reservation stays: too much rather than too little is counted.
            return;
        };
        ticket.end(outcome.state, Some(answer));
        if written.is_err() {
            tracing::error!("an answer is only in memory until the job store can be written again");
            self.tasks.spawn(write_later(Arc::clone(self), finish, dispatched));
        }
    }
}

/// One line for each call that went out, with what it costs whom.
fn log_end(dispatched: &Dispatched, outcome: Outcome) {
    let invite = dispatched.charge.as_ref().map(|charge| charge.invite.as_str());
    let reserved = dispatched.charge.as_ref().map(|charge| charge.pictures);
    tracing::info!(state = ?outcome.state, pictures = outcome.made, reserved, invite, "a paid call ended");
}

/// Until then the ticket keeps the answer where the next request finds it.
async fn write_later(api: Arc<Api>, finish: Finish, dispatched: Dispatched) {
    while api.store.finish(finish.clone()).await.is_err() {
        sleep(WRITE_AGAIN).await;
    }
    drop(dispatched);
}

/// The refusal when a day's pictures are used up, until the next book is opened.
pub(crate) fn exhausted(account: Exhausted, book: Day) -> Reject {
    let whose = match account {
        Exhausted::Invite => "The pictures this invite may make today are used up",
        Exhausted::Total => "The pictures all invites together may make today are used up",
    };
    let seconds = u32::try_from(book.seconds_left(unix_seconds())).unwrap_or(u32::MAX);
    Reject::from(Code::BudgetExhausted)
        .with_message(format!("{whose}, or fewer are left than this call asks for. Nothing was executed."))
        .with_retry_after(seconds)
}
