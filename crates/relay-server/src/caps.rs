//! How many connections one address may hold.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use relay_policy::caller_address::{TrustedProxies, group};

/// Counts connections per address. Holds an entry only while a connection is open.
#[derive(Debug)]
pub(crate) struct IpCaps {
    open: Mutex<HashMap<IpAddr, usize>>,
    limit: usize,
    proxies: TrustedProxies,
}

/// One counted connection; dropping it gives the place back.
#[derive(Debug)]
pub(crate) struct Place {
    caps: Arc<IpCaps>,
    key: IpAddr,
}

impl IpCaps {
    pub(crate) fn new(limit: usize, proxies: TrustedProxies) -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), limit, proxies })
    }

    /// A place for one more connection of `peer`, or nothing when it has its share. Trusted proxies are not limited,
    /// since everybody comes from there, nor is this machine where only its own programs do.
    pub(crate) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let key = group(peer);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(key).or_insert(0);
        if *count >= self.limit && !self.proxies.is_local(peer) && !self.proxies.contains(peer) {
            return None;
        }
        *count += 1;
        Some(Place { caps: Arc::clone(self), key })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.caps.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(limit: usize) -> Arc<IpCaps> {
        IpCaps::new(limit, TrustedProxies::parse(&["10.0.0.0/8"]).unwrap())
    }

    fn take(caps: &Arc<IpCaps>, peer: &str) -> Option<Place> {
        caps.take(peer.parse().unwrap())
    }

    #[test]
    fn an_address_gets_its_share_and_gets_it_back() {
        let caps = caps(2);
        let first = take(&caps, "47.88.1.2");
        let second = take(&caps, "::ffff:47.88.1.2");
        assert!(first.is_some() && second.is_some());
        assert!(take(&caps, "47.88.1.2").is_none(), "mapped or not, it is one address");
        assert!(take(&caps, "47.88.1.3").is_some());
        drop(first);
        assert!(take(&caps, "47.88.1.2").is_some());
    }

    #[test]
    fn one_ipv6_network_is_one_caller() {
        let caps = caps(1);
        let held = take(&caps, "2400:3200::1");
        assert!(held.is_some());
        assert!(take(&caps, "2400:3200::2").is_none());
        assert!(take(&caps, "2400:3200:0:1::1").is_some());
    }

    #[test]
    fn on_a_relay_for_others_this_machine_is_one_caller() {
        let caps = IpCaps::new(1, TrustedProxies::default().serving_others(true));
        let held = take(&caps, "127.0.0.1");
        assert!(held.is_some());
        assert!(take(&caps, "127.0.0.1").is_none());
    }

    #[test]
    fn loopback_and_proxies_are_not_limited_and_nothing_is_kept_after_closing() {
        let caps = caps(1);
        let held: Vec<_> =
            (0..10).flat_map(|_| [take(&caps, "127.0.0.1"), take(&caps, "::ffff:10.0.0.1")]).collect();
        assert!(held.iter().all(Option::is_some));
        drop(held);
        assert!(caps.open.lock().unwrap().is_empty());
    }
}
