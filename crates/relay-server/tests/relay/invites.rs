//! A key the relay holds: who may spend it, and how much.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;
use relay_policy::access::Invite;
use tempfile::{NamedTempFile, TempDir};

use crate::support::client::Answer;
use crate::support::relay::config;
use crate::support::{BODY, GENERATION, JSON, PAGE, Relay, Upstream};

const OWN_KEY: &str = "sk-canary-held-key";
const ONE_PICTURE: &str = r#"{"output":{"choices":[{"message":{"content":[{"image":"https://x/a.png"}]}}]}}"#;

/// A relay that holds the key of region `demo` for invites `(token, limits)`.
pub(crate) struct Held {
    pub(crate) relay: Relay,
    _key: NamedTempFile,
}

fn lines(upstream: &Upstream, key: &NamedTempFile, invites: &[(&str, &str)], more: &[&str]) -> Vec<String> {
    let invites: Vec<_> = invites
        .iter()
        .map(|(token, limits)| {
            format!("{{ name = \"{token}\", token_sha256 = \"{}\", {limits} }}", Invite::digest(token))
        })
        .collect();
    let own = [
        "allowed_origins = [\"self\", \"https://app.example\"]".to_owned(),
        format!("regions.demo.upstream = \"{}\"", upstream.origin()),
        "regions.demo.key = \"server\"".to_owned(),
        format!("regions.demo.key_file = \"{}\"", key.path().display()),
        format!("access.invites = [{}]", invites.join(", ")),
    ];
    own.into_iter().chain(more.iter().map(|line| (*line).to_owned())).collect()
}

pub(crate) async fn start(upstream: &Upstream, invites: &[(&str, &str)], more: &[&str]) -> Held {
    let key = NamedTempFile::new().unwrap();
    std::fs::write(key.path(), OWN_KEY).unwrap();
    let lines = lines(upstream, &key, invites, more);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    Held { relay: Relay::run(config(&lines)).await, _key: key }
}

impl Held {
    pub(crate) async fn call(&self, token: &str, body: &str) -> Answer {
        self.call_with(token, body, &[]).await
    }

    pub(crate) async fn call_with(&self, token: &str, body: &str, more: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![PAGE, JSON, ("authorization", bearer.as_str())];
        headers.extend_from_slice(more);
        self.relay.send("POST", GENERATION, &headers, body.to_owned()).await
    }
}

pub(crate) fn with_n(n: u32) -> String {
    format!(r#"{{"model":"qwen-image-edit-plus","input":{{"messages":[]}},"parameters":{{"n":{n}}}}}"#)
}

fn no(status: u16, code: &str) -> (u16, String, String) {
    (status, code.to_owned(), "no".to_owned())
}

#[tokio::test]
async fn a_token_spends_the_held_key_and_never_travels() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let held = start(&upstream, &[("family-token", "images_per_day = 5")], &[]).await;
    assert_eq!(held.call("family-token", BODY).await.status, StatusCode::OK);
    let sent = &upstream.requests()[0];
    assert_eq!(sent.head.headers["authorization"], format!("Bearer {OWN_KEY}").as_str());
    assert!(!format!("{:?}", sent.head).contains("family-token"));
    assert_eq!(held.call("sk-1234567890abcdef", BODY).await.error(), no(401, "token_invalid"));
    let nobody = held.relay.send("POST", GENERATION, &[PAGE, JSON], BODY).await;
    assert_eq!(nobody.error(), no(401, "key_missing"));
    assert_eq!(upstream.hits(), 1);
}

#[tokio::test]
async fn the_held_key_comes_back_in_no_answer() {
    let upstream = Upstream::start(|_| {
        http::Response::builder()
            .status(400)
            .header("x-request-id", OWN_KEY)
            .body(format!("{{\"code\":\"Bad\",\"message\":\"{OWN_KEY}\"}}").into())
            .unwrap()
    })
    .await;
    let held = start(&upstream, &[("t", "images_per_day = 5")], &[]).await;
    let answer = held.call_with("t", BODY, &[("idempotency-key", "0123456789abcdef")]).await;
    let replayed = held.call_with("t", BODY, &[("idempotency-key", "0123456789abcdef")]).await;
    for answer in [answer, replayed] {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(!format!("{answer:?}").contains(OWN_KEY));
    }
}

