//! Middleware of the API port: takes in the whole body, notes what arrived and what was answered.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};

use crate::connection::HangUp;
use crate::failure::ApiFailure;
use crate::request_log::LogId;
use crate::world::World;

/// Largest request body. Three pictures of 10 MB are 40 MB of base64.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// Handlers find the [`LogId`] among the request's extensions.
pub(crate) async fn record(State(world): State<Arc<World>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let id = world.log.arrived(&parts);
    let response = match receive(body, &world, id).await {
        Ok(body) => {
            let mut request = Request::from_parts(parts, Body::from(body));
            request.extensions_mut().insert(id);
            next.run(request).await
        }
        Err(failure) => failure.into_response(),
    };
    if response.extensions().get::<HangUp>().is_none() {
        world.log.answered(id, response.status().as_u16());
    }
    response
}

/// # Errors
/// 413 for a body over [`MAX_BODY`]; 400 for one that stopped early, which the caller will hardly see.
async fn receive(mut body: Body, world: &World, id: LogId) -> Result<Bytes, ApiFailure> {
    let mut received = BytesMut::new();
    let mut hasher = Sha256::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiFailure::body_invalid())?;
        let Ok(chunk) = frame.into_data() else { continue };
        if received.len() + chunk.len() > MAX_BODY {
            return Err(ApiFailure::body_too_large(MAX_BODY));
        }
        hasher.update(&chunk);
        received.extend_from_slice(&chunk);
        world.log.received(id, received.len() as u64);
    }
    let received = received.freeze();
    world.log.completed(id, hexadecimal(&hasher.finalize()), &received);
    Ok(received)
}

/// In lower case, as the log shows digests.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
