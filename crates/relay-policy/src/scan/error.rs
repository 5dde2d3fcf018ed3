//! Why a body is refused. Messages say where and how to mend it, and never repeat what the body holds.

use super::{MAX_DEPTH, MAX_KEY_BYTES, MAX_OPEN_KEY_BYTES, MAX_OPEN_KEYS};
use crate::reject::{Code, Reject};

/// Why a body is refused. `at` is the offset of a byte, the first being 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Not JSON.
    #[error("The body is not JSON: at byte {at} there must be {expected}.")]
    Syntax {
        /// The first byte that cannot be right.
        at: u64,
        /// What belongs there.
        expected: &'static str,
    },
    /// Something else than an object on top, or a byte order mark before it.
    #[error(
        "The body must be one JSON object: byte {at} must be \"{{\". Send UTF-8 without a byte order mark."
    )]
    NotAnObject {
        /// The first byte that is not white space.
        at: u64,
    },
    /// The body is over and its object still open.
    #[error("The body ends at byte {at}, inside its JSON object. Send the whole object.")]
    Incomplete {
        /// How long the body is, in bytes.
        at: u64,
    },
    /// Over [`MAX_DEPTH`].
    #[error(
        "The body's JSON is nested too deeply: at byte {at} more than {MAX_DEPTH} objects and arrays are open."
    )]
    TooDeep {
        /// The brace or bracket that is one too many.
        at: u64,
    },
    /// A key appears twice in one object.
    #[error(
        "The body has a key twice in one object: the second begins at byte {at}. Keys are compared after decoding their escapes. Send each key once."
    )]
    DuplicateKey {
        /// The second key's opening quote.
        at: u64,
    },
    /// Over [`MAX_OPEN_KEY_BYTES`] or [`MAX_OPEN_KEYS`].
    #[error(
        "The body has too many keys: with the one at byte {at}, its open objects have more than {MAX_OPEN_KEYS} keys or {MAX_OPEN_KEY_BYTES} bytes of keys. Send only the fields the API knows."
    )]
    TooManyKeys {
        /// The opening quote of the key that is one too many.
        at: u64,
    },
    /// Over [`MAX_KEY_BYTES`].
    #[error("The body has a key of more than {MAX_KEY_BYTES} bytes, which begins at byte {at}. Shorten it.")]
    KeyTooLong {
        /// The key's opening quote.
        at: u64,
    },
}

impl From<ScanError> for Reject {
    fn from(error: ScanError) -> Self {
        let code = match error {
            ScanError::DuplicateKey { .. } | ScanError::TooManyKeys { .. } | ScanError::KeyTooLong { .. } => {
                Code::Policy
            }
            _ => Code::BadJson,
        };
        Self::from(code).with_message(error.to_string())
    }
}
