//! At most once per `Idempotency-Key`: what a key is, what identifies a job, and what a repeated request gets.
//!
//! The vendor's API has no such key of its own. So a call that may have been executed is never sent again, and
//! when its end cannot be known it stays [`JobState::Unknown`] for good; only a new key is a new call.

use http::header::{HeaderMap, HeaderName};
use sha2::{Digest as _, Sha256};

use crate::identity::Identity;
use crate::reject::{Code, Reject};

/// The header of the IETF draft `draft-ietf-httpapi-idempotency-key-header`.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// On an answer that was stored earlier: nothing was executed for this request.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

/// A caller's name for one call; a random UUID is a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobKey(Box<str>);

impl JobKey {
    /// The key of a request, if it has one. The quotes of the draft's string form are optional.
    ///
    /// # Errors
    /// `idempotency_key_invalid`: two keys, or one of another shape than 16 to 128 of `A-Z a-z 0-9 _ -`.
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, Reject> {
        let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Reject::from(Code::IdempotencyKeyInvalid).with_message("Send one Idempotency-Key."));
        }
        let text = value.to_str().map_err(|_| Code::IdempotencyKeyInvalid)?;
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        Self::parse(bare).map(Some).ok_or_else(|| Code::IdempotencyKeyInvalid.into())
    }

    /// A key as it stands in a path.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_key = KEY_BYTES.contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_key.then(|| Self(text.into()))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a job is stored under: its key within what tells its caller from others. Keys of different callers never meet,
/// and the credential cannot be read back from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobId(pub [u8; 32]);

impl JobId {
    /// The job of this caller with this key.
    #[must_use]
    pub fn new(caller: &Identity, key: &JobKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"qwen-edit-relay job 1\0");
        caller.enter(&mut hash);
        hash.update(key.0.as_bytes());
        Self(hash.finalize().into())
    }
}

/// SHA-256 over path and body: two requests with one key must be the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// Makes a [`Fingerprint`] while the body passes.
#[derive(Debug, Clone)]
pub struct FingerprintHasher(Sha256);

impl FingerprintHasher {
    /// A fingerprint for a `POST` to `path`.
    #[must_use]
    pub fn new(path: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update((path.len() as u64).to_le_bytes());
        hash.update(path);
        Self(hash)
    }

    /// The next bytes of the body.
    pub fn update(&mut self, body: &[u8]) {
        self.0.update(body);
    }

    /// The body is complete.
    #[must_use]
    pub fn finish(self) -> Fingerprint {
        Fingerprint(self.0.finalize().into())
    }
}

/// The stored states of a job. A request that is still being received has none: nothing was promised yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// The call may be on its way. Found at start-up, it means [`JobState::Unknown`].
    Dispatching,
    /// The answer is stored.
    Done,
    /// The API did not execute the call: the same request may be sent again.
    Released,
    /// The call may have been executed, and its answer is lost.
    Unknown,
}

impl JobState {
    /// Whether a call in this state may still get that end. What was written down as unknown, because the relay stops or
    /// nobody seemed to carry the call out any more, gives way to what is known after all; any other end is final.
    #[must_use]
    pub fn may_become(self, end: Self) -> bool {
        match self {
            Self::Dispatching => end != Self::Dispatching,
            Self::Unknown => matches!(end, Self::Done | Self::Released),
            Self::Done | Self::Released => false,
        }
    }
}

/// What a `POST` gets whose key is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeated {
    /// Nothing stands against sending it.
    Fresh,
    /// It is on its way: ask later.
    Running,
    /// The stored answer.
    Replay,
    /// Nobody knows how it ended.
    Unknown,
    /// The key was used for another request.
    Conflict,
}

/// Compares a complete request with what is stored under its key.
#[must_use]
pub fn on_repeat(stored: Option<(JobState, Fingerprint)>, fingerprint: Fingerprint) -> Repeated {
    match stored {
        None => Repeated::Fresh,
        Some((_, other)) if other != fingerprint => Repeated::Conflict,
        Some((JobState::Released, _)) => Repeated::Fresh,
        Some((JobState::Dispatching, _)) => Repeated::Running,
        Some((JobState::Done, _)) => Repeated::Replay,
        Some((JobState::Unknown, _)) => Repeated::Unknown,
    }
}

