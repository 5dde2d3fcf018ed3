//! Calls to the vendor's API: what is checked before a byte of the body is read, and how an answer is judged.

mod levels;

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Method, Response};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use relay_policy::answer::{self, charged};
use relay_policy::content::BodyHead;
use relay_policy::credential::Credential;
use relay_policy::decide::{Job, Policy, RegionCall};
use relay_policy::idempotency::{FingerprintHasher, JobId};
use relay_policy::identity::Identity;
use relay_policy::ledger::{self, Account};
use relay_policy::outcome::picture_links;
use relay_policy::reject::{Charged, Code, Reject};
use relay_policy::route::UPLOADS_PATH;
use relay_policy::{headers, redact};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::answer::Answer;
use crate::body::Body;
use crate::call::{Call, Places, exhausted};
use crate::callers::CallerAddress;
use crate::config::{Config, Region};
use crate::connector::{Connector, Reach};
use crate::exchange::Exchange;
use crate::jobs::{self, Entered, Jobs, Ticket};
use crate::kept_pictures::KeptPictures;
use crate::metrics::Metrics;
use crate::quota::{CallPlace, Quotas};
use crate::refused_body;
use crate::repeated_body;
use crate::store::{Store, StoredJob};
use crate::upload_room::{Reservation, UploadRoom};

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The regions and what calls to them share.
pub(crate) struct Api {
    pub(crate) config: Arc<Config>,
    connector: Arc<Connector>,
    upload_room: Arc<UploadRoom>,
    running: Arc<Semaphore>,
    quotas: Arc<Quotas>,
    policy: Arc<ArcSwap<Policy>>,
    pub(crate) store: Store,
    pub(crate) kept: Option<Arc<KeptPictures>>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) metrics: Arc<Metrics>,
    /// Calls that go on without their caller.
    pub(crate) tasks: TaskTracker,
    /// When running calls are cut off, once the relay stops.
    pub(crate) cut_off: OnceLock<Instant>,
}

/// What survives a restart, if the operator gave it a place.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) kept: Option<KeptPictures>,
}

/// How a paid call began.
enum Beginning {
    /// It was known already.
    Answered(Response<Body>),
    Started(Started),
}

/// A call that runs as a task of its own.
struct Started {
    end: JoinHandle<Result<Answer, Reject>>,
    /// Told when the call is written down and goes out.
    on_its_way: oneshot::Receiver<()>,
    job: Option<Job>,
    jobs: Arc<Jobs>,
}

impl Started {
    /// What the caller gets: the end, or for an asynchronous job as soon as possible that it is on its way.
    async fn answer(self) -> Result<Response<Body>, Reject> {
        let Self { mut end, on_its_way, job, jobs } = self;
        let asynchronous = job.as_ref().filter(|job| job.prefer.respond_async);
        let ended = tokio::select! {
            // A call that ended at once is answered with its end.
            biased;
            ended = &mut end => ended,
            accepted = async { on_its_way.await.ok()?; asynchronous } => match accepted {
                Some(job) => return Ok(jobs::accepted(&job.key)),
                None => end.await,
            },
        };
        let answer = ended.map_err(|_| Code::Internal)??;
        if let Some(job) = job {
            jobs.handed_out(job.id);
        }
        Ok(answer.into_response())
    }
}

impl Api {
    pub(crate) fn new(
        config: Arc<Config>,
        connector: Arc<Connector>,
        policy: Arc<ArcSwap<Policy>>,
        state: State,
        metrics: Arc<Metrics>,
    ) -> Arc<Self> {
        Arc::new(Self {
            upload_room: UploadRoom::new(&config),
            running: Arc::new(Semaphore::new(config.limits.calls.min(Semaphore::MAX_PERMITS))),
            quotas: Quotas::new(),
            jobs: Jobs::new(state.store.clone()),
            tasks: TaskTracker::new(),
            cut_off: OnceLock::new(),
            config,
            connector,
            policy,
            store: state.store,
            kept: state.kept.map(Arc::new),
            metrics,
        })
    }

    /// The paid call.
    pub(crate) fn generate(
        self: Arc<Self>,
        call: RegionCall,
        head: BodyHead,
        job: Option<Job>,
        parts: Parts,
        body: Incoming,
    ) -> impl Future<Output = Result<Response<Body>, Reject>> + Send {
        // In a box, which goes before the wait: that may take minutes, and there may be thousands.
        let beginning = Box::pin(self.begin(call, head, job, parts, body));
        async move {
            match beginning.await? {
                Beginning::Answered(response) => Ok(response),
                Beginning::Started(started) => started.answer().await,
            }
        }
    }

