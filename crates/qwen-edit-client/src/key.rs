//! The credential of a call.

use std::fmt;

/// An API key, or the invitation token of a relay that keeps the key itself.
///
/// It leaves this type only as an `Authorization` header: `Debug` hides it and nothing returns its text.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// Why a text is no key. Never quotes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKeyError {
    /// Nothing was pasted.
    Empty,
    /// A header could not carry it, so no server ever issued it.
    Character,
}

impl ApiKeyError {
    /// What is wrong and what to do, in English.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            ApiKeyError::Empty => "the API key is empty: paste it",
            ApiKeyError::Character => {
                "the API key contains a space or a character that no key has: paste the key alone"
            }
        }
    }
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for ApiKeyError {}

impl ApiKey {
    /// Takes a pasted key; spaces and line ends around it are not part of it.
    ///
    /// # Errors
    /// When nothing is left, or when something else than visible ASCII is left.
    pub fn parse(text: &str) -> Result<ApiKey, ApiKeyError> {
        let key = text.trim();
        if key.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ApiKeyError::Character);
        }
        Ok(ApiKey(key.to_owned()))
    }

    /// Whether it is a key of the vendor's, which pays for whoever reads it, and not the token of an invite.
    pub fn is_vendor_key(&self) -> bool {
        self.0.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("sk-"))
    }

    /// The value of the `Authorization` header, and for nothing else.
    #[must_use]
    pub fn authorization(&self) -> String {
        ["Bearer ", &self.0].concat()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_key() {
        assert_eq!(format!("{:?}", ApiKey::parse("sk-secret").unwrap()), "ApiKey(***)");
    }

    #[test]
    fn a_pasted_key_loses_the_white_space_around_it() {
        assert_eq!(ApiKey::parse(" sk-a1\r\n").unwrap().authorization(), "Bearer sk-a1");
    }

    #[test]
    fn a_vendors_key_is_told_from_an_invite() {
        assert!(ApiKey::parse(" sk-a1").unwrap().is_vendor_key());
        assert!(!ApiKey::parse("qe_9f").unwrap().is_vendor_key());
    }

    #[test]
    fn what_no_header_can_carry_is_refused() {
        for text in ["sk-a b", "sk-\u{5bc6}", "sk-a\nb", "sk-\u{0}"] {
            assert_eq!(ApiKey::parse(text), Err(ApiKeyError::Character), "{text:?}");
        }
        assert_eq!(ApiKey::parse(" \n"), Err(ApiKeyError::Empty));
    }
}
