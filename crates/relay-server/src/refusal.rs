//! Requests that were refused before they were one: by their bytes, or by the number of their headers.

use http::header::{HeaderValue, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Request};
use relay_policy::http1::{MAX_HEADERS, MAX_ORIGIN, Violation};
use relay_policy::reject::Reject;

/// Put on a request that must not be carried out.
#[derive(Debug, Clone, Copy)]
struct Refused(Violation);

/// Marks a request. Its headers are dropped at once: they are what a flood of them is made of. Only the page it came
/// from is kept, which may read why it was refused.
pub(crate) fn mark<B>(request: &mut Request<B>, violation: Violation) {
    let sent = std::mem::take(request.headers_mut());
    let mut origins = sent.get_all(ORIGIN).iter();
    if let (Some(origin), None) = (origins.next(), origins.next())
        && origin.len() <= MAX_ORIGIN
        // A copy: the value is a slice of all that was sent.
        && let Ok(origin) = HeaderValue::from_bytes(origin.as_bytes())
    {
        request.headers_mut().insert(ORIGIN, origin);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_refused_request_only_the_one_page_it_came_from_is_left() {
        for (origins, kept) in [(&["https://app.example"][..], 1), (&["a", "a"], 0), (&[], 0)] {
            let mut request = Request::new(());
            request.headers_mut().insert("x-flood", HeaderValue::from_static("x"));
            for origin in origins {
                request.headers_mut().append(ORIGIN, HeaderValue::from_static(origin));
            }
            mark(&mut request, Violation::HeadTooLarge);
            assert_eq!(request.headers().len(), kept, "{origins:?}");
            assert!(check(&request.into_parts().0).is_err());
        }
    }
}
