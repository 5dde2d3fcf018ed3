//! Calls with a key: sent at most once, and found again by whoever sent them.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::client::Answer;
use crate::support::{BODY, GENERATION, JSON, KEY, PAGE, Relay, Upstream, eventually};

const ID: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";
const RESULT: &str = "/relay/jobs/8e03978e-40d5-43e8-bc93-6894a57f9324";
const JOB: (&str, &str) = ("idempotency-key", ID);
const ASYNC: (&str, &str) = ("prefer", "respond-async");
const ONE_PICTURE: &str = r#"{"output":{"choices":[{"message":{"content":[{"image":"https://x/a.png"}]}}]}}"#;

async fn post(relay: &Relay, more: &[(&str, &str)], body: &str) -> Answer {
    let headers: Vec<_> = [PAGE, KEY, JSON, JOB].into_iter().chain(more.iter().copied()).collect();
    relay.send("POST", GENERATION, &headers, body.to_owned()).await
}

async fn result(relay: &Relay, more: &[(&str, &str)]) -> Answer {
    let headers: Vec<_> = [PAGE, KEY].into_iter().chain(more.iter().copied()).collect();
    relay.send("GET", RESULT, &headers, "").await
}

fn error(status: u16, code: &str, charged: &str) -> (u16, String, String) {
    (status, code.to_owned(), charged.to_owned())
}

/// A relay with its state in a directory that outlives it.
async fn start(upstream: &Upstream, state: &TempDir, more: &[&str]) -> Relay {
    let state = format!("state_dir = \"{}\"", state.path().display());
    let lines: Vec<&str> = [state.as_str()].into_iter().chain(more.iter().copied()).collect();
    Relay::start(upstream, &lines).await
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_bytes_and_is_not_sent_again() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &[]).await;
    let first = post(&relay, &[], BODY).await;
    let second = post(&relay, &[], BODY).await;
    let fetched = result(&relay, &[]).await;
    assert_eq!((first.status, &first.body[..]), (StatusCode::OK, ONE_PICTURE.as_bytes()));
    assert!(!first.headers.contains_key("idempotency-replayed"));
    for replayed in [second, fetched] {
        assert_eq!((replayed.status, &replayed.body), (first.status, &first.body));
        assert_eq!(replayed.headers["idempotency-replayed"], "true");
        assert_eq!(replayed.headers["access-control-allow-origin"], "https://app.example");
        assert_eq!(replayed.headers["cache-control"], "no-store");
    }
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn one_key_cannot_stand_for_two_requests() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &[]).await;
    post(&relay, &[], BODY).await;
    let other = BODY.replace("[]", "[{}]");
    assert_eq!(post(&relay, &[], &other).await.error(), error(422, "idempotency_conflict", "no"));
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn somebody_elses_key_is_no_key() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &[]).await;
    post(&relay, &[], BODY).await;
    let stranger = ("authorization", "Bearer sk-other");
    let foreign = relay.send("GET", RESULT, &[stranger], "").await;
    let unknown = relay.send("GET", &RESULT.replace('8', "9"), &[stranger], "").await;
    assert_eq!(foreign.error(), error(404, "not_found", "unknown"));
    assert_eq!(foreign.json()["error"]["message"], unknown.json()["error"]["message"]);
    assert_eq!(relay.send("GET", RESULT, &[], "").await.error(), error(401, "key_missing", "no"));
}

#[tokio::test]
async fn an_asynchronous_call_is_accepted_and_picked_up() {
    let upstream = Upstream::json_after(Duration::from_millis(300), 200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &[]).await;
    let accepted = post(&relay, &[ASYNC], BODY).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED);
    assert_eq!(accepted.headers["location"], RESULT);
    assert_eq!(accepted.headers["preference-applied"], "respond-async");
    assert_eq!(accepted.json()["job"]["status"], "running");
    assert_eq!(result(&relay, &[]).await.status, StatusCode::ACCEPTED);
    let again = post(&relay, &[ASYNC], BODY).await;
    assert_eq!(again.error(), error(409, "idempotency_running", "unknown"));
    assert!(again.headers.contains_key("retry-after"));
    let done = result(&relay, &[("prefer", "wait=25")]).await;
    assert_eq!((done.status, &done.body[..]), (StatusCode::OK, ONE_PICTURE.as_bytes()));
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_client_that_vanishes_changes_nothing() {
    let upstream = Upstream::json_after(Duration::from_millis(300), 200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &[]).await;
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\nauthorization: {}\r\ncontent-type: application/json\r\n\
         idempotency-key: {ID}\r\ncontent-length: {}\r\n\r\n{BODY}",
        relay.address,
        KEY.1,
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    eventually("the call to go out", || upstream.requests().len() == 1).await;
    stream.set_zero_linger().unwrap();
    drop(stream);
    let done = result(&relay, &[("prefer", "wait=25")]).await;
    assert_eq!(done.body, ONE_PICTURE);
}