#[tokio::test]
async fn only_what_the_operator_offers_is_sent() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let held = start(&upstream, &[("t", "images_per_day = 50")], &["regions.demo.max_images = 4"]).await;
    for (status, body) in [
        (403, BODY.replace("qwen-image-edit", "wan-video-pro")),
        (400, with_n(5)),
        (400, with_n(0)),
        (400, with_n(4).replace(":4", ":\"4\"")),
        (400, with_n(4).replace(":4", ":1e1")),
        (400, BODY.replace("{\"model\"", "{\"model\":\"x\",\"model\"")),
        (400, "{\"Model\":\"qwen-image-edit\"}".to_owned()),
    ] {
        assert_eq!(held.call("t", &body).await.error(), no(status, "policy"), "{body}");
    }
    assert_eq!(upstream.requests().len(), 0, "the last byte was held back");
    assert_eq!(held.call("t", &with_n(4)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn fifty_calls_racing_for_the_last_picture_never_pass_the_budget() {
    let upstream = Upstream::json_after(Duration::from_millis(200), 200, ONE_PICTURE).await;
    let names: Vec<String> = (0..50).map(|index| format!("token-{index}")).collect();
    let invites: Vec<_> = names.iter().map(|name| (name.as_str(), "images_per_day = 5")).collect();
    let held = start(&upstream, &invites, &["access.images_per_day = 1"]).await;
    let answers = join_all(names.iter().map(|name| held.call(name, BODY))).await;
    let good = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!((good, upstream.requests().len()), (1, 1));
    for refused in answers.iter().filter(|answer| answer.status != StatusCode::OK) {
        assert_eq!(refused.error(), no(429, "budget_exhausted"));
        let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=86_400).contains(&wait));
    }
}

