//! `GET /api/v1/uploads?action=getPolicy&model=…`: a credential for one temporary upload.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use qwen_edit_api::find_model;
use serde::Deserialize;
use serde_json::json;

use crate::api_headers::RequestId;
use crate::auth::check_key;
use crate::failure::ApiFailure;
use crate::links::ACCESS_KEY_ID;
use crate::uploads::{POLICY_LIFE, UploadPolicy};
use crate::world::World;

#[derive(Debug, Deserialize)]
pub(crate) struct PolicyQuery {
    action: Option<String>,
    model: Option<String>,
}

pub(crate) async fn policy(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Query(query): Query<PolicyQuery>,
) -> Result<Response, ApiFailure> {
    check_key(&headers)?;
    // The frame of both texts is documented, what they name is invented.
    if query.action.as_deref() != Some("getPolicy") {
        return Err(ApiFailure::specification("action must be getPolicy"));
    }
    let model = query.model.ok_or_else(|| ApiFailure::invalid_parameter("Field required: model"))?;
    find_model(&model).ok_or_else(ApiFailure::model_not_exist)?;
    let policy = UploadPolicy::new(model);
    let signed = policy.sign(&world.signer).map_err(|_| ApiFailure::internal())?;
    let id = RequestId::random();
    let body = json!({
        "request_id": id.0.to_string(),
        "data": {
            "policy": signed.policy,
            "signature": signed.signature,
            "upload_dir": policy.upload_dir,
            "upload_host": world.base_url,
            "expire_in_seconds": POLICY_LIFE.as_secs(),
            "max_file_size_mb": "10",
            "capacity_limit_mb": "256",
            "oss_access_key_id": ACCESS_KEY_ID,
            "x_oss_object_acl": "private",
            "x_oss_forbid_overwrite": "true",
        },
    });
    Ok((Extension(id), Json(body)).into_response())
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSimulator;

    const POLICY: &str = "/api/v1/uploads?action=getPolicy&model=qwen-image-2.0-pro";

    #[test]
    fn a_policy_has_all_documented_fields() {
        let simulator = TestSimulator::start();
        let answer = simulator.request("GET", POLICY).key().send();
        assert_eq!(answer.status, 200);
        let body = answer.json();
        assert!(body["request_id"].is_string());
        for field in [
            "policy",
            "signature",
            "upload_dir",
            "upload_host",
            "expire_in_seconds",
            "max_file_size_mb",
            "capacity_limit_mb",
            "oss_access_key_id",
            "x_oss_object_acl",
            "x_oss_forbid_overwrite",
        ] {
            assert!(!body["data"][field].is_null(), "{field}");
        }
        assert_eq!(body["data"]["upload_host"], simulator.url());
    }

    #[test]
    fn wrong_questions_are_refused() {
        let simulator = TestSimulator::start();
        assert_eq!(simulator.request("GET", POLICY).send().status, 401);
        for (query, status) in [
            ("", 400),
            ("?action=other&model=qwen-image-2.0", 400),
            ("?action=getPolicy", 400),
            ("?action=getPolicy&model=x", 404),
        ] {
            let answer = simulator.request("GET", &format!("/api/v1/uploads{query}")).key().send();
            assert_eq!(
                (answer.status, answer.json()["code"].as_str()),
                (status, Some("InvalidParameter")),
                "{query}"
            );
        }
    }
}
