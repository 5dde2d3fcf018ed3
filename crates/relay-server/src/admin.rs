//! The operator's listener: is the relay ready, and what did it do.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};

use crate::app::App;
use crate::body::{Body, full};
use crate::shutdown::Shutdown;

/// Answers `GET /readyz` and `GET /metrics`.
pub(crate) async fn answer(method: Method, path: String, app: &App, shutdown: &Shutdown) -> Response<Body> {
    let (status, text) = match (&method, path.as_str()) {
        (&Method::GET, "/readyz") => match not_ready(app, shutdown).await {
            Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why.to_owned()),
            None => (StatusCode::OK, "ready\n".to_owned()),
        },
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

/// Why no new calls should come here.
async fn not_ready(app: &App, shutdown: &Shutdown) -> Option<&'static str> {
    if shutdown.is_told() {
        return Some("stopping\n");
    }
    (!app.api.store.is_ready().await).then_some("state_dir cannot be written\n")
}
