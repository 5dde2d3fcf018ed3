//! Who calls: the address that limits are counted for.
//!
//! Behind proxies it stands in `X-Forwarded-For`, to whose right end each proxy adds the address it was called from.
//! Everything to the left of what trusted proxies wrote is the caller's own invention, so the list is read from the
//! right. No other header counts: proxies pass `Forwarded`, `X-Real-IP` and the like on as they come.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies in front of the relay whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    /// Whether people elsewhere use the relay, so that connections from this machine may be theirs.
    serves_others: bool,
}

/// Why a text names no proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProxy {
    /// Not an address or network. What it is instead is not repeated.
    #[error("is not an address or network; write for example \"127.0.0.1\" or \"10.0.0.0/8\"")]
    Malformed,
    /// A network of a large part of the internet: with a few of them, every caller could say who he is.
    #[error(
        "\"{0}\" would trust everybody, or nearly; name the addresses of the proxies, or a network of at least /8 (IPv6: /16)"
    )]
    Everybody(String),
    /// A network whose address has bits behind its prefix, or an IPv4 one in IPv6 spelling.
    #[error("\"{written}\" is ambiguous; write \"{meant}\"")]
    Ambiguous {
        /// As given.
        written: String,
        /// As it should be.
        meant: String,
    },
}

impl TrustedProxies {
    /// Reads addresses and networks in CIDR notation.
    ///
    /// # Errors
    /// [`InvalidProxy`] for the first that cannot be used.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, InvalidProxy> {
        let networks = texts.iter().map(|text| network(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { networks, serves_others: false })
    }

    /// For a relay that people elsewhere use: whoever connects from this machine is likely a proxy that nobody named,
    /// with all of them behind it, and is held to the limits of one caller.
    #[must_use]
    pub fn serving_others(self, serves_others: bool) -> Self {
        Self { serves_others, ..self }
    }

    /// Whether the caller is a program on this machine, whom no limit is for.
    #[must_use]
    pub fn is_local(&self, caller: IpAddr) -> bool {
        !self.serves_others && caller.to_canonical().is_loopback() && !self.contains(caller)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether an address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// The caller's address: the peer, or if that is a trusted proxy, the rightmost address of `X-Forwarded-For` that
    /// is none. What cannot be an address ends the search at the last good one.
    #[must_use]
    pub fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut caller = peer.to_canonical();
        if !self.contains(caller) {
            return caller;
        }
        let lines: Vec<_> = headers.get_all(X_FORWARDED_FOR).iter().collect();
        let entries = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        for entry in entries.map(<[u8]>::trim_ascii).filter(|entry| !entry.is_empty()) {
            match self.entry(entry) {
                Some(address) => caller = address,
                None => break,
            }
            if !self.contains(caller) {
                break;
            }
        }
        caller
    }

    /// One entry; proxies write it bare, in brackets, or with a port. Loopback is a place only a trusted proxy can be
    /// at: callers there are exempt from limits, so nobody is one by hearsay.
    fn entry(&self, entry: &[u8]) -> Option<IpAddr> {
        let text = std::str::from_utf8(entry).ok()?;
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        let address = match bare.parse::<IpAddr>() {
            Ok(address) => address,
            Err(_) => text.parse::<SocketAddr>().ok()?.ip(),
        };
        let address = address.to_canonical();
        let is_possible = !address.is_unspecified() && (!address.is_loopback() || self.contains(address));
        is_possible.then_some(address)
    }
}

fn network(text: &str) -> Result<IpNet, InvalidProxy> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse::<IpNet>().map_err(|_| InvalidProxy::Malformed)?,
    };
    if is_too_wide(&network) {
        return Err(InvalidProxy::Everybody(text.to_owned()));
    }
    let meant = match (network.addr().to_canonical(), network) {
        (IpAddr::V4(v4), IpNet::V6(v6)) => {
            let prefix = v6.prefix_len().checked_sub(96).ok_or(InvalidProxy::Malformed)?;
            IpNet::new(v4.into(), prefix).map_err(|_| InvalidProxy::Malformed)?.trunc()
        }
        _ => network.trunc(),
    };
    if meant == network {
        Ok(network)
    } else {
        Err(InvalidProxy::Ambiguous { written: text.to_owned(), meant: meant.to_string() })
    }
}

/// Two halves are a whole, so more than the prefix /0 is refused. From unique local and link-local addresses nobody comes
/// over the internet.
fn is_too_wide(network: &IpNet) -> bool {
    match network {
        IpNet::V4(v4) => v4.prefix_len() < 8,
        IpNet::V6(v6) if v6.addr().is_unique_local() => v6.prefix_len() < 7,
        IpNet::V6(v6) if v6.addr().is_unicast_link_local() => v6.prefix_len() < 10,
        // IPv4 in IPv6 spelling is refused for that, whatever its prefix.
        IpNet::V6(v6) => v6.prefix_len() < 16,
    }
}

/// What counts as one caller: an IPv4 address, or an IPv6 /64, which is what one household gets.
#[must_use]
pub fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        other => other,
    }
}
