//! Calls to the vendor's API: the body streams up, the answer is judged and comes back.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Method, Response};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use relay_policy::answer::{self, charged};
use relay_policy::content::BodyHead;
use relay_policy::credential::Credential;
use relay_policy::decide::RegionCall;
use relay_policy::reject::{Charged, Code, Reject};
use relay_policy::route::{GENERATION_PATH, UPLOADS_PATH};
use relay_policy::{headers, redact};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::body::{Body, full};
use crate::config::{Config, Region};
use crate::connector::{Connector, Reach};
use crate::exchange::Exchange;
use crate::refused_body;
use crate::upload::{Progress, Upload, UploadWatch};

/// Upload bytes are reserved in units of this size.
const UNIT: u64 = 1024;

/// The regions and what calls to them share.
pub(crate) struct Api {
    config: Arc<Config>,
    connector: Arc<Connector>,
    in_flight: Arc<Semaphore>,
}

/// A call that only needs its body.
struct Prepared {
    region: Region,
    credential: Credential,
    permit: OwnedSemaphorePermit,
    exchange: Exchange<Upload>,
}

/// The head of an answer, and when its body must be complete.
struct Answer {
    response: Response<Incoming>,
    deadline: Instant,
}

impl Api {
    pub(crate) fn new(config: Arc<Config>, connector: Arc<Connector>) -> Self {
        let units = usize::try_from(config.limits.in_flight_bytes / UNIT).unwrap_or(usize::MAX);
        let in_flight = Arc::new(Semaphore::new(units.min(Semaphore::MAX_PERMITS)));
        Self { config, connector, in_flight }
    }

