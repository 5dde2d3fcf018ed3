//! The address check against a second, independent list of what is not the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use relay_policy::address::is_global;

/// First and last address of each special range, written as ranges instead of prefixes.
const NOT_GLOBAL: [([u8; 4], [u8; 4]); 15] = [
    ([0, 0, 0, 0], [0, 255, 255, 255]),
    ([10, 0, 0, 0], [10, 255, 255, 255]),
    ([100, 64, 0, 0], [100, 127, 255, 255]),
    ([127, 0, 0, 0], [127, 255, 255, 255]),
    ([169, 254, 0, 0], [169, 254, 255, 255]),
    ([172, 16, 0, 0], [172, 31, 255, 255]),
    ([192, 0, 0, 0], [192, 0, 0, 255]),
    ([192, 0, 2, 0], [192, 0, 2, 255]),
    ([192, 88, 99, 0], [192, 88, 99, 255]),
    ([192, 168, 0, 0], [192, 168, 255, 255]),
    ([198, 18, 0, 0], [198, 19, 255, 255]),
    ([198, 51, 100, 0], [198, 51, 100, 255]),
    ([203, 0, 113, 0], [203, 0, 113, 255]),
    ([224, 0, 0, 0], [239, 255, 255, 255]),
    ([240, 0, 0, 0], [255, 255, 255, 255]),
];

fn listed(address: Ipv4Addr) -> bool {
    NOT_GLOBAL.iter().any(|(first, last)| (Ipv4Addr::from(*first)..=Ipv4Addr::from(*last)).contains(&address))
}

/// Any address, and often one at the edge of a range.
fn v4() -> impl Strategy<Value = Ipv4Addr> {
    let edges: Vec<u32> = NOT_GLOBAL
        .iter()
        .flat_map(|(first, last)| [u32::from_be_bytes(*first), u32::from_be_bytes(*last)])
        .flat_map(|edge| [edge.wrapping_sub(1), edge, edge.wrapping_add(1)])
        .collect();
    prop_oneof![any::<u32>(), proptest::sample::select(edges)].prop_map(Ipv4Addr::from_bits)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn ipv4_agrees_with_the_list(address in v4()) {
        prop_assert_eq!(is_global(IpAddr::V4(address)), !listed(address));
    }

    #[test]
    fn every_wrapping_of_an_ipv4_address_is_judged_like_it(address in v4(), tail in any::<[u16; 4]>()) {
        let [a, b, c, d] = address.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let [t1, t2, t3, t4] = tail;
        let mapped = address.to_ipv6_mapped();
        let nat64 = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low);
        prop_assert_eq!(is_global(mapped.into()), !listed(address));
        prop_assert_eq!(is_global(nat64.into()), !listed(address));
        if listed(address) {
            for wrapped in [
                Ipv6Addr::new(0x2002, high, low, t1, t2, t3, t4, 0),
                Ipv6Addr::new(0x2001, 0, high, low, t1, t2, t3, t4),
                Ipv6Addr::new(0x2001, 0, t1, t2, t3, t4, !high, !low),
                Ipv6Addr::new(0x2400, t1, t2, t3, 0, 0x5efe, high, low),
                Ipv6Addr::new(0x2400, t1, t2, t3, 0x200, 0x5efe, high, low),
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
            ] {
                prop_assert!(!is_global(wrapped.into()), "{}", wrapped);
            }
        }
    }

    #[test]
    fn ipv6_outside_global_unicast_is_never_public_by_itself(bits in any::<u128>()) {
        let address = Ipv6Addr::from_bits(bits);
        let wrapped = address.to_ipv4_mapped().is_some() || address.segments().starts_with(&[0x64, 0xff9b]);
        if is_global(address.into()) && !wrapped {
            prop_assert_eq!(bits >> 125, 1);
        }
    }
}
