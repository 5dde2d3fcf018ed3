//! The caller's API key: its shape is checked here, its worth by the vendor.

use std::fmt;

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use crate::headers::detached;
use crate::reject::{Code, Reject};

/// Longer than any key the vendor is known to issue; keeps a credential from being used as a payload.
const MAX_BYTES: usize = 2048;

/// A bearer credential. Never shown by `Debug`, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    header: HeaderValue,
    token_at: usize,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

/// The token is not one line of visible ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key must be one line of visible ASCII characters, at most {MAX_BYTES}")]
pub struct NotAToken;

impl Credential {
    /// A credential for a bare API key, as the relay holds one.
    ///
    /// # Errors
    /// [`NotAToken`] if the key could not be sent in a header.
    pub fn from_token(token: &str) -> Result<Self, NotAToken> {
        if !is_token(token) {
            return Err(NotAToken);
        }
        let header = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| NotAToken)?;
        Ok(Self::new(header, "Bearer ".len()))
    }

    /// The one credential of a request.
    ///
    /// # Errors
    /// `key_missing` without a usable one; `bad_request` with two, since one would be used without saying which.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, Reject> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next().ok_or(Code::KeyMissing)?;
        if values.next().is_some() {
            return Err(Reject::from(Code::BadRequest).with_message("Send one Authorization header."));
        }
        let text = value.to_str().map_err(|_| Code::KeyMissing)?;
        let (scheme, token) = text.split_once(' ').ok_or(Code::KeyMissing)?;
        if !scheme.eq_ignore_ascii_case("bearer") || !is_token(token) {
            return Err(Code::KeyMissing.into());
        }
        let token_at = scheme.len() + 1;
        Ok(Self::new(detached(value), token_at))
    }

    fn new(mut header: HeaderValue, token_at: usize) -> Self {
        header.set_sensitive(true);
        Self { header, token_at }
    }

    /// The whole `Authorization` value, marked as sensitive.
    #[must_use]
    pub fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// The key itself, for finding it in answers.
    #[must_use]
    pub fn token(&self) -> &[u8] {
        self.header.as_bytes().get(self.token_at..).unwrap_or_default()
    }
}

fn is_token(token: &str) -> bool {
    (1..=MAX_BYTES).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_values(values: &[&[u8]]) -> Result<Credential, Code> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        Credential::from_headers(&headers).map_err(|reject| reject.code())
    }

    #[test]
    fn a_bearer_key_is_taken_as_sent() {
        for sent in ["Bearer sk-canary", "bearer sk-canary", "BEARER sk-canary"] {
            let credential = from_values(&[sent.as_bytes()]).unwrap();
            assert_eq!(credential.token(), b"sk-canary");
            assert_eq!(credential.header(), sent);
        }
    }

    #[test]
    fn a_credential_keeps_no_buffer_of_its_request() {
        let sent = HeaderValue::from_static("Bearer sk-canary");
        let kept = Credential::from_headers(&HeaderMap::from_iter([(AUTHORIZATION, sent.clone())])).unwrap();
        assert_eq!(kept.header(), &sent);
        assert_ne!(kept.header().as_bytes().as_ptr(), sent.as_bytes().as_ptr());
    }

    #[test]
    fn everything_else_is_a_missing_key() {
        let long = format!("Bearer {}", "A".repeat(5000));
        for sent in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  sk-a",
            "Basic c2s6",
            "sk-canary",
            "Bearer\tsk-a",
            "Bearer sk a",
            "Bearer a,b\t",
            "Bearer\u{a0}x",
            &long,
        ] {
            assert_eq!(from_values(&[sent.as_bytes()]), Err(Code::KeyMissing), "{sent:?}");
        }
        assert_eq!(from_values(&[]), Err(Code::KeyMissing));
    }

    #[test]
    fn two_credentials_are_refused() {
        assert_eq!(from_values(&[b"Bearer sk-a", b"Bearer sk-b"]), Err(Code::BadRequest));
    }

    #[test]
    fn the_key_is_in_no_debug_output() {
        let credential = from_values(&[b"Bearer sk-canary"]).unwrap();
        assert!(!format!("{credential:?} {:?}", credential.header()).contains("canary"));
    }

    #[test]
    fn a_held_key_must_fit_a_header() {
        assert_eq!(Credential::from_token("sk-canary").unwrap().header(), "Bearer sk-canary");
        for bad in ["", "sk a", "sk\n", "sk\r\nx: y", "schlüssel"] {
            assert_eq!(Credential::from_token(bad), Err(NotAToken), "{bad:?}");
        }
    }
}
