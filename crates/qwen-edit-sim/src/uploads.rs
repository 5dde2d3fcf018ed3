//! Temporary uploads (`oss://`): credentials that expire after five minutes, files that expire after 48 hours.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::links::Signer;
use crate::store::{BoundedStore, StoreLimit};
use crate::world::unix_millis;

/// About as long as the vendor's credentials live.
pub(crate) const POLICY_LIFE: Duration = Duration::from_secs(300);
const FILE_LIFE: Duration = Duration::from_secs(48 * 60 * 60);

/// What an upload credential allows. Travels as base64 of JSON, signed, and comes back with the upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UploadPolicy {
    expires_ms: u64,
    pub(crate) upload_dir: String,
    pub(crate) model: String,
}

/// An [`UploadPolicy`] as it travels.
#[derive(Debug)]
pub(crate) struct SignedPolicy {
    pub(crate) policy: String,
    pub(crate) signature: String,
}

/// Why a credential is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PolicyProblem {
    WrongSignature,
    Unreadable,
    Expired,
}

impl UploadPolicy {
    pub(crate) fn new(model: String) -> Self {
        let expires_ms = unix_millis(SystemTime::now() + POLICY_LIFE);
        let upload_dir = format!("dashscope-instant/simulator/{}", Uuid::new_v4().simple());
        Self { expires_ms, upload_dir, model }
    }

    pub(crate) fn sign(&self, signer: &Signer) -> Result<SignedPolicy, serde_json::Error> {
        let policy = BASE64_STANDARD.encode(serde_json::to_vec(self)?);
        let signature = signer.sign(&policy);
        Ok(SignedPolicy { policy, signature })
    }

    /// Reads a credential that came back.
    pub(crate) fn verify(policy: &str, signature: &str, signer: &Signer) -> Result<Self, PolicyProblem> {
        if signer.sign(policy) != signature {
            return Err(PolicyProblem::WrongSignature);
        }
        let json = BASE64_STANDARD.decode(policy).map_err(|_| PolicyProblem::Unreadable)?;
        let read: Self = serde_json::from_slice(&json).map_err(|_| PolicyProblem::Unreadable)?;
        if unix_millis(SystemTime::now()) >= read.expires_ms {
            return Err(PolicyProblem::Expired);
        }
        Ok(read)
    }
}

/// Where uploaded files are kept. The oldest leave when there are too many.
#[derive(Debug)]
pub(crate) struct UploadShelf(BoundedStore<UploadedFile>);

#[derive(Debug)]
struct UploadedFile {
    bytes: Bytes,
    model: String,
    expires_at: SystemTime,
}

impl UploadShelf {
    pub(crate) fn new() -> Self {
        Self(BoundedStore::new(StoreLimit { entries: 500, bytes: 256 * 1024 * 1024 }))
    }

    pub(crate) fn put(&mut self, key: String, bytes: Bytes, model: String) {
        let weight = bytes.len();
        let file = UploadedFile { bytes, model, expires_at: SystemTime::now() + FILE_LIFE };
        self.0.insert(key, weight, file);
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.0.contains(key)
    }

    /// The file, if it is there, is not too old, and was uploaded for this model.
    pub(crate) fn get(&self, key: &str, model: &str) -> Option<Bytes> {
        let file = self.0.get(key)?;
        (file.model == model && SystemTime::now() < file.expires_at).then(|| file.bytes.clone())
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_policy_is_read_back() {
        let signer = Signer::random().unwrap();
        let policy = UploadPolicy::new("qwen-image-2.0".to_owned());
        let signed = policy.sign(&signer).unwrap();
        assert_eq!(UploadPolicy::verify(&signed.policy, &signed.signature, &signer), Ok(policy));
    }

    #[test]
    fn a_changed_or_foreign_or_old_policy_is_refused() {
        let signer = Signer::random().unwrap();
        let mut policy = UploadPolicy::new("qwen-image-2.0".to_owned());
        let signed = policy.sign(&signer).unwrap();
        let verify = |policy: &str, signature: &str| UploadPolicy::verify(policy, signature, &signer);
        assert_eq!(
            verify(&format!("{}A", signed.policy), &signed.signature),
            Err(PolicyProblem::WrongSignature)
        );
        assert_eq!(verify("nonsense!", &signer.sign("nonsense!")), Err(PolicyProblem::Unreadable));
        policy.expires_ms = 1;
        let old = policy.sign(&signer).unwrap();
        assert_eq!(verify(&old.policy, &old.signature), Err(PolicyProblem::Expired));
    }

    #[test]
    fn a_file_belongs_to_the_model_it_was_uploaded_for() {
        let mut shelf = UploadShelf::new();
        shelf.put("a".to_owned(), Bytes::from_static(b"x"), "one".to_owned());
        assert_eq!(shelf.get("a", "one"), Some(Bytes::from_static(b"x")));
        assert_eq!(shelf.get("a", "two"), None);
        assert_eq!(shelf.get("b", "one"), None);
    }
}
