//! Requests that were refused before they were one: by their bytes, or by the number of their headers.

use http::request::Parts;
use http::{HeaderMap, Request};
use relay_policy::http1::{MAX_HEADERS, Violation};
use relay_policy::reject::Reject;

/// Put on a request that must not be carried out.
#[derive(Debug, Clone, Copy)]
struct Refused(Violation);

/// Marks a request. Its headers are dropped at once: they are what a flood of them is made of.
pub(crate) fn mark<B>(request: &mut Request<B>, violation: Violation) {
    *request.headers_mut() = HeaderMap::new();
    request.extensions_mut().insert(Refused(violation));
}

/// HTTP/2 limits the bytes of headers, not their number.
pub(crate) fn too_many(headers: &HeaderMap) -> Option<Violation> {
    (headers.len() > MAX_HEADERS).then_some(Violation::HeadTooLarge)
}

/// Asked before anything else.
pub(crate) fn check(parts: &Parts) -> Result<(), Reject> {
    parts.extensions.get::<Refused>().map_or(Ok(()), |refused| Err(refused.0.into()))
}
