//! Pictures by URL, really fetched, as the vendor's servers would.

use std::io::Read as _;
use std::time::Duration;

use bytes::Bytes;
use qwen_edit_api::MAX_PICTURE_BYTES;
use ureq::Agent;
use ureq::http::header::CONTENT_TYPE;
use url::Url;

use crate::failure::ApiFailure;

/// For connection, redirects and body together. The vendor's own limit is unknown.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Fetches pictures over http and https, from any address: this program is for the developer's own machine.
#[derive(Debug)]
pub(crate) struct Fetcher {
    agent: Agent,
}

impl Fetcher {
    pub(crate) fn new() -> Self {
        Self::with_timeout(TIMEOUT)
    }

    fn with_timeout(timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .max_redirects(3)
            .http_status_as_error(false)
            // Loopback must be reached directly, whatever proxy the environment names.
            .proxy(None)
            .user_agent("Mozilla/5.0 (compatible; DashScopeUserBot; qwen-edit-sim)")
            .build();
        Self { agent: config.into() }
    }

    /// Reads at most one byte more than a picture may have, so that the caller sees when it is too large.
    ///
    /// # Errors
    /// The documented text for a malformed, unreachable, missing, forbidden or wrongly labelled picture.
    pub(crate) async fn fetch(&self, reference: &str) -> Result<Bytes, ApiFailure> {
        let url = Url::parse(reference).map_err(|_| malformed_url())?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(malformed_url());
        }
        let agent = self.agent.clone();
        // The reference is used as sent: signatures in it must not be escaped anew.
        let reference = reference.to_owned();
        let fetched = tokio::task::spawn_blocking(move || get(&agent, &reference)).await;
        fetched.unwrap_or_else(|_| Err(ApiFailure::internal()))
    }
}

fn get(agent: &Agent, url: &str) -> Result<Bytes, ApiFailure> {
    let mut response = agent.get(url).call().map_err(|error| unreachable(&error))?;
    match response.status().as_u16() {
        200..=299 => {}
        401 | 403 => return Err(not_authorized()),
        404 | 410 => return Err(not_found()),
        _ => return Err(not_downloadable()),
    }
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if media_type.is_some_and(|media_type| !may_be_picture(media_type)) {
        return Err(wrong_content_type());
    }
    let mut bytes = Vec::new();
    response
        .body_mut()
        .as_reader()
        .take(MAX_PICTURE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| not_downloadable())?;
    Ok(bytes.into())
}

/// Object stores often say `application/octet-stream`; the vendor's rule is not documented in detail.
fn may_be_picture(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    ["image/", "application/octet-stream", "binary/octet-stream"]
        .iter()
        .any(|accepted| media_type.starts_with(accepted))
}

fn unreachable(error: &ureq::Error) -> ApiFailure {
    match error {
        ureq::Error::Timeout(_) => timed_out(),
        ureq::Error::BadUri(_) => malformed_url(),
        _ => not_downloadable(),
    }
}

/// The start of the text is documented, its end is invented.
pub(super) fn malformed_url() -> ApiFailure {
    ApiFailure::invalid_parameter(
        "The provided URL does not appear to be valid. Ensure it is correctly formatted.",
    )
}

pub(super) fn not_downloadable() -> ApiFailure {
    inspection("Unable to download the media resource during the data inspection process.")
}

fn not_found() -> ApiFailure {
    inspection("Failed to find the requested media resource during the data inspection process")
}

/// The start of the text is documented, its end is invented.
fn timed_out() -> ApiFailure {
    inspection("Download the media resource timed out during the data inspection process.")
}

/// The start of the text is documented, its end is invented.
fn not_authorized() -> ApiFailure {
    ApiFailure::invalid_parameter(
        "Don't have authorization to access the media resource during the data inspection process.",
    )
}

fn wrong_content_type() -> ApiFailure {
    ApiFailure::invalid_parameter("Wrong Content-Type of multimodal url")
}

fn inspection(message: &str) -> ApiFailure {
    ApiFailure::new(axum::http::StatusCode::BAD_REQUEST, "InvalidParameter.DataInspection", message)
}

#[cfg(test)]
mod tests;
