//! The order of all checks. Nothing is connected to, and no body byte is read, before they have passed.

use http::request::Parts;
use http::{Method, Response};

use crate::access::Access;
use crate::answer::KeyHolder;
use crate::content::{self, BodyHead};
use crate::cors::{Caller, OriginGate};
use crate::describe::Description;
use crate::headers;
use crate::host::HostList;
use crate::http1::MAX_TARGET;
use crate::idempotency::{JobId, JobKey};
use crate::identity::Identity;
use crate::image_query::ImageQuery;
use crate::prefer::Prefer;
use crate::reject::{Code, Reject};
use crate::route::Route;
use crate::security;
use crate::target::{Target, TargetRule};

/// What the operator allows.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The names the relay answers to.
    pub hosts: HostList,
    /// The pages that may call.
    pub origins: OriginGate,
    /// Region ids with who brings the key.
    pub regions: Vec<(String, KeyHolder)>,
    /// Who may spend held keys; `None` on a relay that only its own machine can reach.
    pub access: Option<Access>,
    /// Refuse paid calls that could not be picked up later.
    pub require_idempotency_key: bool,
    /// The links the picture route may fetch.
    pub targets: TargetRule,
    /// Largest request body in bytes.
    pub body_bytes: u64,
    /// Largest picture in bytes.
    pub image_bytes: u64,
}

/// What may happen next.
#[derive(Debug)]
pub enum Decision {
    /// The answer is complete.
    Answer(Response<String>),
    /// Send the body to the paid call of a region.
    Generation(RegionCall, BodyHead, Option<Job>),
    /// Ask a region for upload credentials.
    Uploads(RegionCall),
    /// Look for the result of a call.
    Result(Job),
    /// Fetch a picture.
    Image(Picture),
    /// Serve a file of the studio.
    Static,
}

/// A call to a region.
#[derive(Debug)]
pub struct RegionCall {
    /// Index into [`Policy::regions`].
    pub region: usize,
    /// Whose money it spends.
    pub identity: Identity,
}

/// A call with a key.
#[derive(Debug)]
pub struct Job {
    /// The caller's name for it.
    pub key: JobKey,
    /// What it is stored under.
    pub id: JobId,
    /// How long the caller wants to wait.
    pub prefer: Prefer,
}

/// A picture that may be fetched.
#[derive(Debug)]
pub struct Picture {
    /// Where it is.
    pub target: Target,
    /// The wanted download name, not yet made safe.
    pub name: Option<String>,
    /// Who asks.
    pub identity: Identity,
}

/// A decision and who asked: errors must be readable for an allowed page too.
#[derive(Debug)]
pub struct Ruling {
    /// Who asked; its headers go on every answer below `/relay`.
    pub caller: Option<Caller>,
    /// A fixed word for logs and metrics.
    pub route: &'static str,
    /// What may happen.
    pub decision: Result<Decision, Reject>,
}

impl Policy {
    /// Rules on a request by its head.
    #[must_use]
    pub fn decide(&self, parts: &Parts) -> Ruling {
        let route = Route::of(parts.uri.path());
        if let Err(reject) = self.check_anything(parts) {
            let caller = (route != Route::Static).then(|| self.origins.identify(&parts.headers));
            return Ruling { caller, route: route.label(), decision: Err(reject) };
        }
        if route == Route::Static {
            return Ruling { caller: None, route: route.label(), decision: decide_static(parts) };
        }
        let caller = self.origins.identify(&parts.headers);
        let decision = self.decide_relay(parts, route, &caller);
        Ruling { caller: Some(caller), route: route.label(), decision }
    }

    fn check_anything(&self, parts: &Parts) -> Result<(), Reject> {
        self.hosts.check(parts)?;
        let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
        if target > MAX_TARGET { Err(Code::UriTooLong.into()) } else { Ok(()) }
    }

