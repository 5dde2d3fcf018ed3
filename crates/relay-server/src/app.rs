//! Request in, answer out: asks the policy, does what it decided, and leaves one log line.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use http::header::{CONNECTION, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use relay_policy::cors::Caller;
use relay_policy::decide::{Decision, Picture, Policy, Ruling};
use relay_policy::headers::X_REQUEST_ID;
use relay_policy::host;
use relay_policy::image_query::ImageQuery;
use relay_policy::reject::{Code, Reject};
use relay_policy::security::PageHeaders;
use relay_policy::target;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::api::{Api, State};
use crate::body::{Body, from_text};
use crate::callers::Callers;
use crate::config::Config;
use crate::connector::Connector;
use crate::image;
use crate::metrics::Metrics;
use crate::refusal;
use crate::refused_body;
use crate::static_files::StaticFiles;

/// The relay's own id of a request, an extension of the request: a call's end is stored with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestId(pub(crate) String);

/// What all connections share.
pub(crate) struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) policy: Arc<ArcSwap<Policy>>,
    connector: Arc<Connector>,
    callers: Callers,
    pub(crate) api: Arc<Api>,
    files: Option<StaticFiles>,
    pub(crate) metrics: Arc<Metrics>,
}

impl App {
    pub(crate) fn new(config: Config, policy: Policy, connector: Connector, state: State) -> Self {
        let config = Arc::new(config);
        let connector = Arc::new(connector);
        let policy = Arc::new(ArcSwap::from_pointee(policy));
        let metrics = Arc::new(Metrics::default());
        let pages = PageHeaders::new(&config.result_origins());
        let files = config.static_dir.as_deref().map(|directory| StaticFiles::new(directory, pages));
        let api = Api::new(
            Arc::clone(&config),
            Arc::clone(&connector),
            Arc::clone(&policy),
            state,
            Arc::clone(&metrics),
        );
        let callers = Callers::new(&config);
        Self { config, policy, connector, callers, api, files, metrics }
    }

    /// Answers one request.
    pub(crate) async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Body> {
        let request_id = Uuid::new_v4().simple().to_string();
        let span = tracing::info_span!("request", id = request_id);
        async move {
            let _open = self.metrics.begin();
            let started = Instant::now();
            let (mut parts, body) = request.into_parts();
            parts.extensions.insert(RequestId(request_id.clone()));
            let (version, is_connect) = (parts.version, parts.method == Method::CONNECT);
            let Ruling { caller, route, decision } = self.policy.load().decide(&parts);
            let ruled = refusal::check(&parts).and(host::check_request_line(&parts)).and(decision);
            let result = match self.callers.screen(&parts, ruled) {
                Ok(decision) => self.carry_out(decision, parts, body).await,
                Err(reject) => Err(Box::pin(self.refuse(reject, &parts, body)).await),
            };
            let code = result.as_ref().err().map(Reject::code);
            let mut response = result.unwrap_or_else(|reject| from_text(reject.into_response(&request_id)));
            finish(&mut response, caller.as_ref(), &request_id);
            if (is_connect || code == Some(Code::BadRequest)) && version < Version::HTTP_2 {
                // What follows a tunnel request or doubtful framing is not to be read as a request.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            self.metrics.count(route, response.status(), code);
            log_answer(route, response.status(), code, started);
            response
        }
        .instrument(span)
        .await
    }

    /// Lets a refused caller finish sending, so that it can read why.
    async fn refuse(&self, reject: Reject, parts: &Parts, body: Incoming) -> Reject {
        log_refused_link(&reject, parts);
        refused_body::take_in(body, &parts.headers, self.config.limits.body_bytes).await;
        reject
    }

    /// Each decision in a box of its own size: a paid call waits for minutes, and there may be thousands.
    fn carry_out<'a>(
        &'a self,
        decision: Decision,
        parts: Parts,
        body: Incoming,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Body>, Reject>> + Send + 'a>> {
        match decision {
            Decision::Answer(response) => Box::pin(ready(Ok(from_text(response)))),
            Decision::Generation(call, head, job) => {
                Box::pin(Arc::clone(&self.api).generate(call, head, job, parts, body))
            }
            Decision::Result(job) => Box::pin(async move { self.api.jobs.result(&job).await }),
            Decision::Uploads(call) => Box::pin(async move { self.api.upload_policy(call, &parts).await }),
            Decision::Image(picture) => Box::pin(async move { self.picture(&picture).await }),
            Decision::Static => match &self.files {
                Some(files) => Box::pin(files.answer(parts)),
                None => Box::pin(ready(Err(Code::NotFound.into()))),
            },
        }
    }

    async fn picture(&self, picture: &Picture) -> Result<Response<Body>, Reject> {
        let Picture { target, name, identity } = picture;
        let name = name.as_deref();
        if let Some(kept) = &self.api.kept
            && let Some(response) = kept.find(identity, target, name).await
        {
            return Ok(response);
        }
        image::fetch(&self.connector, &self.config.limits, target, name).await
    }
}

/// What every answer gets, whoever made it.
fn finish(response: &mut Response<Body>, caller: Option<&Caller>, request_id: &str) {
    let headers = response.headers_mut();
    if let Some(caller) = caller {
        caller.apply(headers);
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        // An answer of the API has the vendor's id, which is the one its support asks for.
        headers.entry(X_REQUEST_ID).or_insert(id);
    }
}

fn log_answer(route: &str, status: StatusCode, code: Option<Code>, started: Instant) {
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let code = code.map(Code::as_str);
    tracing::info!(route, status = status.as_u16(), code, milliseconds, "answered");
}

/// The vendor may start to use new hosts at any time; the operator sees here which ones were refused.
fn log_refused_link(reject: &Reject, parts: &Parts) {
    if reject.code() != Code::TargetNotAllowed {
        return;
    }
    if let Ok(query) = ImageQuery::parse(parts.uri.query()) {
        tracing::warn!(host = target::host_for_log(&query.url), "refused a picture link; see images.hosts");
    }
}
