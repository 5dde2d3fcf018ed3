//! The control API, on its own port: faults in, requests out. Nothing of it is reachable through the API port.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, put};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::json;

use crate::faults::parse_faults;
use crate::request_log::LogEntry;
use crate::world::World;

/// A fault list is written by hand; a megabyte of it is a mistake.
const MAX_FAULTS_BODY: usize = 1024 * 1024;

pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/_sim", delete(reset))
        .route("/_sim/faults", put(queue_faults))
        .route("/_sim/requests", get(requests))
        .route("/_sim/requests/{id}/body", get(request_body))
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(MAX_FAULTS_BODY))
        .with_state(world)
}

/// Adds to the queue; answers how many calls will be faulty.
async fn queue_faults(State(world): State<Arc<World>>, body: Bytes) -> Response {
    match parse_faults(&body) {
        Ok(faults) => {
            let mut queue = world.faults.lock();
            queue.extend(faults);
            Json(json!({ "queued": queue.len() })).into_response()
        }
        Err(problem) => error(StatusCode::BAD_REQUEST, &problem),
    }
}

/// Everything that reached the API port, oldest first.
async fn requests(State(world): State<Arc<World>>) -> Json<Vec<LogEntry>> {
    Json(world.log.entries())
}

/// The bytes of one request's body, as they arrived.
async fn request_body(State(world): State<Arc<World>>, Path(id): Path<String>) -> Response {
    let body = id.parse().ok().and_then(|id| world.log.body(id));
    match body {
        Some(body) => ([(CONTENT_TYPE, "application/octet-stream")], body).into_response(),
        None => error(StatusCode::NOT_FOUND, "no body is kept for this id: only the newest 16 are"),
    }
}

async fn reset(State(world): State<Arc<World>>) -> StatusCode {
    world.reset();
    StatusCode::NO_CONTENT
}

async fn unknown() -> Response {
    error(
        StatusCode::NOT_FOUND,
        "expected PUT /_sim/faults, GET /_sim/requests, GET /_sim/requests/{id}/body or DELETE /_sim",
    )
}

fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}

#[cfg(test)]
mod tests;