#[tokio::test]
async fn a_body_that_ends_early_is_never_sent_on_and_leaves_the_key_free() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &[]).await;
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\nauthorization: {}\r\ncontent-type: application/json\r\n\
         idempotency-key: {ID}\r\ncontent-length: {}\r\n\r\n{}",
        relay.address,
        KEY.1,
        BODY.len(),
        &BODY[..BODY.len() / 2]
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    eventually("the relay to connect", || upstream.hits() == 1).await;
    assert_eq!(result(&relay, &[]).await.error(), error(404, "not_found", "unknown"));
    drop(stream);
    let mut again = post(&relay, &[], BODY).await;
    while again.status == StatusCode::CONFLICT {
        again = post(&relay, &[], BODY).await;
    }
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_hundred_clients_with_one_key_make_one_call() {
    let upstream = Upstream::json_after(Duration::from_millis(200), 200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &[]).await;
    let answers = join_all((0..100).map(|_| post(&relay, &[], BODY))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(count(200) + count(409), 100);
    assert!(count(200) >= 1);
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_busy_api_leaves_the_key_free_for_the_same_request() {
    let upstream = Upstream::json(429, r#"{"code":"Throttling","message":"slow down"}"#).await;
    let relay = Relay::start(&upstream, &[]).await;
    assert_eq!(post(&relay, &[], BODY).await.status, StatusCode::TOO_MANY_REQUESTS);
    let missing = result(&relay, &[]).await;
    assert_eq!(missing.error(), error(404, "not_found", "no"));
    assert_eq!(missing.json()["error"]["last_error"]["status"], 429);
    assert_eq!(missing.json()["error"]["last_error"]["body"]["code"], "Throttling");
    let other = BODY.replace("[]", "[{}]");
    assert_eq!(post(&relay, &[], &other).await.error(), error(422, "idempotency_conflict", "no"));
    assert_eq!(upstream.requests().len(), 1, "the other request was held back");
    post(&relay, &[], BODY).await;
    assert_eq!(upstream.requests().len(), 2);
}

#[tokio::test]
async fn a_final_refusal_is_an_answer() {
    let upstream = Upstream::json(400, r#"{"code":"InvalidParameter","message":"n"}"#).await;
    let relay = Relay::start(&upstream, &[]).await;
    for _ in 0..2 {
        assert_eq!(post(&relay, &[], BODY).await.json()["code"], "InvalidParameter");
    }
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_for_ever() {
    let upstream = Upstream::raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{").await;
    let relay = Relay::start(&upstream, &[]).await;
    assert_eq!(post(&relay, &[], BODY).await.error(), error(502, "outcome_unknown", "unknown"));
    for _ in 0..2 {
        assert_eq!(post(&relay, &[], BODY).await.error(), error(409, "outcome_unknown", "unknown"));
        assert_eq!(result(&relay, &[]).await.error(), error(409, "outcome_unknown", "unknown"));
    }
    assert_eq!(upstream.hits(), 1);
}

#[tokio::test]
async fn answers_survive_a_restart() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = start(&upstream, &state, &[]).await;
    post(&relay, &[], BODY).await;
    relay.stop().await.unwrap();
    let relay = start(&upstream, &state, &[]).await;
    assert_eq!(result(&relay, &[]).await.body, ONE_PICTURE);
    assert_eq!(post(&relay, &[], BODY).await.body, ONE_PICTURE);
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_stopping_relay_waits_for_calls_whose_callers_are_gone() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json_after(Duration::from_millis(300), 200, ONE_PICTURE).await;
    let relay = start(&upstream, &state, &[]).await;
    assert_eq!(post(&relay, &[ASYNC], BODY).await.status, StatusCode::ACCEPTED);
    relay.stop().await.unwrap();
    let relay = start(&upstream, &state, &[]).await;
    assert_eq!(result(&relay, &[]).await.body, ONE_PICTURE);
}

#[tokio::test]
async fn a_call_cut_off_by_the_drain_limit_has_an_unknown_outcome() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json_after(Duration::from_secs(60), 200, ONE_PICTURE).await;
    let relay = start(&upstream, &state, &["limits.drain_timeout = \"200ms\""]).await;
    assert_eq!(post(&relay, &[ASYNC], BODY).await.status, StatusCode::ACCEPTED);
    relay.stop().await.unwrap();
    let relay = start(&upstream, &state, &[]).await;
    assert_eq!(result(&relay, &[]).await.error(), error(409, "outcome_unknown", "unknown"));
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_store_that_is_gone_or_full_refuses_before_anything_is_sent() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = start(&upstream, &state, &[]).await;
    std::fs::remove_dir_all(state.path()).unwrap();
    for _ in 0..3 {
        assert_eq!(post(&relay, &[], BODY).await.error().1, "state_unavailable");
    }
    assert_eq!(upstream.requests().len(), 0);
    assert!(!state.path().exists(), "an empty store would not know what was paid");
    let tight = ["limits.answer_bytes = 1000", "limits.state_bytes = 2500"];
    let relay = Relay::start(&upstream, &tight).await;
    let mut statuses = Vec::new();
    for index in 0..6 {
        let key = format!("unread-paid-answer-{index}");
        let headers = [KEY, JSON, ("idempotency-key", key.as_str()), ASYNC];
        statuses.push(relay.send("POST", GENERATION, &headers, BODY).await.status.as_u16());
        eventually("the call to end", || true).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(statuses.contains(&503), "nothing unread and paid makes room: {statuses:?}");
    let sent = statuses.iter().filter(|status| **status < 300).count();
    assert_eq!(upstream.requests().len(), sent);
}

#[tokio::test]
async fn a_call_that_was_running_when_the_store_went_away_keeps_its_answer() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json_after(Duration::from_millis(300), 200, ONE_PICTURE).await;
    let relay = start(&upstream, &state, &[]).await;
    assert_eq!(post(&relay, &[ASYNC], BODY).await.status, StatusCode::ACCEPTED);
    std::fs::remove_dir_all(state.path()).unwrap();
    assert_eq!(result(&relay, &[("prefer", "wait=25")]).await.body, ONE_PICTURE);
    // Longer than the pause before the end is written again.
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(result(&relay, &[]).await.body, ONE_PICTURE);
    assert_eq!(post(&relay, &[], BODY).await.error(), error(409, "idempotency_running", "unknown"));
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn jobs_that_cannot_be_read_are_not_called_free() {
    let state = TempDir::new().unwrap();
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = start(&upstream, &state, &[]).await;
    assert_eq!(post(&relay, &[], BODY).await.status, StatusCode::OK);
    std::fs::remove_dir_all(state.path()).unwrap();
    // The first write notices it.
    let headers = [KEY, JSON, ("idempotency-key", "another-key-of-16")];
    let first = relay.send("POST", GENERATION, &headers, BODY).await;
    assert_eq!(
        first.error(),
        error(503, "state_unavailable", "no"),
        "this one was looked up, and never sent"
    );
    for answer in [post(&relay, &[], BODY).await, result(&relay, &[]).await] {
        assert_eq!(answer.error(), error(503, "state_unavailable", "unknown"));
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("the same key"));
    }
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_repeated_request_that_is_refused_says_nothing_about_the_call() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &["limits.body_timeout = \"200ms\""]).await;
    assert_eq!(post(&relay, &[], BODY).await.status, StatusCode::OK);
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {}\r\nauthorization: {}\r\ncontent-type: application/json\r\n\
         idempotency-key: {ID}\r\ncontent-length: {}\r\n\r\n{{",
        relay.address,
        KEY.1,
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("body_timeout") && answer.contains("\"charged\":\"unknown\""), "{answer}");
    assert!(!answer.contains("Nothing was executed"), "{answer}");
}

#[tokio::test]
async fn answers_that_were_handed_out_make_room_and_are_not_paid_again() {
    let long: &'static str = format!("{ONE_PICTURE}{}", " ".repeat(800)).leak();
    let upstream = Upstream::json(200, long).await;
    // An answer stays for one part in 24 of a job's life after it was handed out: for a second.
    let limits =
        ["answer_bytes = 1000", "state_bytes = 5000", "total_timeout = \"20s\"", "job_life = \"24s\""];
    let limits = limits.map(|limit| format!("limits.{limit}"));
    let relay = Relay::start(&upstream, &limits.each_ref().map(String::as_str)).await;
    let key = |index| format!("read-answer-number-{index}");
    let ask = async |method, path: &str, key: &str| {
        relay.send(method, path, &[KEY, JSON, ("idempotency-key", key)], BODY).await
    };
    // The first answer goes to the caller of the call, the others are picked up.
    for index in 0..5 {
        let answer = loop {
            let answer = ask("POST", GENERATION, &key(index)).await;
            if answer.status != StatusCode::SERVICE_UNAVAILABLE {
                break answer;
            }
            assert!(index > 1, "there is room for two");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        assert_eq!(answer.status, StatusCode::OK, "{index}");
        let path = format!("/relay/jobs/{}", key(index));
        assert!(index == 0 || relay.send("GET", &path, &[KEY], "").await.body == long, "{index}");
    }
    let path = format!("/relay/jobs/{}", key(0));
    for answer in [ask("POST", GENERATION, &key(0)).await, relay.send("GET", &path, &[KEY], "").await] {
        assert_eq!(answer.error(), error(409, "outcome_unknown", "unknown"));
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("no longer kept"));
    }
    assert_eq!(upstream.requests().len(), 5);
}

#[tokio::test]
async fn jobs_are_forgotten_after_their_life() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &["limits.job_life = \"1s\"", "limits.total_timeout = \"1s\""]).await;
    post(&relay, &[], BODY).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(result(&relay, &[]).await.error(), error(404, "not_found", "unknown"));
}

#[tokio::test]
async fn a_call_that_could_not_be_picked_up_is_refused() {
    let upstream = Upstream::json(200, ONE_PICTURE).await;
    let relay = Relay::start(&upstream, &[]).await;
    let headers = [KEY, JSON, ASYNC];
    let refused = relay.send("POST", GENERATION, &headers, BODY).await;
    assert_eq!(refused.error(), error(400, "idempotency_key_missing", "no"));
    assert_eq!(upstream.hits(), 0);
}
