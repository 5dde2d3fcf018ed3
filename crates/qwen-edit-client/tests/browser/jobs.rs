//! Edits that can be picked up: one POST, and as many questions as it takes.

use qwen_edit_api::Charged;
use qwen_edit_client::{Client, EditResult, Error, ErrorKind, JobId, Picture, Progress};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake_fetch::FakeFetch;
use crate::fixtures::{MODEL, png_picture, request};

const ID: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

/// A fetch that goes through `answers`, each a JavaScript expression; the last one repeats.
fn in_turn(answers: &[&str]) -> FakeFetch {
    let thunks: Vec<String> = answers.iter().map(|answer| format!("() => {answer}")).collect();
    FakeFetch::answering(&format!(
        "const json = (status, body, headers) => Promise.resolve(new Response(body,
            {{status, headers: {{'content-type': 'application/json', ...headers}}}}));
         const relay = (status, error) => json(status, JSON.stringify({{error}}), {{'x-qwen-edit-relay': '1'}});
         const lost = () => Promise.reject(new TypeError('Failed to fetch'));
         const done = () => json(200, '{{\"output\":{{\"choices\":[{{\"message\":{{\"content\":[{{\"image\":\"https://h.example/1.png\"}}]}}}}]}}}}');
         const answers = [{}];
         globalThis.__turn = (globalThis.__turn ?? -1) + 1;
         return answers[Math.min(globalThis.__turn, answers.length - 1)]();",
        thunks.join(", ")
    ))
}

fn job() -> JobId {
    js_sys::Reflect::delete_property(&js_sys::global(), &"__turn".into()).unwrap();
    JobId::parse(ID).unwrap()
}

async fn edit(job: &JobId) -> (Result<EditResult, Error>, bool) {
    let pictures: [Picture; 1] = [png_picture(100)];
    let accepted = std::cell::Cell::new(false);
    let client = Client::new("https://relay.example/relay", "demo");
    let result = client
        .edit_as(job, &request(&pictures), &pictures, |progress| {
            accepted.set(accepted.get() || progress == Progress::Accepted);
        })
        .await;
    (result, accepted.get())
}

#[wasm_bindgen_test]
async fn an_accepted_edit_is_waited_for_and_picked_up() {
    let job = job();
    let fetch = in_turn(&["json(202, '{}')", "json(202, '{}')", "done()"]);
    let (result, accepted) = edit(&job).await;
    assert_eq!(result.unwrap().images[0].url, "https://h.example/1.png");
    assert!(accepted);
    assert_eq!(fetch.calls(), 3);
    assert_eq!(fetch.methods(), ["POST", "GET", "GET"]);
    assert_eq!(fetch.urls()[1], format!("https://relay.example/relay/jobs/{ID}"));
}

#[wasm_bindgen_test]
async fn a_connection_lost_after_sending_is_asked_about_and_not_sent_again() {
    let job = job();
    let fetch = in_turn(&["lost()", "lost()", "json(502, '<html>')", "done()"]);
    let (result, _) = edit(&job).await;
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(fetch.methods(), ["POST", "GET", "GET", "GET"]);
}

#[wasm_bindgen_test]
async fn a_job_that_was_not_executed_is_the_failure_that_kept_it_from_being() {
    let job = job();
    let throttled = "{status: 429, body: {code: 'Throttling', message: 'slow down'}}";
    let released =
        format!("relay(404, {{code: 'not_found', message: 'm', charged: 'no', last_error: {throttled}}})");
    let _fetch = in_turn(&["json(202, '{}')", &released]);
    let error = edit(&job).await.0.unwrap_err();
    assert_eq!((error.code().as_str(), error.status), ("Throttling", Some(429)));
    assert_eq!(error.charged(), Charged::No);
}

#[wasm_bindgen_test]
async fn an_outcome_the_relay_does_not_know_stays_in_doubt() {
    let job = job();
    let _fetch = in_turn(&[
        "json(202, '{}')",
        "relay(409, {code: 'outcome_unknown', message: 'm', charged: 'unknown'})",
    ]);
    let error = edit(&job).await.0.unwrap_err();
    assert_eq!((error.code().as_str(), error.charged()), ("relay:outcome_unknown", Charged::Unknown));
}

#[wasm_bindgen_test]
async fn a_refusal_is_told_at_once() {
    let job = job();
    let fetch = in_turn(&["relay(429, {code: 'budget_exhausted', message: 'm', charged: 'no'})"]);
    let (result, accepted) = edit(&job).await;
    assert_eq!(result.unwrap_err().code(), "relay:budget_exhausted");
    assert!(!accepted);
    assert_eq!(fetch.calls(), 1);
}

#[wasm_bindgen_test]
async fn resuming_gives_up_after_its_time_and_says_that_the_outcome_is_open() {
    let job = job();
    let _fetch = in_turn(&["json(202, '{}')"]);
    let client = Client::new("/relay", "demo").with_timeout_ms(100);
    let error = client.resume(&job, MODEL, 1, |_| ()).await.unwrap_err();
    assert_eq!((error.kind.clone(), error.charged()), (ErrorKind::Timeout, Charged::Unknown));
}
