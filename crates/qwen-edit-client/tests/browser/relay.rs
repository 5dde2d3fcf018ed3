//! The requests that cost nothing: what a relay offers, and the bytes of a result.

use qwen_edit_api::{Charged, DEMO_KEY};
use qwen_edit_client::{Client, ErrorKind, KeyHolder};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake_fetch::FakeFetch;
use crate::fixtures::bytes;

const LINK: &str = "https://h.example/a.png?Expires=1&Signature=a%2Bb%3D+c&OSSAccessKeyId=é";

#[wasm_bindgen_test]
async fn a_relay_tells_what_it_offers() {
    let body = r#"{"version":"0.1.0","regions":[{"id":"beijing","key":"server"}],"image_route":true,"jobs":false,"limits":{}}"#;
    let fetch = FakeFetch::with(200, "application/json", body);
    let info = Client::relay_info("https://relay.example/relay/").await.unwrap().unwrap();
    assert_eq!(info.region("beijing").unwrap().key, KeyHolder::Server);
    assert!(info.image_route);
    assert_eq!(
        (fetch.text("method"), fetch.text("url")),
        ("GET".into(), "https://relay.example/relay/relay.json".into())
    );
    assert!(fetch.headers().is_empty(), "a simple request needs no preflight");
}

#[wasm_bindgen_test]
async fn a_plain_relay_tells_nothing() {
    let answers = [
        (404, "text/html", "<!doctype html>"),
        (200, "text/html", "<!doctype html>"),
        (200, "application/json", r#"{"name":"something else"}"#),
        (401, "application/json", r#"{"code":"InvalidApiKey","message":"m"}"#),
        (502, "text/plain", "no relay behind this proxy"),
    ];
    for (status, kind, body) in answers {
        let _fetch = FakeFetch::with(status, kind, body);
        assert_eq!(Client::relay_info("/relay").await, Ok(None), "{status} {body}");
    }
}

#[wasm_bindgen_test]
async fn a_relay_that_refuses_the_page_says_why() {
    let _fetch = FakeFetch::answering(
        r#"return Promise.resolve(new Response('{"error":{"code":"origin_not_allowed","message":"m","charged":"no"}}',
            {status: 403, headers: {'x-qwen-edit-relay': '1'}}));"#,
    );
    assert_eq!(Client::relay_info("/relay").await.unwrap_err().code(), "relay:origin_not_allowed");
}

#[wasm_bindgen_test]
async fn a_relay_that_is_not_there_costs_nothing() {
    let fetch = FakeFetch::answering("return Promise.reject(new TypeError('Failed to fetch'));");
    let error = Client::relay_info("/relay").await.unwrap_err();
    assert_eq!((&error.kind, error.charged()), (&ErrorKind::Unreachable, Charged::No));
    assert_eq!(fetch.calls(), 1);
}

#[wasm_bindgen_test]
async fn a_result_comes_through_the_image_route_with_its_link_intact() {
    let fetch = FakeFetch::answering(
        "return Promise.resolve(new Response(new Uint8Array([1, 2, 3]), {headers: {'content-type': 'image/png'}}));",
    );
    let picture = Client::new("https://relay.example/relay", "demo").fetch_image(LINK).await.unwrap();
    assert_eq!(bytes(&picture).await, [1, 2, 3]);
    assert_eq!(picture.type_(), "image/png");

    let url = web_sys::Url::new(&fetch.text("url")).unwrap();
    assert_eq!(url.pathname(), "/relay/image");
    let given = crate::fixtures::js("return new URL(it).searchParams.get('url');", &url.href().into());
    assert_eq!(given.as_string().as_deref(), Some(LINK));
    assert_eq!(fetch.headers(), [format!("authorization: Bearer {DEMO_KEY}")]);
}

#[wasm_bindgen_test]
async fn an_expired_link_is_told_apart() {
    let _fetch = FakeFetch::with(
        410,
        "application/json",
        r#"{"error":{"code":"link_expired","message":"m","request_id":"r","charged":"no"}}"#,
    );
    let error = Client::new("/relay", "demo").fetch_image(LINK).await.unwrap_err();
    assert_eq!(error.code(), "relay:link_expired");
}

#[wasm_bindgen_test]
async fn what_is_no_picture_is_not_handed_on() {
    let cases = [
        (200, "text/html", ErrorKind::NotARelay),
        (404, "text/html", ErrorKind::NotARelay),
        (200, "application/json", ErrorKind::Decode { detail: "its content type is not image/*".into() }),
        (502, "text/html", ErrorKind::Unreachable),
    ];
    for (status, kind, expected) in cases {
        let _fetch = FakeFetch::with(status, kind, "<!doctype html>");
        let error = Client::new("/relay", "demo").fetch_image(LINK).await.unwrap_err();
        assert_eq!(error.kind, expected, "{status} {kind}");
    }
}
