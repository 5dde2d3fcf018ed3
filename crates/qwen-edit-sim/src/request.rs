//! Strict reading of a generation call: every wrong shape gets the vendor's documented code and text.

mod content;
mod parameters;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use qwen_edit_api::wire::RequestBody;
use qwen_edit_api::{Model, Size, find_model};

use crate::auth::check_key;
use crate::failure::ApiFailure;

/// A call that passed every check except those of its pictures' bytes.
#[derive(Debug)]
pub(crate) struct EditCall {
    pub(crate) model: &'static Model,
    /// References as sent: data URLs, `oss://`, `http(s)://`; in the order of the request, at least one.
    pub(crate) images: Vec<String>,
    pub(crate) prompt: String,
    pub(crate) n: usize,
    /// As asked for, not yet snapped.
    pub(crate) size: Option<Size>,
    pub(crate) seed: Option<u32>,
    /// Whether `oss://` references may be resolved.
    pub(crate) resolves_uploads: bool,
}

/// Checks key, headers and body, in the order in which the vendor's two layers seem to: gateway, then service.
///
/// # Errors
/// The first problem found.
pub(crate) fn check(
    headers: &HeaderMap,
    body: Result<RequestBody, ApiFailure>,
    lenient: bool,
) -> Result<EditCall, ApiFailure> {
    check_key(headers)?;
    check_content_type(headers)?;
    let body = body?;
    let model = requested_model(body.model.as_deref())?;
    if is_enabled(headers, "x-dashscope-async") {
        return Err(ApiFailure::no_asynchronous_calls());
    }
    let content = content::check(body.input, model)?;
    let settings = parameters::check(body.parameters.unwrap_or_default(), model, lenient)?;
    Ok(EditCall {
        model,
        images: content.images,
        prompt: content.prompt,
        n: settings.n,
        size: settings.size,
        seed: settings.seed,
        resolves_uploads: is_enabled(headers, "x-dashscope-ossresourceresolve"),
    })
}

/// Reads the body. A value of the wrong type is answered by where it stands.
///
/// # Errors
/// 400 with the text that is documented for that part of the body.
pub(crate) fn parse(body: &[u8]) -> Result<RequestBody, ApiFailure> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let parsed = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| wrong_type(&error.path().to_string(), error.inner()))?;
    json.end().map_err(|_| ApiFailure::body_invalid())?;
    Ok(parsed)
}

fn wrong_type(path: &str, error: &serde_json::Error) -> ApiFailure {
    if !error.is_data() {
        return ApiFailure::body_invalid();
    }
    if let Some(parameter) = path.strip_prefix("parameters.") {
        return ApiFailure::specification(format!("{parameter} has the wrong type"));
    }
    if path.contains(".content") {
        return content::not_of_one_modal();
    }
    if path.starts_with("input.messages") {
        return content::no_messages();
    }
    ApiFailure::body_invalid()
}

/// The documentation says that it must be `application/json`. What a wrong one gets is not documented.
fn check_content_type(headers: &HeaderMap) -> Result<(), ApiFailure> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(ApiFailure::body_invalid()) }
}

/// The code for a missing model is documented, its text is invented.
fn requested_model(id: Option<&str>) -> Result<&'static Model, ApiFailure> {
    match id {
        None | Some("") => Err(ApiFailure::new(
            axum::http::StatusCode::BAD_REQUEST,
            "BadRequest.EmptyModel",
            "Required parameter \"model\" missing from request.",
        )),
        Some(id) => find_model(id).ok_or_else(ApiFailure::model_not_exist),
    }
}

fn is_enabled(headers: &HeaderMap, name: &str) -> bool {
    headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"enable"))
}

#[cfg(test)]
mod tests;