    async fn begin(
        self: Arc<Self>,
        call: RegionCall,
        head: BodyHead,
        job: Option<Job>,
        parts: Parts,
        body: Incoming,
    ) -> Result<Beginning, Reject> {
        if body.is_end_stream() {
            return Err(Code::BadJson.into());
        }
        let ticket = match &job {
            None => Ok(None),
            Some(job) => match self.jobs.enter(job.id, parts.headers.get(CONTENT_DIGEST)).await {
                Ok(Entered::Fresh(ticket)) => Ok(Some(ticket)),
                Ok(Entered::Known(known)) => {
                    return self.repeat(known, job.id, head, &parts, body).await.map(Beginning::Answered);
                }
                Err(reject) => Err(reject),
            },
        };
        let (accepted, on_its_way) = oneshot::channel();
        let prepared = match ticket {
            Ok(ticket) => self.prepare(call, head, ticket, accepted, &parts).await,
            Err(reject) => Err(reject),
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(reject) => {
                refused_body::take_in(body, &parts.headers, self.config.limits.body_bytes).await;
                return Err(reject);
            }
        };
        let mut request_headers = headers::for_api(&parts.headers, &prepared.key, prepared.region.holder());
        if let Some(length) = head.length {
            request_headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let run = prepared.run(request_headers, parts.headers, body);
        let end = self.tasks.spawn(run.in_current_span());
        Ok(Beginning::Started(Started { end, on_its_way, job, jobs: Arc::clone(&self.jobs) }))
    }

    /// A request with a known key: its body only has to be the same.
    async fn repeat(
        &self,
        known: StoredJob,
        id: JobId,
        head: BodyHead,
        parts: &Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Reject> {
        let limits = &self.config.limits;
        let room = match self.reserve(head, parts) {
            Ok(room) => room,
            Err(reject) => {
                refused_body::take_in(body, &parts.headers, limits.body_bytes).await;
                return Err(jobs::of_repeated(reject));
            }
        };
        let hasher = FingerprintHasher::new(parts.uri.path());
        let digest = repeated_body::digest(body, hasher, limits, room).await;
        let fingerprint = digest.map_err(jobs::of_repeated)?;
        self.jobs.repeat(known, id, fingerprint)
    }

    /// Everything that can fail before a byte of the body is needed.
    async fn prepare(
        self: &Arc<Self>,
        call: RegionCall,
        head: BodyHead,
        ticket: Option<Ticket>,
        accepted: oneshot::Sender<()>,
        parts: &Parts,
    ) -> Result<Call, Reject> {
        let (region, key) = self.region(&call)?;
        let running = Arc::clone(&self.running).try_acquire_owned().map_err(|_| Code::Overloaded)?;
        let invited = self.admit(&call.identity)?;
        self.check_budget(&call.identity).await?;
        let room = self.reserve(head, parts)?;
        let exchange = Exchange::open(&self.connector, &region.upstream, Reach::Anywhere).await?;
        let job = ticket.map(|ticket| (ticket, FingerprintHasher::new(parts.uri.path())));
        let places = Places { _running: running, _invited: invited };
        Ok(Call {
            api: Arc::clone(self),
            request_id: parts.extensions.get().cloned().unwrap_or_default(),
            region,
            identity: call.identity,
            key,
            job,
            accepted,
            exchange,
            room,
            places,
        })
    }

    /// The rates of an invite; callers with keys of their own have the vendor's.
    fn admit(&self, identity: &Identity) -> Result<Option<CallPlace>, Reject> {
        match identity {
            Identity::Invited { invite, total, .. } => self.quotas.admit(invite, *total).map(Some),
            Identity::Key(_) | Identity::Anyone(_) => Ok(None),
        }
    }

    /// Refuses a caller without money before the upload. What counts is the reservation after it.
    async fn check_budget(&self, identity: &Identity) -> Result<(), Reject> {
        let Identity::Invited { invite, total, .. } = identity else { return Ok(()) };
        let day = self.store.budget_day();
        let used = self.store.used(invite.name.clone(), day).await;
        let (own, all) = used.map_err(|_| Code::StateUnavailable)?;
        let own = Account { used: own, limit: invite.quota.images_per_day };
        let all = Account { used: all, limit: total.images_per_day };
        ledger::reserve(own, all, 1).map(|_| ()).map_err(|account| exhausted(account, day))
    }

    /// Upload credentials for the vendor's SDKs. Free of charge.
    pub(crate) async fn upload_policy(
        &self,
        call: RegionCall,
        parts: &Parts,
    ) -> Result<Response<Body>, Reject> {
        self.ask_upload_policy(call, parts).await.map_err(|reject| reject.with_charged(Charged::No))
    }

    async fn ask_upload_policy(&self, call: RegionCall, parts: &Parts) -> Result<Response<Body>, Reject> {
        let (region, key) = self.region(&call)?;
        if let Identity::Invited { invite, total, .. } = &call.identity {
            self.quotas.admit_upload(invite, *total)?;
        }
        let request_headers = headers::for_api(&parts.headers, &key, region.holder());
        let path = match parts.uri.query() {
            Some(query) => {
                PathAndQuery::try_from(format!("{UPLOADS_PATH}?{query}")).map_err(|_| Code::BadRequest)?
            }
            None => PathAndQuery::from_static(UPLOADS_PATH),
        };
        let exchange = Exchange::open(&self.connector, &region.upstream, Reach::Anywhere).await?;
        let (sent, _connection) = exchange.send(Method::GET, path, request_headers, Empty::<Bytes>::new());
        let (response, deadline) = self.await_head(sent).await?;
        self.read_answer(response, deadline, &region, &key).await.map(Answer::into_response)
    }

    /// Fetches the pictures of an answer, in the background: their links die within a day.
    pub(crate) fn keep_pictures(self: &Arc<Self>, owner: Identity, answer: &Answer) {
        let Some(kept) = self.kept.clone() else { return };
        let links = picture_links(&answer.body);
        let policy = self.policy.load();
        let targets: Vec<_> = links.iter().filter_map(|link| policy.targets.check(link).ok()).collect();
        let api = Arc::clone(self);
        self.tasks.spawn(async move {
            for target in targets {
                kept.keep(&api.connector, &api.config.limits, &owner, &target).await;
            }
        });
    }

    fn region(&self, call: &RegionCall) -> Result<(Region, Credential), Reject> {
        let region = self.config.regions.get(call.region).ok_or(Code::RegionUnknown)?;
        let own = match &call.identity {
            Identity::Key(key) => Some(key.clone()),
            Identity::Invited { .. } | Identity::Anyone(_) => None,
        };
        let key = region.key.clone().or(own).ok_or(Code::KeyMissing)?;
        Ok((region.clone(), key))
    }

    /// A share of the upload bytes; a chunked body may become as large as the cap.
    fn reserve(&self, head: BodyHead, parts: &Parts) -> Result<Reservation, Reject> {
        let caller = parts.extensions.get().map(|CallerAddress(caller)| *caller);
        self.upload_room.reserve(caller, head.length.unwrap_or(self.config.limits.body_bytes))
    }

    /// Waits for the answer to a request that is out. Returns when its body must be complete.
    pub(crate) async fn await_head(
        &self,
        sent: impl Future<Output = hyper::Result<Response<Incoming>>>,
    ) -> Result<(Response<Incoming>, Instant), Reject> {
        let limits = &self.config.limits;
        let deadline = Instant::now() + limits.total_timeout;
        let first_byte = limits.first_byte_timeout.min(limits.total_timeout);
        let result = timeout(first_byte, sent).await.map_err(|_| Code::UpstreamTimeout)?;
        let response = result.map_err(|error| {
            tracing::info!(%error, "the exchange with the API failed");
            if error.is_parse() { Code::UpstreamInvalid } else { Code::AnswerBroken }
        })?;
        Ok((response, deadline))
    }

    /// Judges the answer and rebuilds it for the caller: same status, same bytes, headers of the allow list.
    pub(crate) async fn read_answer(
        &self,
        response: Response<Incoming>,
        deadline: Instant,
        region: &Region,
        key: &Credential,
    ) -> Result<Answer, Reject> {
        let (head, body) = response.into_parts();
        answer::check_head(head.status, &head.headers, region.holder())?;
        let cap = usize::try_from(self.config.limits.answer_bytes).unwrap_or(usize::MAX);
        let collected = timeout_at(deadline, Limited::new(body, cap).collect()).await;
        let bytes = match collected {
            Err(_) => return Err(Reject::from(Code::AnswerTimeout).with_charged(charged(head.status))),
            Ok(Err(error)) => {
                let code =
                    if error.is::<LengthLimitError>() { Code::UpstreamTooLarge } else { Code::AnswerBroken };
                return Err(Reject::from(code).with_charged(charged(head.status)));
            }
            Ok(Ok(collected)) => collected.to_bytes(),
        };
        answer::check_body(head.status, &bytes)?;
        let body = redact::redact(&bytes, key.token()).map_or(bytes, Bytes::from);
        Ok(Answer { status: head.status, headers: headers::for_caller(&head.headers, key.token()), body })
    }
}
