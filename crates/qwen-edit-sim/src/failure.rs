//! The vendor's error answers. Code and text are from the reference list unless the comment says "invented".

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;

use crate::api_headers::RequestId;

/// An error answer in the vendor's shape: `code`, `message` and `request_id`, never `output` or `usage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiFailure {
    pub(crate) status: StatusCode,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl ApiFailure {
    pub(crate) fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    /// 400 `InvalidParameter`, the code of nearly every refusal of a request's content.
    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidParameter", message)
    }

    /// The documented frame for a parameter of the wrong type; what stands after the colon is invented.
    pub(crate) fn specification(detail: impl AsRef<str>) -> Self {
        Self::invalid_parameter(format!(
            "the parameters must conform to the specification: {}.",
            detail.as_ref()
        ))
    }

    pub(crate) fn body_invalid() -> Self {
        Self::invalid_parameter("Required body invalid, please check the request body format.")
    }

    /// The vendor was seen to answer both 400 and 404 here; 404 is the one seen on the wire.
    pub(crate) fn model_not_exist() -> Self {
        Self::new(StatusCode::NOT_FOUND, "InvalidParameter", "Model not exist.")
    }

    pub(crate) fn no_api_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidApiKey", "No API-key provided.")
    }

    pub(crate) fn invalid_api_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidApiKey", "Invalid API-key provided.")
    }

    pub(crate) fn no_asynchronous_calls() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            "current user api does not support asynchronous calls",
        )
    }

    pub(crate) fn no_synchronous_calls() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            "current user api does not support synchronous calls",
        )
    }

    pub(crate) fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "BadRequest.TooLarge",
            format!("Exceeded limit on max bytes to request body : {limit}"),
        )
    }

    /// The text is documented for the wrong verb, with status 400.
    pub(crate) fn method_not_supported(method: &str) -> Self {
        Self::invalid_parameter(format!("Request method '{method}' is not supported."))
    }

    /// Code and status are documented, the text is invented.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "Not found.")
    }

    /// A fault of the simulator itself, in the vendor's words. The text is invented.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "An internal error has occurred.")
    }
}

impl IntoResponse for ApiFailure {
    fn into_response(self) -> Response {
        let id = RequestId::random();
        let body = json!({ "code": self.code, "message": self.message, "request_id": id.0.to_string() });
        (self.status, Extension(id), Json(body)).into_response()
    }
}
