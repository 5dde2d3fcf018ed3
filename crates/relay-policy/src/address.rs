//! Which addresses the relay may connect to for a picture: global unicast only, also behind every kind of
//! IPv4-in-IPv6 wrapping. Ranges: IANA special-purpose address registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 ranges that are not the public internet, as network and prefix length.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Shared address space; Alibaba Cloud keeps its metadata service (100.100.100.200) and internal OSS here.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Ranges inside 2000::/3 that are not global unicast, as network and prefix length. Wrapping ranges (Teredo
/// and 6to4) are unwrapped before this list is read.
const SPECIAL_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether the address is on the public internet.
#[must_use]
pub fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_global_v4(v4),
        IpAddr::V6(v6) => is_global_v6(v6),
    }
}

fn is_global_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|(network, prefix)| (address.to_bits() ^ network.to_bits()) >> (32 - prefix) == 0)
}

fn is_global_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_global_v4(v4);
    }
    let segments = address.segments();
    let v4_at = |index: usize| {
        let high = segments.get(index).copied().unwrap_or_default();
        let low = segments.get(index + 1).copied().unwrap_or_default();
        Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
    };
    // ISATAP hides an IPv4 address in the interface id of any prefix.
    if matches!(segments, [_, _, _, _, 0 | 0x0200, 0x5efe, _, _]) && !is_global_v4(v4_at(6)) {
        return false;
    }
    match segments {
        // NAT64. Its local-use sibling 64:ff9b:1::/48 is not global and falls through.
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] => is_global_v4(v4_at(6)),
        // Teredo: the server in clear, the client with its bits flipped.
        [0x2001, 0, ..] => is_global_v4(v4_at(2)) && is_global_v4(Ipv4Addr::from_bits(!v4_at(6).to_bits())),
        // 6to4.
        [0x2002, ..] => is_global_v4(v4_at(1)),
        [first, ..] => {
            first & 0xe000 == 0x2000
                && !SPECIAL_V6
                    .iter()
                    .any(|(network, prefix)| (address.to_bits() ^ network.to_bits()) >> (128 - prefix) == 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_pass() {
        for address in [
            "47.88.1.2",
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "2400:3200::1",
            "2606:4700::1111",
            "::ffff:47.88.1.2",
            "64:ff9b::2f58:102",
            "2002:2f58:102::1",
            "2a00:1450::5efe:808:808",
        ] {
            assert!(is_global(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn everything_else_is_refused_in_every_wrapping() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.5",
            "100.64.0.0",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::7f00:1",
            "64:ff9b:1::808:808",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001:0:0:0:0:0:80ff:fffe",
            "2001:0:808:808::f5ff:fffe",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "3fff::1",
            "fe80::1",
            "fe80::5efe:7f00:1",
            "2a00:1450::5efe:7f00:1",
            "2a00:1450::200:5efe:a00:1",
            "fec0::1",
            "fd00::1",
            "fd00:ec2::254",
            "fc00::1",
            "ff02::1",
            "100::1",
            "5f00::1",
            "4000::1",
            "1fff::1",
        ] {
            assert!(!is_global(address.parse().unwrap()), "{address}");
        }
    }
}