    /// The paid call.
    pub(crate) async fn generate(
        &self,
        call: RegionCall,
        head: BodyHead,
        parts: &Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Reject> {
        if body.is_end_stream() {
            return Err(Code::BadJson.into());
        }
        let max_bytes = self.config.limits.body_bytes;
        let prepared = match self.prepare(call, head).await {
            Ok(prepared) => prepared,
            Err(reject) => {
                refused_body::take_in(body, &parts.headers, max_bytes).await;
                return Err(reject);
            }
        };
        let Prepared { region, credential, permit, exchange } = prepared;
        let mut request_headers = headers::for_api(&parts.headers, &credential);
        if let Some(length) = head.length {
            request_headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let (upload, mut watch) = Upload::new(body, &self.config.limits, permit);
        let path = PathAndQuery::from_static(GENERATION_PATH);
        let (sent, connection) = exchange.send(Method::POST, path, request_headers, upload);
        let result = match self.await_uploaded(sent, &mut watch).await {
            Ok(answer) => self.pass_on(answer, &region, &credential).await,
            Err(reject) => Err(reject),
        };
        drop(connection);
        if watch.progress() != Progress::Complete
            && let Some(rest) = watch.rest().await
        {
            refused_body::take_in(rest, &parts.headers, max_bytes).await;
        }
        result
    }

    /// Everything that can fail before a byte of the body is needed.
    async fn prepare(&self, call: RegionCall, head: BodyHead) -> Result<Prepared, Reject> {
        let (region, credential) = self.region(call)?;
        let permit = self.reserve(head)?;
        let exchange = Exchange::open(&self.connector, &region.upstream, Reach::Anywhere).await?;
        Ok(Prepared { region, credential, permit, exchange })
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
        let (region, credential) = self.region(call)?;
        let request_headers = headers::for_api(&parts.headers, &credential);
        let path = match parts.uri.query() {
            Some(query) => {
                PathAndQuery::try_from(format!("{UPLOADS_PATH}?{query}")).map_err(|_| Code::BadRequest)?
            }
            None => PathAndQuery::from_static(UPLOADS_PATH),
        };
        let exchange = Exchange::open(&self.connector, &region.upstream, Reach::Anywhere).await?;
        let (sent, _connection) = exchange.send(Method::GET, path, request_headers, Empty::<Bytes>::new());
        let answer = self.await_head(sent, || Progress::Complete).await?;
        self.pass_on(answer, &region, &credential).await
    }

    fn region(&self, call: RegionCall) -> Result<(Region, Credential), Reject> {
        let region = self.config.regions.get(call.region).ok_or(Code::RegionUnknown)?;
        let credential = region.key.clone().or(call.credential).ok_or(Code::KeyMissing)?;
        Ok((region.clone(), credential))
    }

    /// A share of the upload bytes; a chunked body may become as large as the cap.
    fn reserve(&self, head: BodyHead) -> Result<OwnedSemaphorePermit, Reject> {
        let bytes = head.length.unwrap_or(self.config.limits.body_bytes);
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        Arc::clone(&self.in_flight).try_acquire_many_owned(units).map_err(|_| Code::Overloaded.into())
    }

    /// Waits for the body to go out, then for the answer. The clocks of the answer start when the body is
    /// through: a slow upload has its own limit.
    async fn await_uploaded(
        &self,
        sent: impl Future<Output = hyper::Result<Response<Incoming>>>,
        upload: &mut UploadWatch,
    ) -> Result<Answer, Reject> {
        let mut sent = Box::pin(sent);
        loop {
            let deadline = upload.deadline();
            tokio::select! {
                // The answer first: an early one is worth more than the rest of the body.
                biased;
                result = &mut sent => {
                    let response = result.map_err(|error| failure(&error, upload.progress()))?;
                    return Ok(Answer { response, deadline: Instant::now() + self.config.limits.total_timeout });
                }
                progress = upload.ended() => match progress {
                    Progress::TooLarge => return Err(Code::BodyTooLarge.into()),
                    Progress::Running | Progress::Complete | Progress::Broken => break,
                },
                () = sleep_until(deadline) => if upload.deadline() <= Instant::now() {
                    return Err(Code::BodyTimeout.into());
                },
            }
        }
        self.await_head(sent, || upload.progress()).await
    }

    /// Waits for the answer to a request that is out.
    async fn await_head(
        &self,
        sent: impl Future<Output = hyper::Result<Response<Incoming>>>,
        upload: impl Fn() -> Progress,
    ) -> Result<Answer, Reject> {
        let limits = &self.config.limits;
        let deadline = Instant::now() + limits.total_timeout;
        let first_byte = limits.first_byte_timeout.min(limits.total_timeout);
        let result = timeout(first_byte, sent).await.map_err(|_| Code::UpstreamTimeout)?;
        let response = result.map_err(|error| failure(&error, upload()))?;
        Ok(Answer { response, deadline })
    }

    /// Judges the answer and rebuilds it for the caller: same status, same bytes, headers of the allow list.
    async fn pass_on(
        &self,
        answer: Answer,
        region: &Region,
        credential: &Credential,
    ) -> Result<Response<Body>, Reject> {
        let (head, body) = answer.response.into_parts();
        answer::check_head(head.status, &head.headers, region.holder())?;
        let cap = usize::try_from(self.config.limits.answer_bytes).unwrap_or(usize::MAX);
        let collected = timeout_at(answer.deadline, Limited::new(body, cap).collect()).await;
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
        let bytes = redact::redact(&bytes, credential.token()).map_or(bytes, Bytes::from);
        let mut response = Response::new(full(bytes));
        *response.status_mut() = head.status;
        *response.headers_mut() = headers::for_caller(&head.headers, credential.token());
        Ok(response)
    }
}

/// What a failed exchange means. An incomplete body is incomplete JSON, which nobody can execute or charge.
fn failure(error: &hyper::Error, upload: Progress) -> Reject {
    tracing::info!(%error, %upload, "the exchange with the API failed");
    match upload {
        Progress::TooLarge => Code::BodyTooLarge.into(),
        Progress::Broken => Code::BodyIncomplete.into(),
        Progress::Running => Reject::from(Code::AnswerBroken)
            .with_message("The connection to the API broke while the body was sent. Nothing was executed.")
            .with_charged(Charged::No),
        Progress::Complete if error.is_parse() => Code::UpstreamInvalid.into(),
        Progress::Complete => Code::AnswerBroken.into(),
    }
}
