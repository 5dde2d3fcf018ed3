//! How fast, and how many at one time, the holders of invites may call. The pictures of a day are the store's.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use relay_policy::access::{Invite, Quota};
use relay_policy::rate::{Bucket, Gcra, TooFast};
use relay_policy::reject::{Code, Reject};
use tokio::time::Instant;

/// What each invite, and all together, are using now. Bounded by the number of invites.
#[derive(Debug)]
pub(crate) struct Quotas {
    started: Instant,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    total: Use,
    invites: HashMap<String, Use>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Use {
    bucket: Bucket,
    uploads: Bucket,
    running: u32,
}

/// Upload credentials that may be asked for with each call: one for each of three pictures, and one to try again.
const UPLOADS_PER_CALL: u32 = 4;

/// A call's place among those running at one time; dropping it gives the place back.
#[derive(Debug)]
pub(crate) struct CallPlace {
    quotas: Arc<Quotas>,
    invite: String,
}

impl Quotas {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { started: Instant::now(), book: Mutex::default() })
    }

    /// A place for one more call of an invite.
    ///
    /// # Errors
    /// `rate_limited`, saying which limit and when to come back. A refused call uses nothing up.
    pub(crate) fn admit(self: &Arc<Self>, invite: &Invite, total: Quota) -> Result<CallPlace, Reject> {
        let now = self.started.elapsed();
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own = book.invites.get(&invite.name).copied().unwrap_or_default();
        let mut all = book.total;
        own.admit(invite.quota, now, "This invite")?;
        all.admit(total, now, "All invites together")?;
        book.total = all;
        book.invites.insert(invite.name.clone(), own);
        Ok(CallPlace { quotas: Arc::clone(self), invite: invite.name.clone() })
    }

    /// Counts a request for upload credentials. It is free, and takes no call away.
    ///
    /// # Errors
    /// As for [`Quotas::admit`].
    pub(crate) fn admit_upload(&self, invite: &Invite, total: Quota) -> Result<(), Reject> {
        let now = self.started.elapsed();
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own = book.invites.get(&invite.name).copied().unwrap_or_default();
        let mut all = book.total;
        for (usage, quota, whose) in
            [(&mut own, invite.quota, "This invite"), (&mut all, total, "All invites together")]
        {
            let requests = quota.requests_per_minute.map(|calls| calls.saturating_mul(UPLOADS_PER_CALL));
            take(&mut usage.uploads, requests, now, |requests| {
                format!("{whose} may ask for {requests} uploads per minute. Try again later.")
            })?;
        }
        book.total = all;
        book.invites.insert(invite.name.clone(), own);
        Ok(())
    }
}

/// Takes one request out of a bucket. `None` and zero are no limit.
fn take(
    bucket: &mut Bucket,
    per_minute: Option<u32>,
    now: Duration,
    message: impl FnOnce(NonZeroU32) -> String,
) -> Result<(), Reject> {
    let Some(requests) = per_minute.and_then(NonZeroU32::new) else { return Ok(()) };
    Gcra::per_minute(requests).admit(bucket, now).map_err(|too_fast: TooFast| {
        let reject = Reject::from(Code::RateLimited).with_message(message(requests));
        reject.with_retry_after(too_fast.retry_after())
    })
}

impl Use {
    fn admit(&mut self, quota: Quota, now: Duration, whose: &str) -> Result<(), Reject> {
        if quota.calls_at_once.is_some_and(|most| self.running >= most) {
            let message = format!("{whose} may not run more calls at one time. Wait for one to end.");
            return Err(Reject::from(Code::RateLimited).with_message(message));
        }
        take(&mut self.bucket, quota.requests_per_minute, now, |requests| {
            format!("{whose} may make {requests} calls per minute. Try again later.")
        })?;
        self.running += 1;
        Ok(())
    }
}

impl Drop for CallPlace {
    fn drop(&mut self) {
        let mut book = self.quotas.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.total.running = book.total.running.saturating_sub(1);
        if let Some(own) = book.invites.get_mut(&self.invite) {
            own.running = own.running.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(name: &str, quota: Quota) -> Invite {
        Invite::new(name.to_owned(), &Invite::digest(name), quota).unwrap()
    }

    const FREE: Quota = Quota { images_per_day: None, requests_per_minute: None, calls_at_once: None };

    #[tokio::test(start_paused = true)]
    async fn calls_at_once_are_counted_per_invite_and_together() {
        let quotas = Quotas::new();
        let two = Quota { calls_at_once: Some(2), ..FREE };
        let (family, friends) = (invite("family", two), invite("friends", two));
        let total = Quota { calls_at_once: Some(3), ..FREE };
        let mut places = vec![quotas.admit(&family, total).unwrap(), quotas.admit(&family, total).unwrap()];
        assert_eq!(quotas.admit(&family, total).unwrap_err().code(), Code::RateLimited);
        places.push(quotas.admit(&friends, total).unwrap());
        assert!(quotas.admit(&friends, total).is_err(), "three together");
        places.remove(0);
        assert!(quotas.admit(&friends, total).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_call_uses_nothing_up() {
        let quotas = Quotas::new();
        let family = invite("family", Quota { requests_per_minute: Some(2), ..FREE });
        for _ in 0..2 {
            quotas.admit(&family, FREE).unwrap();
        }
        for _ in 0..5 {
            let response = quotas.admit(&family, FREE).unwrap_err().into_response("x");
            assert_eq!(response.headers()["retry-after"], "30");
        }
        tokio::time::advance(Duration::from_secs(31)).await;
        assert!(quotas.admit(&family, FREE).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn uploads_take_no_call_away_and_are_bounded_themselves() {
        let quotas = Quotas::new();
        let family = invite("family", Quota { requests_per_minute: Some(2), calls_at_once: Some(1), ..FREE });
        let running = quotas.admit(&family, FREE).unwrap();
        let admitted = (0..20).filter(|_| quotas.admit_upload(&family, FREE).is_ok()).count();
        assert_eq!(admitted, 8);
        drop(running);
        assert!(quotas.admit(&family, FREE).is_ok(), "the second call of this minute");
    }
}
