//! Canaries: texts that occur nowhere else, so that finding one where it must not be means a leak.

use uuid::Uuid;

/// The secrets of one worker's relays and callers.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    /// API keys of two callers, for relays without a key of their own.
    pub(crate) key: String,
    pub(crate) key2: String,
    /// The key a relay holds.
    pub(crate) server_key: String,
    /// Tokens of two invited people.
    pub(crate) token: String,
    pub(crate) token2: String,
    /// What makes a picture's link valid.
    pub(crate) link_query: String,
    link_signature: String,
}

impl Secrets {
    pub(crate) fn new() -> Self {
        let canary = |start: &str| format!("{start}{}", Uuid::new_v4().simple());
        let link_signature = canary("canarySignature");
        Self {
            key: canary("sk-canary-one-"),
            key2: canary("sk-canary-two-"),
            server_key: canary("sk-canary-held-"),
            token: canary("canary-token-one-"),
            token2: canary("canary-token-two-"),
            link_query: format!("Expires=4102444800&OSSAccessKeyId=x&Signature={link_signature}"),
            link_signature,
        }
    }

    /// What no log line, error or metric may hold, each with a name that is safe to print.
    pub(crate) fn canaries(&self) -> [(&'static str, &str); 6] {
        [
            ("a caller's key", &self.key),
            ("another caller's key", &self.key2),
            ("the relay's key", &self.server_key),
            ("a token", &self.token),
            ("another token", &self.token2),
            ("the signature of a picture's link", &self.link_signature),
        ]
    }
}
