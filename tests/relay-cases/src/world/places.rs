//! Names and addresses inside the network of a run. All are invented or the vendor's public names; nothing here
//! ever leaves the namespace.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The relay's own name, in its `public_url`.
pub(crate) const RELAY_NAME: &str = "relay.example";
pub(crate) const RELAY_IP: Ipv4Addr = Ipv4Addr::new(47, 88, 0, 1);
pub(crate) const RELAY_IP6: Ipv6Addr = Ipv6Addr::new(0x2400, 0x3200, 0, 0, 0, 0, 0, 1);

/// The page that may call.
pub(crate) const ORIGIN: &str = "https://app.example";

pub(crate) const API_NAME: &str = "dashscope.aliyuncs.com";
pub(crate) const API_IP: Ipv4Addr = Ipv4Addr::new(47, 88, 1, 1);

/// A result bucket of the vendor, which the relay's default rule allows.
pub(crate) const IMAGE_NAME: &str = "dashscope-result-bj.oss-cn-beijing.aliyuncs.com";
pub(crate) const IMAGE_IP: Ipv4Addr = Ipv4Addr::new(47, 88, 1, 2);

/// A host the relay has no business with.
pub(crate) const EVIL_NAME: &str = "evil.example";
pub(crate) const EVIL_IP: Ipv4Addr = Ipv4Addr::new(47, 88, 66, 6);

/// The name server; in the relay's eyes the system's own.
pub(crate) const NAME_SERVER: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// All names that look like result buckets are served by the image mock.
pub(crate) fn is_image_name(name: &str) -> bool {
    name.starts_with("dashscope-") && name.contains(".oss-") && name.ends_with(".aliyuncs.com")
}

/// True for addresses that no relay may connect to on a caller's word.
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_private_v4(address),
            // No mock has an IPv6 address: whoever connects to one was led there.
            None => true,
        },
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    match first {
        0 | 10 | 127 => true,
        100 => (64..128).contains(&second),
        169 => second == 254,
        172 => (16..32).contains(&second),
        192 => second == 168 || (second, third) == (0, 0) || (second, third) == (0, 2),
        198 => matches!(second, 18 | 19) || (second, third) == (51, 100),
        203 => (second, third) == (0, 113),
        224.. => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mocks_are_public_and_metadata_services_are_not() {
        for address in [RELAY_IP, API_IP, IMAGE_IP, EVIL_IP] {
            assert!(!is_private(address.into()), "{address}");
        }
        for address in
            ["127.0.0.1", "10.0.0.5", "169.254.169.254", "100.100.100.200", "::1", "::ffff:10.0.0.1"]
        {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
    }
}
