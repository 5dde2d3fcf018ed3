//! The headers that stand on the vendor's answers, as far as public captures show them. No CORS headers, on purpose:
//! the real API sends none, and a relay that works here must work there.

use std::time::{Instant, SystemTime};

use axum::extract::Request;
use axum::http::header::{HeaderName, HeaderValue, SERVER, SET_COOKIE, VARY};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::world::unix_millis;

/// Marks an answer as one of the API itself, and carries the id that its body shows as `request_id`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestId(pub(crate) Uuid);

impl RequestId {
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

/// Middleware: adds the vendor's headers to every answer that carries a [`RequestId`].
/// Answers that play a load balancer (faults) or the object store (pictures) carry none.
pub(crate) async fn stamp(request: Request, next: Next) -> Response {
    let arrived_at = SystemTime::now();
    let clock = Instant::now();
    let mut response = next.run(request).await;
    let Some(RequestId(id)) = response.extensions().get::<RequestId>().copied() else {
        return response;
    };
    let cost_ms = clock.elapsed().as_millis();
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("istio-envoy"));
    headers.insert(
        VARY,
        HeaderValue::from_static("Origin,Access-Control-Request-Method,Access-Control-Request-Headers"),
    );
    headers.insert(HeaderName::from_static("x-dashscope-call-gateway"), HeaderValue::from_static("true"));
    let measured = [
        ("x-request-id", id.to_string()),
        ("x-dashscope-finished", "true".to_owned()),
        ("req-cost-time", cost_ms.to_string()),
        ("req-arrive-time", unix_millis(arrived_at).to_string()),
        ("resp-start-time", unix_millis(SystemTime::now()).to_string()),
        ("x-envoy-upstream-service-time", cost_ms.to_string()),
    ];
    for (name, value) in measured {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    let cookie = format!("acw_tc={};path=/;HttpOnly;Max-Age=1800", id.simple());
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.insert(SET_COOKIE, cookie);
    }
    response
}