impl Repeated {
    /// The refusal, where it is one.
    #[must_use]
    pub fn reject(self) -> Option<Reject> {
        match self {
            Self::Fresh | Self::Replay => None,
            Self::Running => Some(Code::IdempotencyRunning.into()),
            Self::Unknown => Some(Code::JobUnknown.into()),
            Self::Conflict => Some(Code::IdempotencyConflict.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Invite, Quota};
    use crate::credential::Credential;
    use http::HeaderValue;

    fn from_values(values: &[&str]) -> Result<Option<String>, Code> {
        let headers = values.iter().map(|value| (IDEMPOTENCY_KEY, HeaderValue::from_str(value).unwrap()));
        JobKey::from_headers(&headers.collect())
            .map(|key| key.map(|key| key.as_str().to_owned()))
            .map_err(|reject| reject.code())
    }

    #[test]
    fn a_uuid_is_a_key_with_and_without_quotes() {
        let uuid = "8e03978e-40d5-43e8-bc93-6894a57f9324";
        assert_eq!(from_values(&[uuid]), Ok(Some(uuid.to_owned())));
        assert_eq!(from_values(&[&format!("\"{uuid}\"")]), Ok(Some(uuid.to_owned())));
        assert_eq!(from_values(&[]), Ok(None));
    }

    #[test]
    fn lengths_are_exact() {
        for (length, good) in [(15, false), (16, true), (128, true), (129, false)] {
            assert_eq!(JobKey::parse(&"k".repeat(length)).is_some(), good, "{length}");
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        for bad in [
            "",
            "\"\"",
            "a b",
            "x';DROP TABLE results;--",
            "short",
            "\"8e03978e-40d5-43e8-bc93",
            "../../../../etc/passwd",
        ] {
            assert_eq!(from_values(&[bad]), Err(Code::IdempotencyKeyInvalid), "{bad:?}");
        }
        let key = "k".repeat(16);
        assert_eq!(from_values(&[&key, &key]), Err(Code::IdempotencyKeyInvalid));
    }

    #[test]
    fn one_key_of_two_callers_is_two_jobs() {
        let key = JobKey::parse("0123456789abcdef").unwrap();
        let credential = |token| Credential::from_token(token).unwrap();
        let owner = |token| Identity::Key(credential(token));
        let invite = Invite::new("family".to_owned(), &Invite::digest("sk-a"), Quota::default()).unwrap();
        let invited =
            Identity::Invited { invite: invite.into(), total: Quota::default(), token: credential("sk-a") };
        let ids = [
            JobId::new(&Identity::Anyone(None), &key),
            JobId::new(&owner("sk-a"), &key),
            JobId::new(&owner("sk-b"), &key),
            // The border between token and key counts.
            JobId::new(&owner("sk-a0"), &JobKey::parse("123456789abcdef-").unwrap()),
            // A token that was an invite is a key like others once it is revoked.
            JobId::new(&invited, &key),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id), "{index}");
        }
        assert_eq!(ids[1], JobId::new(&owner("sk-a"), &key));
        let same = JobId::new(&Identity::Anyone(Some(credential("sk-a"))), &key);
        assert_eq!(ids[1], same, "on a relay of both kinds without invites, either may ask");
    }

    #[test]
    fn only_a_known_end_is_final() {
        use JobState::{Dispatching, Done, Released, Unknown};
        let allowed = |from: JobState| [Dispatching, Done, Released, Unknown].map(|end| from.may_become(end));
        assert_eq!(allowed(Dispatching), [false, true, true, true]);
        assert_eq!(allowed(Unknown), [false, true, true, false]);
        assert_eq!(allowed(Done), [false; 4]);
        assert_eq!(allowed(Released), [false; 4]);
    }

    #[test]
    fn the_state_machine_of_a_repeated_post() {
        let (same, other) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
        assert_eq!(on_repeat(None, same), Repeated::Fresh);
        for (state, expected) in [
            (JobState::Dispatching, Repeated::Running),
            (JobState::Done, Repeated::Replay),
            (JobState::Released, Repeated::Fresh),
            (JobState::Unknown, Repeated::Unknown),
        ] {
            assert_eq!(on_repeat(Some((state, same)), same), expected);
            assert_eq!(on_repeat(Some((state, other)), same), Repeated::Conflict, "{state:?}");
        }
    }

    #[test]
    fn path_and_body_both_make_the_fingerprint() {
        let of = |path: &str, body: &[&[u8]]| {
            let mut hasher = FingerprintHasher::new(path);
            body.iter().for_each(|part| hasher.update(part));
            hasher.finish()
        };
        assert_eq!(of("/a", &[b"{", b"}"]), of("/a", &[b"{}"]));
        assert_ne!(of("/a", &[b"{}"]), of("/b", &[b"{}"]));
        assert_ne!(of("/a", &[b"{}"]), of("/a", &[b"{ }"]));
    }
}
