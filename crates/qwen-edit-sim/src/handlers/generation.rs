//! `POST /api/v1/services/aigc/multimodal-generation/generation`: the edit itself, and every fault.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use qwen_edit_api::wire::RequestBody;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep, sleep_until};

use crate::api_headers::RequestId;
use crate::connection::{HangUp, broken_midway, dribbled, hang_up, in_memory};
use crate::failure::ApiFailure;
use crate::faults::{Delivery, Outcome, PictureFault};
use crate::generation::edit;
use crate::recorder::hexadecimal;
use crate::request;
use crate::request_log::LogId;
use crate::world::World;

pub(crate) async fn generate(
    State(world): State<Arc<World>>,
    Extension(log_id): Extension<LogId>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = world.faults.lock().next();
    let body = request::parse(&body);
    if let Ok(body) = &body {
        let n = body.parameters.as_ref().and_then(|parameters| parameters.n);
        world.log.parsed(log_id, body.model.clone(), n);
    }
    sleep(fault.delay).await;
    let response = match fault.outcome {
        Outcome::Pictures(picture_fault) => answer(&world, log_id, &headers, body, &picture_fault).await,
        Outcome::Failure(failure) => failure.into_response(),
        Outcome::Html(status) => load_balancer_page(status),
        Outcome::Empty(status) => status.into_response(),
        Outcome::HangUp => hang_up(),
    };
    deliver(logged(response, &world, log_id).await, fault.delivery).await
}

/// A refusal comes at once, as from the vendor; a success takes at least the latency that was asked for.
async fn answer(
    world: &Arc<World>,
    log_id: LogId,
    headers: &HeaderMap,
    body: Result<RequestBody, ApiFailure>,
    fault: &PictureFault,
) -> Response {
    let latency = world.settings.latency.draw();
    let not_before = Instant::now() + latency;
    world.log.due_in(log_id, latency);
    let edited = match request::check(headers, body, world.settings.lenient) {
        Ok(call) => edit(world, call, fault).await,
        Err(failure) => Err(failure),
    };
    match edited {
        Ok(body) => {
            sleep_until(not_before).await;
            success(body)
        }
        Err(failure) => failure.into_response(),
    }
}

fn success(mut body: Value) -> Response {
    let id = RequestId::random();
    body["request_id"] = json!(id.0.to_string());
    (Extension(id), Json(body)).into_response()
}

/// Not in the vendor's shape, on purpose: this is what stands in front of the vendor.
fn load_balancer_page(status: StatusCode) -> Response {
    let title = status.to_string();
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    (status, Html(page)).into_response()
}

/// Notes the bytes of the answer, so that tests can tell whether they arrived unchanged.
async fn logged(response: Response, world: &World, id: LogId) -> Response {
    if response.extensions().get::<HangUp>().is_some() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = in_memory(body).await;
    world.log.answer_made(id, hexadecimal(&Sha256::digest(&body)));
    Response::from_parts(parts, body.into())
}

async fn deliver(response: Response, delivery: Delivery) -> Response {
    match delivery {
        Delivery::Whole => response,
        Delivery::Slow(time) => dribbled(response, time).await,
        Delivery::BrokenMidway => broken_midway(response).await,
    }
}

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod tests;
