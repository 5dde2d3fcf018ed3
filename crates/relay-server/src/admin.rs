//! The operator's listener: is the relay ready, and what did it do.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};

use crate::app::App;
use crate::body::{Body, full};
use crate::shutdown::Shutdown;

/// Answers `GET /readyz` and `GET /metrics`.
pub(crate) fn answer(method: &Method, path: &str, app: &App, shutdown: &Shutdown) -> Response<Body> {
    let (status, text) = match (method, path) {
        (&Method::GET, "/readyz") if shutdown.is_told() => {
            (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".to_owned())
        }
        (&Method::GET, "/readyz") if !app.api.store.is_ready() => {
            (StatusCode::SERVICE_UNAVAILABLE, "state_dir cannot be written\n".to_owned())
        }
        (&Method::GET, "/readyz") => (StatusCode::OK, "ready\n".to_owned()),
        (&Method::GET, "/metrics") => (StatusCode::OK, app.metrics.render(&app.api.levels())),
        _ => (StatusCode::NOT_FOUND, "not found\n".to_owned()),
    };
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
