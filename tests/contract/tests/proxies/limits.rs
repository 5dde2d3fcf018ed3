//! Limits behind a proxy: they count for each caller, and refusals of large bodies can be read.

use contract_tests::edit::call;
use contract_tests::relay::RelayConfig;
use serde_json::json;

use crate::proxy::{Kind, Site, with_each_proxy};

const TOKEN: &str = "qei_contract-tests";

with_each_proxy![
    wrong_tokens_are_counted_for_each_caller_and_claims_do_not_count,
    a_body_over_the_cap_is_refused_in_the_relays_words,
];

fn wrong_tokens_are_counted_for_each_caller_and_claims_do_not_count(kind: Kind) {
    let state = tempfile::tempdir().unwrap();
    let invited = |config: RelayConfig| {
        let config = config.invite(TOKEN, 5).limit("wrong_tokens_per_minute_per_ip", 2);
        // Callers on loopback count as callers only where a proxy may sit. Trusting them all, the relay would also
        // believe what they claim, if the proxy let it pass.
        let config = config.set("trusted_proxies", vec!["127.0.0.0/8"]);
        config.set("state_dir", state.path().to_str().unwrap())
    };
    let site = Site::with(kind, invited, |recipe| recipe);
    let wrong = |address: &str, claims: &[&str]| {
        let request = site.ask_as_nobody("/relay/jobs/1b671a64-40d5-4d5a-a2b8-1f4c0f3f7f10").from(address);
        let request = request.header("authorization: Bearer qei_wrong");
        claims.iter().fold(request, |request, claim| request.header(claim)).send().status
    };
    assert_eq!([wrong("127.0.0.2", &[]), wrong("127.0.0.2", &[]), wrong("127.0.0.2", &[])], [401, 401, 429]);
    assert_eq!(wrong("127.0.0.3", &[]), 401, "another caller has a count of its own");
    let claims = ["x-forwarded-for: 47.88.1.2", "forwarded: for=47.88.1.2", "x-real-ip: 47.88.1.2"];
    assert_eq!(wrong("127.0.0.2", &claims), 429, "a caller cannot pose as another");
    let right = site.generation().from("127.0.0.2").json(&call(&json!({"size": "512*512"}))).send();
    assert_eq!(right.status, 200, "a right token never waits for wrong ones: {}", right.text());
}

/// A little over it: whoever sends far more than the cap is cut off while sending, and Caddy then sometimes says 502 in
/// place of the relay's words.
fn a_body_over_the_cap_is_refused_in_the_relays_words(kind: Kind) {
    let site = Site::with(kind, |config| config.limit("body_bytes", 4_900_000), |recipe| recipe);
    let body = vec![b' '; 5_000_000];
    let refused = site.generation().header("origin: https://app.example").body(&body).send();
    assert_eq!(refused.status, 413, "{}", refused.text());
    assert_eq!(refused.relay_error(), ("body_too_large".to_owned(), "no".to_owned()));
    assert_eq!(refused.header("access-control-allow-origin"), "https://app.example");
    assert!(site.sim.generations().is_empty());
}
