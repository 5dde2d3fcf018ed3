//! The key check. Every key that starts with `sk-` is good, so that nobody needs a real one here.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::failure::ApiFailure;

/// Checks the `Authorization: Bearer sk-…` header.
///
/// # Errors
/// 401 `InvalidApiKey`, with the documented text for a missing key or for a wrong one.
pub(crate) fn check_key(headers: &HeaderMap) -> Result<(), ApiFailure> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Err(ApiFailure::no_api_key());
    };
    let text = value.to_str().unwrap_or_default();
    let (scheme, key) = text.split_once(' ').unwrap_or((text, ""));
    let key = key.trim();
    if text.is_empty() || (scheme.eq_ignore_ascii_case("bearer") && key.is_empty()) {
        return Err(ApiFailure::no_api_key());
    }
    if scheme.eq_ignore_ascii_case("bearer") && key.starts_with("sk-") {
        Ok(())
    } else {
        Err(ApiFailure::invalid_api_key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn check(value: Option<&'static str>) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(AUTHORIZATION, HeaderValue::from_static(value));
        }
        check_key(&headers).map_err(|failure| failure.message)
    }

    #[test]
    fn keys_that_start_with_sk_are_good() {
        for value in ["Bearer sk-demo", "bearer sk-x", "Bearer sk-ws-1", "Bearer  sk-demo"] {
            assert_eq!(check(Some(value)), Ok(()), "{value}");
        }
    }

    #[test]
    fn a_missing_key_and_a_wrong_key_get_their_own_text() {
        for value in [None, Some(""), Some("Bearer"), Some("Bearer ")] {
            assert_eq!(check(value), Err("No API-key provided.".to_owned()), "{value:?}");
        }
        for value in ["Bearer abc", "sk-demo", "Basic sk-demo", "Bearer SK-demo"] {
            assert_eq!(check(Some(value)), Err("Invalid API-key provided.".to_owned()), "{value}");
        }
    }
}
