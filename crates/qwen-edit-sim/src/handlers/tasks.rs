//! The asynchronous interface, which the simulator does not have: documented refusals only.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use bytes::Bytes;

use crate::auth::check_key;
use crate::failure::ApiFailure;
use crate::request;
use crate::request_log::LogId;
use crate::world::World;

/// `/api/v1/services/aigc/image-generation/generation`. Without the asynchronous header the documented answer is the
/// same for all models; with it, the real service accepts the 3.0 family and refuses the rest, and here all are refused.
pub(crate) async fn submit(
    State(world): State<Arc<World>>,
    Extension(log_id): Extension<LogId>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiFailure {
    if let Err(failure) = check_key(&headers) {
        return failure;
    }
    if let Ok(body) = request::parse(&body) {
        world.log.parsed(log_id, body.model, body.parameters.and_then(|parameters| parameters.n));
    }
    if headers.contains_key("x-dashscope-async") {
        ApiFailure::no_asynchronous_calls()
    } else {
        ApiFailure::no_synchronous_calls()
    }
}

/// `/api/v1/tasks/{id}`: there are no tasks.
pub(crate) async fn query(headers: HeaderMap) -> ApiFailure {
    check_key(&headers).err().unwrap_or_else(ApiFailure::not_found)
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSimulator;

    const SUBMIT: &str = "/api/v1/services/aigc/image-generation/generation";

    #[test]
    fn asynchronous_calls_are_refused_with_the_documented_texts() {
        let simulator = TestSimulator::start();
        let plain = simulator.request("POST", SUBMIT).key().json_body("{}").send();
        assert_eq!(plain.status, 403);
        assert_eq!(plain.json()["message"], "current user api does not support synchronous calls");
        let asynchronous = simulator
            .request("POST", SUBMIT)
            .key()
            .header("x-dashscope-async", "enable")
            .json_body("{}")
            .send();
        assert_eq!(asynchronous.status, 403);
        assert_eq!(asynchronous.json()["code"], "AccessDenied");
        assert_eq!(asynchronous.json()["message"], "current user api does not support asynchronous calls");
    }

    #[test]
    fn there_are_no_tasks() {
        let simulator = TestSimulator::start();
        assert_eq!(simulator.request("GET", "/api/v1/tasks/abc").key().send().status, 404);
        assert_eq!(simulator.request("GET", "/api/v1/tasks/abc").send().status, 401);
    }
}
