//! Who may spend a key the relay holds: people with an invite, each within limits of their own.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Limits of one invite, or of all together. `None` is no limit of this kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    /// Pictures made per day (UTC).
    pub images_per_day: Option<u32>,
    /// Paid calls started per minute.
    pub requests_per_minute: Option<u32>,
    /// Paid calls running at one time.
    pub calls_at_once: Option<u32>,
}

/// One person or group that may call.
#[derive(Clone, PartialEq, Eq)]
pub struct Invite {
    /// The operator's name for it; stands in logs and in the budget's book.
    pub name: String,
    /// What it may spend.
    pub quota: Quota,
    token_sha256: [u8; 32],
}

impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invite").field("name", &self.name).field("quota", &self.quota).finish_non_exhaustive()
    }
}

/// `token_sha256` is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the 64 hexadecimal digits that `relay-server invite` prints")]
pub struct NotADigest;

impl Invite {
    /// An invite by the digest of its token, so that whoever reads the configuration cannot call.
    ///
    /// # Errors
    /// [`NotADigest`].
    pub fn new(name: String, token_sha256: &str, quota: Quota) -> Result<Self, NotADigest> {
        let token_sha256 = digest_from_hex(token_sha256).ok_or(NotADigest)?;
        Ok(Self { name, quota, token_sha256 })
    }

    /// The digest that belongs into the configuration for a token.
    #[must_use]
    pub fn digest(token: &str) -> String {
        use std::fmt::Write as _;
        Sha256::digest(token).iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// Whether two invites take the same token.
    #[must_use]
    pub fn same_token(&self, other: &Self) -> bool {
        self.token_sha256 == other.token_sha256
    }
}

fn digest_from_hex(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    for (index, byte) in digest.iter_mut().enumerate().filter(|_| is_hex) {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    is_hex.then_some(digest)
}

/// Everybody who may call, and what all of them may spend together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The invites, in the operator's order.
    pub invites: Vec<Arc<Invite>>,
    /// For all invites together.
    pub total: Quota,
}

impl Access {
    /// The invite a token belongs to. Every invite is compared, and each comparison takes the same time
    /// wherever the digests differ, so an answer's time tells nothing about a token.
    #[must_use]
    pub fn find(&self, token: &[u8]) -> Option<Arc<Invite>> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let mut found = None;
        for invite in &self.invites {
            if bool::from(invite.token_sha256.ct_eq(&digest)) {
                found = Some(Arc::clone(invite));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(name: &str, token: &str) -> Arc<Invite> {
        Arc::new(Invite::new(name.to_owned(), &Invite::digest(token), Quota::default()).unwrap())
    }

    #[test]
    fn a_token_finds_its_invite_and_no_other() {
        let access =
            Access { invites: vec![invite("a", "qe-one"), invite("b", "qe-two")], total: Quota::default() };
        assert_eq!(access.find(b"qe-two").unwrap().name, "b");
        for wrong in ["qe-on", "qe-one ", "", "QE-ONE", &Invite::digest("qe-one")] {
            assert_eq!(access.find(wrong.as_bytes()), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_digest_is_64_hex_digits_in_either_case() {
        let digest = Invite::digest("x");
        assert_eq!(digest, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
        assert!(Invite::new("a".into(), &digest.to_uppercase(), Quota::default()).is_ok());
        for bad in ["", &digest[1..], &format!("{digest}0"), &digest.replace('2', "g"), &"é".repeat(32)] {
            assert_eq!(Invite::new("a".into(), bad, Quota::default()), Err(NotADigest), "{bad}");
        }
    }

    #[test]
    fn the_digest_is_in_no_debug_output() {
        let shown = format!("{:?}", invite("family", "x"));
        assert!(shown.contains("family") && !shown.contains("2d71") && !shown.contains("113"), "{shown}");
    }
}
