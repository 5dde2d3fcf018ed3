//! Who calls, behind proxies and liars.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must fail")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use relay_policy::caller_address::{InvalidProxy, TrustedProxies, group};

fn proxies() -> TrustedProxies {
    TrustedProxies::parse(&["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]).unwrap()
}

fn forwarded(lines: &[&str]) -> HeaderMap {
    let line =
        |text: &&str| ("x-forwarded-for".parse().unwrap(), HeaderValue::from_bytes(text.as_bytes()).unwrap());
    lines.iter().map(line).collect()
}

#[track_caller]
fn caller(peer: &str, lines: &[&str]) -> String {
    proxies().caller(peer.parse().unwrap(), &forwarded(lines)).to_string()
}

#[test]
fn without_a_trusted_proxy_the_peer_calls() {
    assert_eq!(caller("47.88.1.2", &[]), "47.88.1.2");
    assert_eq!(caller("47.88.1.2", &["6.6.6.6"]), "47.88.1.2");
    assert_eq!(caller("::ffff:47.88.1.2", &["6.6.6.6"]), "47.88.1.2");
    let none = TrustedProxies::default();
    assert_eq!(none.caller("127.0.0.1".parse().unwrap(), &forwarded(&["6.6.6.6"])).to_string(), "127.0.0.1");
}

#[test]
fn this_machine_is_local_unless_others_may_come_from_it() {
    let is_local = |proxies: &TrustedProxies, text: &str| proxies.is_local(text.parse().unwrap());
    let alone = TrustedProxies::default();
    for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
        assert!(is_local(&alone, text), "{text}");
        assert!(!is_local(&alone.clone().serving_others(true), text), "{text}");
    }
    assert!(!is_local(&alone, "10.0.0.1") && !is_local(&proxies(), "127.0.0.1"));
    assert!(is_local(&proxies(), "127.0.0.2"));
}

#[test]
fn the_rightmost_address_that_is_no_proxy_calls() {
    assert_eq!(caller("127.0.0.1", &["6.6.6.6, 47.88.1.2"]), "47.88.1.2");
    assert_eq!(caller("127.0.0.1", &["6.6.6.6, 47.88.1.2, 10.1.2.3"]), "47.88.1.2");
    assert_eq!(caller("::ffff:10.0.0.1", &["6.6.6.6", "47.88.1.2 ,10.1.2.3", "127.0.0.1"]), "47.88.1.2");
    assert_eq!(caller("127.0.0.1", &["2400:3200::1"]), "2400:3200::1");
    assert_eq!(caller("127.0.0.1", &["::ffff:47.88.1.2"]), "47.88.1.2");
    assert_eq!(caller("127.0.0.1", &["47.88.1.2,, ,10.0.0.9,"]), "47.88.1.2", "empty entries mean nothing");
}

#[test]
fn proxies_write_addresses_in_several_ways() {
    for text in ["47.88.1.2:4711", "47.88.1.2"] {
        assert_eq!(caller("10.0.0.1", &[text]), "47.88.1.2");
    }
    for text in ["[2400:3200::1]:4711", "[2400:3200::1]", "2400:3200:0::1"] {
        assert_eq!(caller("10.0.0.1", &[text]), "2400:3200::1");
    }
}

#[test]
fn what_is_no_address_ends_the_search() {
    for garbage in [
        "unknown",
        "_hidden",
        "1.2.3",
        "1.2.3.4.5",
        "fe80::1%eth0",
        "01.2.3.4",
        "\"1.2.3.4\"",
        "caf\u{e9}",
        "1.2.3.4 5.6.7.8",
        "0.0.0.0",
        "::",
        "127.0.0.2",
    ] {
        assert_eq!(caller("10.0.0.1", &[&format!("6.6.6.6, {garbage}")]), "10.0.0.1", "{garbage}");
        assert_eq!(caller("10.0.0.1", &[&format!("6.6.6.6, {garbage}, 10.0.0.7")]), "10.0.0.7", "{garbage}");
    }
    assert_eq!(caller("10.0.0.1", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2", "nobody but proxies");
    assert_eq!(caller("10.0.0.1", &[]), "10.0.0.1");
}

#[test]
fn other_headers_never_count() {
    let mut headers = HeaderMap::new();
    for name in
        ["forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x_forwarded_for", "client-ip"]
    {
        headers.insert(name, HeaderValue::from_static("for=6.6.6.6"));
    }
    assert_eq!(proxies().caller("10.0.0.1".parse().unwrap(), &headers).to_string(), "10.0.0.1");
}

#[test]
fn a_network_is_written_exactly_and_is_not_everybody() {
    let problem = |text: &str| TrustedProxies::parse(&[text]).unwrap_err();
    for text in
        ["0.0.0.0/0", "::/0", "10.0.0.1/0", "0.0.0.0/1", "128.0.0.0/1", "46.0.0.0/7", "2400::/15", "f800::/5"]
    {
        assert_eq!(problem(text), InvalidProxy::Everybody(text.into()));
        assert!(problem(text).to_string().contains(text), "it is named");
    }
    for text in ["10.0.0.0/8", "47.0.0.0/8", "2400::/16", "fd00::/8", "fc00::/7"] {
        assert!(TrustedProxies::parse(&[text]).is_ok(), "{text}");
    }
    for text in ["", "localhost", "10.0.0.0/33", "10.0.0", "*", "10.0.0.0/-1", " 10.0.0.1", "::ffff:0:0/90"] {
        assert_eq!(problem(text), InvalidProxy::Malformed, "{text}");
    }
    for (text, meant) in [
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("fd00::1/8", "fd00::/8"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:10.0.0.1", "10.0.0.1/32"),
    ] {
        let expected = InvalidProxy::Ambiguous { written: text.into(), meant: meant.into() };
        assert_eq!(problem(text), expected);
    }
}

#[test]
fn one_ipv6_network_is_one_caller() {
    let group = |text: &str| group(text.parse().unwrap()).to_string();
    assert_eq!(group("2400:3200::1"), group("2400:3200::ffff:1"));
    assert_ne!(group("2400:3200::1"), group("2400:3200:0:1::1"));
    assert_eq!(group("::ffff:47.88.1.2"), "47.88.1.2");
    assert_ne!(group("47.88.1.2"), group("47.88.1.3"));
    assert_eq!(group("::1"), "::1");
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<Ipv4Addr>().prop_map(IpAddr::from),
        any::<Ipv6Addr>().prop_map(IpAddr::from),
        (0_u8..4).prop_map(|last| Ipv4Addr::new(10, 0, 0, last).into()),
    ]
}

fn entry() -> impl Strategy<Value = String> {
    prop_oneof![address().prop_map(|address| address.to_string()), "[ -~&&[^,]]{0,12}"]
}

proptest! {
    #[test]
    fn a_peer_that_is_no_proxy_cannot_choose_its_address(
        peer in address(),
        entries in prop::collection::vec(entry(), 0..6),
    ) {
        prop_assume!(!proxies().contains(peer));
        let found = proxies().caller(peer, &forwarded(&[&entries.join(",")]));
        prop_assert_eq!(found, peer.to_canonical());
    }

    #[test]
    fn whatever_the_caller_sends_the_proxy_has_the_last_word(
        invented in prop::collection::vec(entry(), 0..6),
        invented_line in entry(),
        client in address(),
        hops in prop::collection::vec(0_u8..200, 0..3),
    ) {
        let client = client.to_canonical();
        prop_assume!(!proxies().contains(client) && !client.is_loopback() && !client.is_unspecified());
        let mut entries = invented;
        entries.push(client.to_string());
        entries.extend(hops.iter().map(|hop| format!("10.0.0.{hop}")));
        let headers = forwarded(&[&invented_line, &entries.join(", ")]);
        prop_assert_eq!(proxies().caller(Ipv4Addr::LOCALHOST.into(), &headers), client);
    }

    #[test]
    fn nobody_is_loopback_by_hearsay(entries in prop::collection::vec(entry(), 0..6)) {
        let found = proxies().caller("10.0.0.1".parse().unwrap(), &forwarded(&[&entries.join(",")]));
        prop_assert!(!found.is_loopback() || proxies().contains(found));
    }

    #[test]
    fn no_text_brings_it_down(text in "\\PC{0,20}") {
        if let Ok(proxies) = TrustedProxies::parse(&[&text]) {
            prop_assert!(!(proxies.contains("1.1.1.1".parse().unwrap()) && proxies.contains("200.1.1.1".parse().unwrap())));
        }
    }
}
