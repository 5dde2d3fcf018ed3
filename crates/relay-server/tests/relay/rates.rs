//! How fast a caller may come, seen from outside.

use crate::program::run_with;
use crate::support::{BODY, GENERATION, JSON, KEY, PAGE, Relay, Upstream};

/// Paid calls with more headers; their statuses.
async fn calls(relay: &Relay, headers: &[&[(&str, &str)]]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for more in headers {
        let headers = [&[PAGE, KEY, JSON][..], more].concat();
        statuses.push(relay.send("POST", GENERATION, &headers, BODY).await.status.as_u16());
    }
    statuses
}

const LIMIT: &str = "limits.requests_per_minute_per_ip = 3";
const PROXY: &str = "trusted_proxies = [\"127.0.0.1\"]";

#[tokio::test]
async fn behind_a_proxy_the_limit_is_the_callers() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[PROXY, LIMIT]).await;
    let invented: Vec<String> = (1..=5).map(|n| format!("6.6.6.{n}, 47.88.1.2")).collect();
    let headers: Vec<[(&str, &str); 1]> =
        invented.iter().map(|list| [("x-forwarded-for", list.as_str())]).collect();
    let headers: Vec<&[(&str, &str)]> = headers.iter().map(|headers| &headers[..]).collect();
    assert_eq!(calls(&relay, &headers).await, [200, 200, 200, 429, 429]);
    assert_eq!(upstream.requests().len(), 3, "what is refused costs nothing");

    let headers = [PAGE, KEY, JSON, ("x-forwarded-for", "47.88.1.2")];
    let refused = relay.send("POST", GENERATION, &headers, BODY).await;
    assert_eq!(refused.error(), (429, "rate_limited".into(), "no".into()));
    let wait: u32 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(refused.headers["access-control-allow-origin"], PAGE.1, "the page can read it");
    assert_eq!(relay.get("/relay/healthz").await.status, 200, "what goes out to nobody is free");
    assert_eq!(calls(&relay, &[&[("x-forwarded-for", "47.88.1.3")]]).await, [200]);
}

#[tokio::test]
async fn other_headers_do_not_evade_the_limit() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[PROXY, LIMIT]).await;
    let addresses: Vec<String> = (1..=4).map(|n| format!("10.{n}.2.2")).collect();
    let headers: Vec<Vec<(&str, &str)>> = addresses
        .iter()
        .map(|address| {
            let names = ["x-real-ip", "cf-connecting-ip", "forwarded", "x-client-ip"];
            names.iter().map(|name| (*name, address.as_str())).collect()
        })
        .collect();
    let headers: Vec<&[(&str, &str)]> = headers.iter().map(Vec::as_slice).collect();
    assert_eq!(calls(&relay, &headers).await, [200, 200, 200, 429]);
}

#[tokio::test]
async fn without_a_proxy_this_machine_is_not_limited_whatever_it_claims() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[LIMIT]).await;
    let claim: &[(&str, &str)] = &[("x-forwarded-for", "47.88.1.2")];
    assert_eq!(calls(&relay, &[claim; 6]).await, [200; 6]);
}

#[tokio::test]
async fn behind_a_proxy_that_nobody_named_all_callers_have_one_limit() {
    let upstream = Upstream::json(200, "{}").await;
    let public = "public_url = \"http://edit.example\"";
    let relay = Relay::start(&upstream, &[public, LIMIT]).await;
    let claims: Vec<String> = (1..=5).map(|n| format!("47.88.1.{n}")).collect();
    let headers: Vec<[(&str, &str); 2]> =
        claims.iter().map(|claim| [("host", "edit.example"), ("x-forwarded-for", claim.as_str())]).collect();
    let headers: Vec<&[(&str, &str)]> = headers.iter().map(|headers| &headers[..]).collect();
    assert_eq!(calls(&relay, &headers).await, [200, 200, 200, 429, 429]);
}

#[test]
fn proxies_are_named_exactly() {
    for (network, advice) in [
        ("0.0.0.0/0", "would trust everybody"),
        ("::/0", "would trust everybody"),
        ("0.0.0.0/1", "would trust everybody"),
        ("8000::/1", "would trust everybody"),
        ("10.1.2.3/8", "write \"10.0.0.0/8\""),
        ("proxy.example", "is not an address or network"),
    ] {
        let settings = format!(
            "trusted_proxies = [\"127.0.0.1\", \"{network}\"]\n[regions.a]\nupstream = \"https://a.example\"\n"
        );
        let output = run_with(&settings, &[], &[]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains("trusted_proxies[1]"), "{message}");
        assert!(message.contains(advice), "{message}");
    }
}
