//! How a conversation ends: done, failed, lost, given up. Never with a second request.

use std::pin::pin;

use futures_util::future::{Either, select};
use qwen_edit_api::{Charged, Retry};
use qwen_edit_client::{Client, EditResult, Error, ErrorKind, Picture};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake_fetch::FakeFetch;
use crate::fixtures::{MODEL, png_picture, request};

const HTML: &str = "<!doctype html><title>Bad gateway</title>";

async fn edit_with(client: &Client) -> Result<EditResult, Error> {
    let pictures: [Picture; 1] = [png_picture(100)];
    client.edit(&request(&pictures), &pictures, |_| ()).await
}

async fn edit() -> Result<EditResult, Error> {
    edit_with(&Client::new("/relay", "demo")).await
}

/// The kind of failure, after checking what holds for every failure: one request, and never "free" when in doubt.
async fn failure(answer: &str) -> Error {
    let fetch = FakeFetch::answering(answer);
    let error = edit().await.unwrap_err();
    assert_eq!(fetch.calls(), 1, "{answer}");
    error
}

fn is_in_doubt(error: &Error) -> bool {
    error.charged() == Charged::Unknown && error.retry() != Retry::Safe
}

#[wasm_bindgen_test]
async fn a_success_gives_the_pictures() {
    let body = r#"{"output":{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":[
        {"image":"http://h.example/1.png?Expires=1795000000&Signature=s"}]}}]},
        "usage":{"width":1024,"height":768,"image_count":1},"request_id":"r-1"}"#;
    let fetch = FakeFetch::with(200, "application/json", body);
    let result = edit().await.unwrap();
    assert_eq!(result.images[0].url, "https://h.example/1.png?Expires=1795000000&Signature=s");
    assert_eq!(result.images[0].expires_at, Some(1_795_000_000));
    assert_eq!((result.model.as_str(), result.requested, result.is_partial()), (MODEL, 2, true));
    assert_eq!(fetch.calls(), 1);
}

#[wasm_bindgen_test]
async fn a_failed_answer_is_not_asked_for_again() {
    let retryable = r#"{"code":"Throttling.RateQuota","message":"slow down","request_id":"r"}"#;
    for (status, kind, body) in
        [(429, "application/json", retryable), (500, "application/json", retryable), (502, "text/html", HTML)]
    {
        let fetch = FakeFetch::with(status, kind, body);
        let error = edit().await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Upstream(_)), "{error:?}");
        assert_eq!((error.status, fetch.calls()), (Some(status), 1));
    }
}

#[wasm_bindgen_test]
async fn a_lost_connection_leaves_the_outcome_open() {
    let error = failure("return Promise.reject(new TypeError('Failed to fetch'));").await;
    assert_eq!((&error.kind, error.code().as_str()), (&ErrorKind::Network, "network-lost"));
    assert!(is_in_doubt(&error));
}

#[wasm_bindgen_test]
async fn whatever_a_wrapped_fetch_throws_is_an_error_and_no_panic() {
    let strange = [
        "return Promise.reject('closed');",
        "return Promise.reject(undefined);",
        "return Promise.reject(null);",
        "return Promise.reject({name: 7});",
        "return Promise.resolve('not a response');",
        "throw 'at once';",
    ];
    for answer in strange {
        let error = failure(answer).await;
        assert_eq!(error.kind, ErrorKind::Network, "{answer}");
        assert!(is_in_doubt(&error));
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_breaks_off_keeps_its_status_and_request_id() {
    let answer = "const body = new ReadableStream({start(stream) {
            stream.enqueue(new TextEncoder().encode('{\"output\":'));
            stream.error('gone');
        }});
        return Promise.resolve(new Response(body, {status: 200, headers: {'x-request-id': 'r-5'}}));";
    let error = failure(answer).await;
    assert_eq!(error.kind, ErrorKind::Network);
    assert_eq!((error.status, error.request_id.as_deref()), (Some(200), Some("r-5")));
    assert!(is_in_doubt(&error));
}

#[wasm_bindgen_test]
async fn a_call_the_browser_gave_up_is_not_called_free() {
    let error = failure("return Promise.reject(new DOMException('left', 'AbortError'));").await;
    assert_eq!((&error.kind, error.code().as_str()), (&ErrorKind::Aborted, "cancelled"));
    assert!(is_in_doubt(&error));
}

#[wasm_bindgen_test]
async fn running_out_of_time_aborts_and_leaves_the_outcome_open() {
    let fetch = FakeFetch::silent();
    let error = edit_with(&Client::new("/relay", "demo").with_timeout_ms(20)).await.unwrap_err();
    assert_eq!((&error.kind, error.code().as_str()), (&ErrorKind::Timeout, "timeout"));
    assert!(is_in_doubt(&error));
    assert!(fetch.aborted());
}

#[wasm_bindgen_test]
async fn time_also_runs_out_in_the_middle_of_an_answer() {
    let fetch =
        FakeFetch::answering("return Promise.resolve(new Response(new ReadableStream({}), {status: 200}));");
    let error = edit_with(&Client::new("/relay", "demo").with_timeout_ms(20)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(fetch.aborted());
}

#[wasm_bindgen_test]
async fn dropping_the_future_aborts_the_request() {
    let fetch = FakeFetch::silent();
    {
        let edit = pin!(edit());
        let called = pin!(fetch.called());
        assert!(matches!(select(edit, called).await, Either::Right(_)), "a silent server cannot end an edit");
        assert!(!fetch.aborted());
    }
    assert!(fetch.aborted());
}

#[wasm_bindgen_test]
async fn a_relay_address_that_is_none_sends_nothing() {
    let fetch = FakeFetch::silent();
    for base in ["http://[", "https://user:password@relay.example/relay"] {
        let error = edit_with(&Client::new(base, "demo")).await.unwrap_err();
        assert_eq!((&error.kind, error.charged()), (&ErrorKind::Unreachable, Charged::No), "{base}");
    }
    assert_eq!(fetch.calls(), 0);
}

#[wasm_bindgen_test]
async fn a_page_without_a_relay_is_told_apart() {
    let _fetch = FakeFetch::with(404, "text/html", HTML);
    let error = edit().await.unwrap_err();
    assert_eq!((&error.kind, error.status), (&ErrorKind::NotARelay, Some(404)));
}

#[wasm_bindgen_test]
async fn the_relays_own_errors_are_known_by_their_mark() {
    let error = failure(
        r#"return Promise.resolve(new Response(
            '{"error":{"code":"upstream_timeout","message":"m","request_id":"r-2","charged":"unknown"}}',
            {status: 504, headers: {'x-qwen-edit-relay': '1', 'content-type': 'application/json'}}));"#,
    )
    .await;
    assert_eq!((error.code().as_str(), error.request_id.as_deref()), ("relay:upstream_timeout", Some("r-2")));
    assert!(is_in_doubt(&error));
}

/// The one test with the real `fetch`: the server of this test page has no relay.
#[wasm_bindgen_test]
async fn the_browsers_own_fetch_is_understood() {
    let error = edit_with(&Client::new("/nowhere", "demo")).await.unwrap_err();
    assert_eq!((&error.kind, error.status), (&ErrorKind::NotARelay, Some(404)));
    assert_eq!(Client::relay_info("/nowhere").await, Ok(None));
}
