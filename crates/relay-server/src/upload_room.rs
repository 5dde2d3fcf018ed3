//! Room for request bodies on their way, counted by their announced length. One caller gets only a share of it: who
//! announces much and sends slowly keeps nobody else out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use relay_policy::caller_address::{TrustedProxies, group};
use relay_policy::reject::{Code, Reject};

use crate::config::Config;

/// The room of all callers. Holds an entry for a caller only while a body is on its way.
#[derive(Debug)]
pub(crate) struct UploadRoom {
    taken: Mutex<Taken>,
    bytes: u64,
    bytes_per_ip: u64,
    proxies: TrustedProxies,
}

#[derive(Debug, Default)]
struct Taken {
    bytes: u64,
    by_caller: HashMap<IpAddr, u64>,
}

/// Room for one body; dropping it gives the room back.
#[derive(Debug)]
pub(crate) struct Reservation {
    room: Arc<UploadRoom>,
    caller: Option<IpAddr>,
    bytes: u64,
}

impl UploadRoom {
    pub(crate) fn new(config: &Config) -> Arc<Self> {
        let limits = &config.limits;
        Arc::new(Self {
            taken: Mutex::default(),
            bytes: limits.in_flight_bytes,
            bytes_per_ip: limits.in_flight_bytes_per_ip,
            proxies: config.trusted_proxies.clone(),
        })
    }

    /// Room for a body of `bytes`. Trusted proxies have no share, since everybody comes from there, nor has this machine
    /// where only its own programs call.
    ///
    /// # Errors
    /// `overloaded` when all room is taken, `rate_limited` when the caller has its share.
    pub(crate) fn reserve(
        self: &Arc<Self>,
        caller: Option<IpAddr>,
        bytes: u64,
    ) -> Result<Reservation, Reject> {
        let caller = caller
            .filter(|caller| !self.proxies.is_local(*caller) && !self.proxies.contains(*caller))
            .map(group);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let all = taken.bytes.saturating_add(bytes);
        if all > self.bytes {
            return Err(Code::Overloaded.into());
        }
        if let Some(caller) = caller {
            let own = taken.by_caller.get(&caller).copied().unwrap_or(0).saturating_add(bytes);
            if own > self.bytes_per_ip {
                return Err(Reject::from(Code::RateLimited)
                    .with_message(
                        "This address is uploading too much at one time. Wait for an upload to end.",
                    )
                    .with_retry_after(1));
            }
            taken.by_caller.insert(caller, own);
        }
        taken.bytes = all;
        Ok(Reservation { room: Arc::clone(self), caller, bytes })
    }

    /// Bytes reserved now, of all callers.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut taken = self.room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.bytes = taken.bytes.saturating_sub(self.bytes);
        let Some(caller) = self.caller else { return };
        if let Some(own) = taken.by_caller.get_mut(&caller) {
            *own = own.saturating_sub(self.bytes);
            if *own == 0 {
                taken.by_caller.remove(&caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> Arc<UploadRoom> {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8"]).unwrap();
        Arc::new(UploadRoom { taken: Mutex::default(), bytes: 100, bytes_per_ip: 40, proxies })
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn one_caller_does_not_keep_others_out() {
        let room = room();
        let _first = room.reserve(ip("2400:3200::1"), 40).unwrap();
        let refused = room.reserve(ip("2400:3200::2"), 1).unwrap_err();
        assert_eq!(refused.code(), Code::RateLimited, "one network of IPv6 is one caller");
        assert!(room.reserve(ip("47.88.1.2"), 40).is_ok());
        assert_eq!(room.taken(), 40);
    }

    #[test]
    fn all_together_and_those_who_bring_everybody_are_held_to_the_whole_room() {
        let room = room();
        let whole = [room.reserve(ip("127.0.0.1"), 60).unwrap(), room.reserve(ip("10.0.0.7"), 40).unwrap()];
        assert_eq!(room.reserve(ip("47.88.1.2"), 1).unwrap_err().code(), Code::Overloaded);
        assert_eq!(room.taken(), 100);
        drop(whole);
        assert_eq!(room.taken(), 0);
    }

    #[test]
    fn on_a_relay_for_others_this_machine_has_one_share() {
        let proxies = TrustedProxies::default().serving_others(true);
        let room = Arc::new(UploadRoom { taken: Mutex::default(), bytes: 100, bytes_per_ip: 40, proxies });
        let _first = room.reserve(ip("127.0.0.1"), 40).unwrap();
        assert_eq!(room.reserve(ip("127.0.0.1"), 1).unwrap_err().code(), Code::RateLimited);
    }

    #[test]
    fn room_is_given_back_and_a_refusal_takes_none() {
        let room = room();
        for _ in 0..5 {
            let held = room.reserve(ip("47.88.1.2"), 30).unwrap();
            assert!(room.reserve(ip("47.88.1.2"), 30).is_err());
            drop(held);
        }
        assert_eq!(room.taken(), 0);
        assert!(room.taken.lock().unwrap().by_caller.is_empty());
    }
}
