//! No way of writing an IPv4 address into an IPv6 one makes a private address public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use relay_policy::address::is_global;

/// Every IPv4 address that some network would connect to instead of the IPv6 address. Written from the RFCs, in terms
/// of bytes, where the code works with segments.
fn hidden_in(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let bytes = address.octets();
    let v4 = |at: usize| Ipv4Addr::new(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
    let starts = |prefix: &[u8]| bytes.starts_with(prefix);
    let mut hidden = Vec::new();
    // IPv4-compatible (RFC 4291), IPv4-mapped (RFC 4291), IPv4-translated (RFC 2765).
    if starts(&[0; 12])
        || starts(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255])
        || starts(&[0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0])
    {
        hidden.push(v4(12));
    }
    // NAT64: well-known prefix (RFC 6052), local-use prefix (RFC 8215).
    if starts(&[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) || starts(&[0, 0x64, 0xff, 0x9b, 0, 1]) {
        hidden.push(v4(12));
    }
    // 6to4 (RFC 3056).
    if starts(&[0x20, 0x02]) {
        hidden.push(v4(2));
    }
    // Teredo (RFC 4380): server, and client with flipped bits.
    if starts(&[0x20, 0x01, 0, 0]) {
        hidden.push(v4(4));
        hidden.push(Ipv4Addr::from_bits(v4(12).to_bits() ^ u32::MAX));
    }
    // ISATAP (RFC 5214).
    if matches!(bytes[8..12], [0 | 2, 0, 0x5e, 0xfe]) {
        hidden.push(v4(12));
    }
    hidden
}

/// Addresses that nobody on the internet has, often of the kinds worth attacking.
fn private() -> impl Strategy<Value = Ipv4Addr> {
    let in_range = |network: [u8; 4], prefix: u32| {
        any::<u32>().prop_map(move |bits| {
            Ipv4Addr::from_bits(u32::from_be_bytes(network) | bits.checked_shr(prefix).unwrap_or(0))
        })
    };
    prop_oneof![
        in_range([127, 0, 0, 0], 8),
        in_range([10, 0, 0, 0], 8),
        in_range([172, 16, 0, 0], 12),
        in_range([192, 168, 0, 0], 16),
        in_range([169, 254, 0, 0], 16),
        in_range([100, 64, 0, 0], 10),
        in_range([0, 0, 0, 0], 8),
        in_range([198, 18, 0, 0], 15),
        in_range([224, 0, 0, 0], 3),
        Just(Ipv4Addr::new(100, 100, 100, 200)),
        Just(Ipv4Addr::new(169, 254, 169, 254)),
    ]
}

/// The start of an IPv6 address that may hold an IPv4 one, or of any other.
fn start() -> impl Strategy<Value = u128> {
    let known = prop::sample::select(vec![
        "::",
        "::ffff:0:0",
        "::ffff:0:0:0",
        "64:ff9b::",
        "64:ff9b:1::",
        "2002::",
        "2001::",
        "2001:0:47.88.1.2::",
        "2400::",
        "2400::5efe:0:0",
        "2400::200:5efe:0:0",
        "fe80::5efe:0:0",
        "2001:db8::",
        "fc00::",
        "2002:2f58:102::",
    ]);
    let parse = |text: &str| {
        let text = text.replace("47.88.1.2", "2f58:102");
        text.parse::<Ipv6Addr>().map_or(0, |address| address.to_bits())
    };
    prop_oneof![3 => known.prop_map(parse), 1 => any::<u128>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_private_address_written_anywhere_is_never_made_public(
        start in start(),
        hidden in private(),
        flipped in any::<bool>(),
        at in 0_u32..=12,
        noise in prop_oneof![Just(0_u128), any::<u128>()],
        kept in 0_u32..=96,
    ) {
        let bits = if flipped { !hidden.to_bits() } else { hidden.to_bits() };
        let place = 96 - 8 * at;
        let mask = u128::from(u32::MAX) << place;
        let noise = noise.checked_shr(kept).unwrap_or(0);
        let address = Ipv6Addr::from_bits(((start | noise) & !mask) | (u128::from(bits) << place));
        for v4 in hidden_in(address) {
            let is_public = is_global(IpAddr::V6(address));
            prop_assert!(!is_public || is_global(IpAddr::V4(v4)), "{} holds {}", address, v4);
        }
    }

    #[test]
    fn the_private_ones_are_private(address in private()) {
        prop_assert!(!is_global(address.into()));
        prop_assert!(!is_global(address.to_ipv6_mapped().into()));
        prop_assert!(!is_global(address.to_ipv6_compatible().into()));
    }

    #[test]
    fn a_mapped_address_is_judged_like_the_address(bits in any::<u32>()) {
        let address = Ipv4Addr::from_bits(bits);
        prop_assert_eq!(is_global(address.into()), is_global(address.to_ipv6_mapped().into()));
    }
}
