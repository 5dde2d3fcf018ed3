//! How many connections one address may hold.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts connections per address. Holds an entry only while a connection is open.
#[derive(Debug)]
pub(crate) struct IpCaps {
    open: Mutex<HashMap<IpAddr, usize>>,
    limit: usize,
}

/// One counted connection; dropping it gives the place back.
#[derive(Debug)]
pub(crate) struct Place {
    caps: Arc<IpCaps>,
    key: IpAddr,
}

impl IpCaps {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), limit })
    }

    /// A place for one more connection of `peer`, or nothing when it has its share. Loopback is not limited:
    /// behind a reverse proxy everybody comes from there.
    pub(crate) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let key = group(peer);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(key).or_insert(0);
        if *count >= self.limit && !key.is_loopback() {
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

/// A household gets a whole IPv6 /64, so that is one caller.
fn group(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(caps: &Arc<IpCaps>, peer: &str) -> Option<Place> {
        caps.take(peer.parse().unwrap())
    }

    #[test]
    fn an_address_gets_its_share_and_gets_it_back() {
        let caps = IpCaps::new(2);
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
        let caps = IpCaps::new(1);
        let held = take(&caps, "2400:3200::1");
        assert!(held.is_some());
        assert!(take(&caps, "2400:3200::2").is_none());
        assert!(take(&caps, "2400:3200:0:1::1").is_some());
    }

    #[test]
    fn loopback_is_not_limited_and_nothing_is_kept_after_closing() {
        let caps = IpCaps::new(1);
        let held: Vec<_> = (0..10).map(|_| take(&caps, "127.0.0.1")).collect();
        assert!(held.iter().all(Option::is_some));
        drop(held);
        assert!(caps.open.lock().unwrap().is_empty());
    }
}