    fn decide_relay(&self, parts: &Parts, route: Route<'_>, caller: &Caller) -> Result<Decision, Reject> {
        if *caller == Caller::Stranger {
            return Err(Code::OriginNotAllowed.into());
        }
        if parts.method == Method::OPTIONS {
            return Ok(Decision::Answer(caller.preflight(route.methods())));
        }
        headers::check_loop(&parts.headers)?;
        match route {
            Route::Health if is_read(parts) => Ok(Decision::Answer(health())),
            Route::Description if is_read(parts) => Ok(Decision::Answer(self.description().response())),
            // Open routes exist for reading only. The HTTP parser drops a raw `#` and what follows, so
            // "POST /relay/healthz#/…" arrives here as well.
            Route::Health | Route::Description | Route::Unknown | Route::Static => Err(Code::NotFound.into()),
            Route::Image if parts.method == Method::GET => self.decide_image(parts),
            Route::Generation { region } if parts.method == Method::POST => {
                let call = self.region_call(parts, region)?;
                headers::check_repeated(&parts.headers)?;
                let job = self.job(parts, &call.identity)?;
                let body = content::check(&parts.headers, self.body_bytes)?;
                Ok(Decision::Generation(call, body, job))
            }
            Route::Uploads { region } if parts.method == Method::GET => {
                let call = self.region_call(parts, region)?;
                headers::check_repeated(&parts.headers)?;
                Ok(Decision::Uploads(call))
            }
            Route::Job { key } if parts.method == Method::GET => self.decide_result(parts, key),
            Route::Image | Route::Job { .. } | Route::Generation { .. } | Route::Uploads { .. } => {
                Err(Reject::method_not_allowed(route.methods()))
            }
        }
    }

    fn region_call(&self, parts: &Parts, id: &str) -> Result<RegionCall, Reject> {
        let known = self.regions.iter().enumerate().find(|(_, (known, _))| known == id);
        let (region, (_, holder)) = known.ok_or(Code::RegionUnknown)?;
        let identity = Identity::for_region(*holder, self.access.as_ref(), &parts.headers)?;
        Ok(RegionCall { region, identity })
    }

    fn identity(&self, parts: &Parts) -> Result<Identity, Reject> {
        let holders = self.regions.iter().map(|(_, holder)| *holder);
        Identity::for_any_region(holders, self.access.as_ref(), &parts.headers)
    }

    fn job(&self, parts: &Parts, identity: &Identity) -> Result<Option<Job>, Reject> {
        let prefer = Prefer::from_headers(&parts.headers);
        match JobKey::from_headers(&parts.headers)? {
            Some(key) => Ok(Some(Job { id: JobId::new(identity, &key), key, prefer })),
            // Without a key there would be no way to the result.
            None if self.require_idempotency_key || prefer.respond_async => {
                Err(Code::IdempotencyKeyMissing.into())
            }
            None => Ok(None),
        }
    }

    fn decide_result(&self, parts: &Parts, key: &str) -> Result<Decision, Reject> {
        let identity = self.identity(parts)?;
        let key = JobKey::parse(key).ok_or(Code::NotFound)?;
        let id = JobId::new(&identity, &key);
        Ok(Decision::Result(Job { key, id, prefer: Prefer::from_headers(&parts.headers) }))
    }

    fn decide_image(&self, parts: &Parts) -> Result<Decision, Reject> {
        let identity = self.identity(parts)?;
        let query = ImageQuery::parse(parts.uri.query())?;
        let target = self.targets.check(&query.url).map_err(|_| Code::TargetNotAllowed)?;
        Ok(Decision::Image(Picture { target, name: query.name, identity }))
    }

    fn description(&self) -> Description<'_> {
        Description {
            regions: &self.regions,
            invites: self.access.is_some(),
            body_bytes: self.body_bytes,
            image_bytes: self.image_bytes,
        }
    }
}

fn decide_static(parts: &Parts) -> Result<Decision, Reject> {
    if is_read(parts) { Ok(Decision::Static) } else { Err(Code::NotFound.into()) }
}

fn is_read(parts: &Parts) -> bool {
    matches!(parts.method, Method::GET | Method::HEAD)
}

fn health() -> Response<String> {
    let mut response = Response::new(String::from("{\"status\":\"ok\"}"));
    security::for_data(response.headers_mut());
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}
