//! How fast each address may come. What a call costs the other side, or a wrong token costs us, is counted per
//! caller; right tokens never wait for wrong ones.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use http::request::Parts;
use relay_policy::caller_address::{TrustedProxies, group};
use relay_policy::decide::Decision;
use relay_policy::rate::{Gcra, RateTable, TooFast};
use relay_policy::reject::{Code, Reject};
use tokio::time::Instant;

use crate::config::Config;

/// Callers known at one time; about 10 MB when all are there.
const MAX_CALLERS: usize = 64 * 1024;

/// Who calls: put on every request by its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallerAddress(pub(crate) IpAddr);

/// The rates of all callers.
#[derive(Debug)]
pub(crate) struct Callers {
    started: Instant,
    proxies: TrustedProxies,
    requests: Rate,
    wrong_tokens: Rate,
}

/// One rate for each caller; `None` when it is off.
#[derive(Debug)]
struct Rate(Option<Mutex<RateTable<IpAddr>>>);

impl Rate {
    fn per_minute(count: u32) -> Self {
        Self(
            NonZeroU32::new(count)
                .map(|count| Mutex::new(RateTable::new(Gcra::per_minute(count), MAX_CALLERS))),
        )
    }

    fn admit(&self, caller: IpAddr, since: std::time::Duration) -> Result<(), TooFast> {
        let Some(table) = &self.0 else { return Ok(()) };
        table.lock().unwrap_or_else(PoisonError::into_inner).admit(&group(caller), since)
    }
}

impl Callers {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            started: Instant::now(),
            proxies: config.trusted_proxies.clone(),
            requests: Rate::per_minute(config.limits.requests_per_minute_per_ip),
            wrong_tokens: Rate::per_minute(config.limits.wrong_tokens_per_minute_per_ip),
        }
    }

    /// Judges a request behind the policy: whether it comes too fast to go out to somebody, and what a wrong token is
    /// answered.
    pub(crate) fn screen(
        &self,
        parts: &Parts,
        decision: Result<Decision, Reject>,
    ) -> Result<Decision, Reject> {
        let Some(CallerAddress(caller)) = parts.extensions.get() else { return decision };
        match decision {
            Ok(decision) if goes_out(&decision) => self.admit(*caller, Instant::now()).map(|()| decision),
            Err(reject) if reject.code() == Code::TokenInvalid => {
                Err(self.wrong_token(*caller, Instant::now()))
            }
            other => other,
        }
    }

    /// Counts a request that goes out to somebody.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub(crate) fn admit(&self, caller: IpAddr, now: Instant) -> Result<(), Reject> {
        if self.proxies.is_local(caller) {
            return Ok(());
        }
        self.requests.admit(caller, now - self.started).map_err(too_fast)
    }

    /// Counts a wrong token and says what it is answered: `token_invalid`, or `rate_limited` when there were too many.
    pub(crate) fn wrong_token(&self, caller: IpAddr, now: Instant) -> Reject {
        match self.wrong_tokens.admit(caller, now - self.started) {
            Ok(()) => Code::TokenInvalid.into(),
            Err(error) => too_fast(error),
        }
    }
}

fn goes_out(decision: &Decision) -> bool {
    matches!(decision, Decision::Generation(..) | Decision::Uploads(..) | Decision::Image(..))
}

fn too_fast(error: TooFast) -> Reject {
    Reject::from(Code::RateLimited).with_retry_after(error.retry_after())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn callers(requests: u32, wrong_tokens: u32, proxies: &[&str]) -> Callers {
        Callers {
            started: Instant::now(),
            proxies: TrustedProxies::parse(proxies).unwrap(),
            requests: Rate::per_minute(requests),
            wrong_tokens: Rate::per_minute(wrong_tokens),
        }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_caller_has_a_rate_of_its_own() {
        let callers = callers(2, 0, &[]);
        let now = callers.started;
        for _ in 0..2 {
            assert_eq!(callers.admit(ip("47.88.1.2"), now), Ok(()));
        }
        let refused = callers.admit(ip("::ffff:47.88.1.2"), now).unwrap_err();
        assert_eq!(refused, Reject::from(Code::RateLimited).with_retry_after(30));
        assert_eq!(callers.admit(ip("47.88.1.3"), now), Ok(()));
        assert_eq!(callers.admit(ip("47.88.1.2"), now + Duration::from_secs(30)), Ok(()));
    }

    #[test]
    fn five_hundred_addresses_of_one_network_share_a_rate() {
        let callers = callers(10, 0, &[]);
        let admitted = (1..=500)
            .filter(|host| callers.admit(ip(&format!("2400:3200::{host:x}")), callers.started).is_ok())
            .count();
        assert_eq!(admitted, 10);
    }

    #[test]
    fn this_machine_is_exempt_unless_a_proxy_is_there() {
        let direct = callers(1, 0, &[]);
        assert!((0..10).all(|_| direct.admit(ip("127.0.0.1"), direct.started).is_ok()));
        let proxied = callers(1, 0, &["127.0.0.1"]);
        assert_eq!((0..10).filter(|_| proxied.admit(ip("127.0.0.1"), proxied.started).is_ok()).count(), 1);
    }

    #[test]
    fn wrong_tokens_are_counted_and_off_means_off() {
        let counting = callers(0, 3, &[]);
        let codes: Vec<_> =
            (0..5).map(|_| counting.wrong_token(ip("127.0.0.1"), counting.started).code()).collect();
        assert_eq!(codes[..3], [Code::TokenInvalid; 3]);
        assert_eq!(codes[3..], [Code::RateLimited; 2]);
        let off = callers(0, 0, &[]);
        assert!((0..5000).all(|_| off.admit(ip("47.88.1.2"), off.started).is_ok()));
        assert_eq!(off.wrong_token(ip("47.88.1.2"), off.started).code(), Code::TokenInvalid);
    }
}
