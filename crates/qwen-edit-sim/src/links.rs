//! Links to result pictures: signed like the vendor's object store signs them, kept in memory, and really expiring.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use uuid::Uuid;

use crate::store::{BoundedStore, StoreLimit};
use crate::world::unix_millis;

/// The id of the (imaginary) access key in links and upload policies.
pub(crate) const ACCESS_KEY_ID: &str = "LTAI5tSimulator";

/// What a query value may hold unescaped.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Signs with a key that lives as long as the process, so links do not survive a restart.
#[derive(Clone)]
pub(crate) struct Signer {
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut secret = [0; 64];
        getrandom::fill(&mut secret)?;
        Ok(Self { mac: Hmac::new(&secret.into()) })
    }

    /// Base64 of 20 bytes: the length of the vendor's signatures (version 1, HMAC-SHA1), made with SHA-256.
    pub(crate) fn sign(&self, text: &str) -> String {
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        let digest = mac.finalize().into_bytes();
        BASE64_STANDARD.encode(&digest[..20])
    }
}

/// A picture that can be fetched until it expires.
#[derive(Debug, Clone)]
pub(crate) struct ResultPicture {
    pub(crate) png: Bytes,
    /// Finer than the link's `Expires`, which counts whole seconds, so that tests need not wait for seconds.
    pub(crate) expires_at: SystemTime,
}

/// Where the result pictures are kept. The oldest leave when there are too many.
#[derive(Debug)]
pub(crate) struct PictureShelf(BoundedStore<ResultPicture>);

impl PictureShelf {
    pub(crate) fn new() -> Self {
        Self(BoundedStore::new(StoreLimit { entries: 2000, bytes: 500 * 1024 * 1024 }))
    }

    pub(crate) fn get(&self, path: &str) -> Option<ResultPicture> {
        self.0.get(path).cloned()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Keeps a picture for `life` and answers the path and query of its link.
    pub(crate) fn put(&mut self, png: Bytes, life: Duration, signer: &Signer) -> String {
        let expires_at = SystemTime::now() + life;
        let path = format!("/{}/{}.png", folder(), Uuid::new_v4());
        let expires = unix_millis(expires_at).div_ceil(1000);
        let signature = signer.sign(&text_to_sign(expires, &path));
        let signature = utf8_percent_encode(&signature, QUERY_VALUE);
        let link = format!("{path}?Expires={expires}&OSSAccessKeyId={ACCESS_KEY_ID}&Signature={signature}");
        self.0.insert(path, png.len(), ResultPicture { png, expires_at });
        link
    }
}

/// What a link's signature covers: the same lines as the vendor's object store signs for a plain GET.
pub(crate) fn text_to_sign(expires: u64, path: &str) -> String {
    format!("GET\n\n\n{expires}\n/simulator{path}")
}

/// Links seen in public have a few hexadecimal digits before the file name.
fn folder() -> String {
    let mut hex = Uuid::new_v4().simple().to_string();
    hex.truncate(8);
    hex
}
