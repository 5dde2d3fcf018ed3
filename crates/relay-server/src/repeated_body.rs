//! The body of a request whose key is known: read for its fingerprint alone, sent nowhere.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use relay_policy::idempotency::{Fingerprint, FingerprintHasher};
use relay_policy::reject::{Code, Reject};
use tokio::time::{Duration, Instant, timeout_at};

use crate::config::Limits;
use crate::upload_room::Reservation;

/// Reads the whole body under the limits of an upload.
///
/// # Errors
/// `body_timeout`, `body_incomplete`, `body_too_large`.
pub(crate) async fn digest(
    mut body: Incoming,
    mut hasher: FingerprintHasher,
    limits: &Limits,
    _room: Reservation,
) -> Result<Fingerprint, Reject> {
    let started = Instant::now();
    let mut received = 0_u64;
    loop {
        let earned = received / limits.body_bytes_per_second.max(1);
        let deadline = started + limits.body_timeout + Duration::from_secs(earned);
        let frame = match timeout_at(deadline, body.frame()).await.map_err(|_| Code::BodyTimeout)? {
            None => return Ok(hasher.finish()),
            Some(frame) => frame.map_err(|_| Code::BodyIncomplete)?,
        };
        let Ok(data) = frame.into_data() else { continue };
        received = received.saturating_add(data.len() as u64);
        if received > limits.body_bytes {
            return Err(Code::BodyTooLarge.into());
        }
        hasher.update(&data);
    }
}