#[tokio::test]
async fn a_budget_counts_what_was_made() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let held = start(&upstream, &[("t", "images_per_day = 7")], &[]).await;
    // Reserves 6, makes 1: 6 are left.
    assert_eq!(held.call("t", &with_n(6)).await.status, StatusCode::OK);
    assert_eq!(held.call("t", &with_n(6)).await.status, StatusCode::OK);
    assert_eq!(held.call("t", &with_n(6)).await.error(), no(429, "budget_exhausted"));
    assert_eq!(held.call("t", &with_n(5)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_refused_call_gives_its_reservation_back_and_a_lost_one_does_not() {
    let refusing = Upstream::json(400, "{\"code\":\"InvalidParameter\"}").await;
    let held = start(&refusing, &[("t", "images_per_day = 1")], &[]).await;
    for _ in 0..3 {
        assert_eq!(held.call("t", BODY).await.status, StatusCode::BAD_REQUEST);
    }
    let silent = Upstream::json_after(Duration::from_secs(60), 200, "{}").await;
    let short = ["limits.first_byte_timeout = \"200ms\""];
    let held = start(&silent, &[("t", "images_per_day = 1")], &short).await;
    assert_eq!(held.call("t", BODY).await.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(held.call("t", BODY).await.error(), no(429, "budget_exhausted"));
}

#[tokio::test]
async fn a_replay_costs_nothing() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let held = start(&upstream, &[("t", "images_per_day = 1")], &[]).await;
    for _ in 0..3 {
        let answer = held.call_with("t", BODY, &[("idempotency-key", "0123456789abcdef")]).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(held.call("t", BODY).await.error(), no(429, "budget_exhausted"));
}

#[tokio::test]
async fn a_budget_survives_a_restart() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let line = format!("state_dir = \"{}\"", state.path().display());
    let held = start(&upstream, &[("t", "images_per_day = 1")], &[&line]).await;
    assert_eq!(held.call("t", BODY).await.status, StatusCode::OK);
    held.relay.stop().await.unwrap();
    let held = start(&upstream, &[("t", "images_per_day = 1")], &[&line]).await;
    assert_eq!(held.call("t", BODY).await.error(), no(429, "budget_exhausted"));
}

#[tokio::test]
async fn a_budget_that_cannot_be_written_down_refuses() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let line = format!("state_dir = \"{}\"", state.path().display());
    let held = start(&upstream, &[("t", "images_per_day = 5")], &[&line]).await;
    let file = state.path().join("jobs.redb");
    let mut permissions = std::fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).unwrap();
    assert_eq!(held.call("t", BODY).await.error(), no(503, "state_unavailable"));
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn rates_and_calls_at_once_are_per_invite() {
    let upstream = Upstream::json_after(Duration::from_millis(300), 200, ONE_PICTURE).await;
    let limits = "images_per_day = 50, requests_per_minute = 3, calls_at_once = 2";
    let held = start(&upstream, &[("busy", limits), ("calm", limits)], &[]).await;
    let answers = join_all((0..5).map(|_| held.call("busy", BODY))).await;
    let good = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(good, 2, "two at once");
    assert_eq!(held.call("busy", BODY).await.status, StatusCode::OK, "the third of this minute");
    let fourth = held.call("busy", BODY).await;
    assert_eq!(fourth.error(), no(429, "rate_limited"));
    assert!(fourth.headers.contains_key("retry-after"));
    assert_eq!(held.call("calm", BODY).await.status, StatusCode::OK);
}

#[tokio::test]
async fn invites_change_without_a_restart() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let key = NamedTempFile::new().unwrap();
    std::fs::write(key.path(), OWN_KEY).unwrap();
    let with = |token| {
        let lines = lines(&upstream, &key, &[(token, "images_per_day = 5")], &[]);
        config(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let relay = Relay::run(with("old")).await;
    let held = Held { relay, _key: NamedTempFile::new().unwrap() };
    assert_eq!(held.call("old", BODY).await.status, StatusCode::OK);
    held.relay.reloader.apply(&with("new")).unwrap();
    assert_eq!(held.call("old", BODY).await.error(), no(401, "token_invalid"));
    assert_eq!(held.call("new", BODY).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_reload_never_opens_the_held_key_of_the_running_relay() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let public = [
        "public_url = \"https://edit.example\"".to_owned(),
        format!("state_dir = \"{}\"", state.path().display()),
    ];
    let public: Vec<&str> = public.iter().map(String::as_str).collect();
    let held = start(&upstream, &[("t", "images_per_day = 5")], &public).await;
    // Right by itself: it holds no key, and so needs no invites. But only its [access] would be taken over.
    let without_key =
        ["public_url = \"https://edit.example\"", "regions.demo.upstream = \"https://a.example\""];
    let refused = held.relay.reloader.apply(&config(&without_key)).unwrap_err().to_string();
    assert!(refused.contains("access") && refused.contains("regions.demo.key"), "{refused}");
    assert_eq!(held.call("anything", BODY).await.error(), no(401, "token_invalid"));
    assert_eq!(held.call("t", BODY).await.status, StatusCode::OK);
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_revoked_invite_is_no_key_to_what_it_paid_for() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let own = [format!("regions.own.upstream = \"{}\"", upstream.origin())];
    let key = NamedTempFile::new().unwrap();
    std::fs::write(key.path(), OWN_KEY).unwrap();
    let with = |token| {
        let lines =
            lines(&upstream, &key, &[(token, "images_per_day = 5")], &own.each_ref().map(String::as_str));
        config(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let held = Held { relay: Relay::run(with("old")).await, _key: NamedTempFile::new().unwrap() };
    let job = [("idempotency-key", "0123456789abcdef")];
    assert_eq!(held.call_with("old", BODY, &job).await.status, StatusCode::OK);
    let bearer = [PAGE, ("authorization", "Bearer old")];
    let result = || held.relay.send("GET", "/relay/jobs/0123456789abcdef", &bearer, "");
    assert_eq!(result().await.body, ONE_PICTURE);
    held.relay.reloader.apply(&with("new")).unwrap();
    // The region of callers' keys takes any token for a key.
    assert_eq!(result().await.error().1, "not_found");
}
