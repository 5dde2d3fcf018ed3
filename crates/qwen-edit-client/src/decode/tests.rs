use qwen_edit_api::Retry;

use super::*;

const HTML: &[u8] = b"<!DOCTYPE html><html><body><h1>Not here</h1></body></html>";

fn head(status: u16, content_type: &str) -> Head {
    Head { status, content_type: Some(content_type.to_owned()), ..Head::default() }
}

fn json(status: u16) -> Head {
    head(status, "application/json")
}

fn decode(head: &Head, body: &[u8]) -> Result<EditResult, Error> {
    edit_answer(head, body, "qwen-image-2.0-pro", 2)
}

fn upstream(error: &Error) -> &UpstreamFailure {
    match &error.kind {
        ErrorKind::Upstream(failure) => failure,
        other => panic!("expected the vendor's failure, got {other:?}"),
    }
}

fn relay_body(code: &str, charged: &str) -> Vec<u8> {
    format!(r#"{{"error":{{"code":"{code}","message":"m","request_id":"r-9","charged":"{charged}"}}}}"#)
        .into_bytes()
}

fn done(images: &[&str]) -> Vec<u8> {
    let content: Vec<_> = images.iter().map(|url| serde_json::json!({ "image": url })).collect();
    serde_json::json!({
        "output": {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": content}}]},
        "usage": {"width": 1024, "height": 768, "image_count": images.len()},
        "request_id": "r-1",
    })
    .to_string()
    .into_bytes()
}

#[test]
fn a_success_keeps_every_picture_in_order() {
    let body =
        done(&["https://h.example/1.png?Expires=1795000000&Signature=a%2Bb", "https://h.example/2.png"]);
    let result = decode(&json(200), &body).unwrap();
    assert_eq!(
        result.images,
        [
            ResultImage {
                url: "https://h.example/1.png?Expires=1795000000&Signature=a%2Bb".into(),
                expires_at: Some(1_795_000_000)
            },
            ResultImage { url: "https://h.example/2.png".into(), expires_at: None },
        ]
    );
    assert_eq!((result.model.as_str(), result.requested), ("qwen-image-2.0-pro", 2));
    assert_eq!(result.request_id.as_deref(), Some("r-1"));
    assert_eq!(result.usage.unwrap().width, Some(1024));
}

#[test]
fn fewer_pictures_than_asked_are_a_partial_success() {
    let whole = decode(&json(200), &done(&["https://h.example/1.png", "https://h.example/2.png"])).unwrap();
    let part = decode(&json(200), &done(&["https://h.example/1.png"])).unwrap();
    assert!(!whole.is_partial());
    assert!(part.is_partial());
}

#[test]
fn http_links_are_upgraded_except_on_this_machine() {
    let result =
        decode(&json(200), &done(&["http://h.example/1.png", "http://127.0.0.1:8788/2.png"])).unwrap();
    assert_eq!(result.images[0].url, "https://h.example/1.png");
    assert_eq!(result.images[1].url, "http://127.0.0.1:8788/2.png");
}

#[test]
fn the_vendors_failures_keep_code_message_and_request_under_any_status() {
    for status in [400, 401, 403, 404, 408, 413, 415, 429, 500, 503] {
        let body = br#"{"request_id":"r-2","code":"Some.NewCode","message":"as the vendor says"}"#;
        let error = decode(&json(status), body).unwrap_err();
        assert_eq!(upstream(&error).message.as_deref(), Some("as the vendor says"));
        assert_eq!(error.code(), "Some.NewCode");
        assert_eq!((error.status, error.request_id.as_deref()), (Some(status), Some("r-2")));
    }
}

#[test]
fn a_code_in_an_answer_with_status_200_is_a_failure() {
    let body = br#"{"request_id":"r-3","code":"DataInspectionFailed","message":"inappropriate"}"#;
    let error = decode(&json(200), body).unwrap_err();
    assert_eq!(error.code(), "DataInspectionFailed");
}

#[test]
fn answers_that_are_no_answers_keep_their_shape() {
    let cases: [(Head, &[u8], Shape); 5] = [
        (head(502, "text/html"), HTML, Shape::Html),
        (head(504, "text/html; charset=utf-8"), HTML, Shape::Html),
        (json(200), b"", Shape::Empty),
        (json(500), b"", Shape::Empty),
        (json(200), br#"{"output":{"choices":[{"mess"#, Shape::Truncated),
    ];
    for (head, body, shape) in cases {
        let error = decode(&head, body).unwrap_err();
        assert_eq!(upstream(&error).shape, shape, "{head:?}");
    }
}

#[test]
fn an_answer_lost_after_the_work_was_done_is_never_safe_to_repeat() {
    let lost: [(Head, &[u8]); 4] = [
        (json(200), b""),
        (json(200), br#"{"output":{"choices":[{"mess"#),
        (head(502, "text/html"), HTML),
        (head(504, "text/html"), HTML),
    ];
    for (head, body) in lost {
        let error = decode(&head, body).unwrap_err();
        assert_ne!(error.charged(), Charged::No, "{head:?}");
        assert_ne!(error.retry(), Retry::Safe, "{head:?}");
    }
}

#[test]
fn a_success_without_pictures_is_a_failure() {
    assert!(decode(&json(200), &done(&[])).is_err());
}

#[test]
fn a_page_where_the_relay_should_be_is_recognised() {
    let pages: [(Head, &[u8]); 6] = [
        (head(404, "text/html"), HTML),
        (head(404, "text/plain"), b"404 page not found"),
        (head(404, ""), b""),
        (json(404), br#"{"detail":"Not Found"}"#),
        (head(405, "text/html"), HTML),
        (head(200, "text/html"), HTML),
    ];
    for (head, body) in pages {
        let error = decode(&head, body).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotARelay, "{head:?}");
        assert_eq!(error.status, Some(head.status));
    }
}

#[test]
fn an_unfollowed_redirect_is_no_relay() {
    assert_eq!(decode(&Head::default(), b"").unwrap_err().kind, ErrorKind::NotARelay);
}

#[test]
fn the_vendors_own_404_is_not_a_missing_relay() {
    let error =
        decode(&json(404), br#"{"code":"ModelNotFound","message":"m","request_id":"r"}"#).unwrap_err();
    assert_eq!(error.code(), "ModelNotFound");
}

#[test]
fn the_relays_errors_are_told_from_the_vendors_by_the_header() {
    let marked = Head { from_relay: true, ..json(403) };
    let error = decode(&marked, &relay_body("origin_not_allowed", "no")).unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::Relay { code: "origin_not_allowed".into(), message: "m".into(), charged: Charged::No }
    );
    assert_eq!((error.status, error.request_id.as_deref()), (Some(403), Some("r-9")));
    assert_eq!(error.code(), "relay:origin_not_allowed");
}

#[test]
fn a_hidden_header_does_not_hide_the_relays_error() {
    let error = decode(&json(504), &relay_body("upstream_timeout", "unknown")).unwrap_err();
    assert_eq!(error.code(), "relay:upstream_timeout");
    assert_eq!(error.charged(), Charged::Unknown);
}

#[test]
fn an_error_object_that_says_nothing_of_money_is_not_the_relays() {
    let body = br#"{"error":{"code":"InvalidParameter","message":"m","type":"invalid_request_error"}}"#;
    upstream(&decode(&json(400), body).unwrap_err());
}

#[test]
fn a_relay_error_that_arrived_in_part_leaves_the_charge_open() {
    let marked = Head { from_relay: true, request_id: Some("r-7".into()), ..json(502) };
    let error = decode(&marked, br#"{"error":{"code":"upst"#).unwrap_err();
    assert_eq!((error.code().as_str(), error.charged()), ("relay:internal", Charged::Unknown));
    assert_eq!(error.request_id.as_deref(), Some("r-7"));
    assert_ne!(error.retry(), Retry::Safe);
}

#[test]
fn a_request_id_in_the_header_stands_in_for_one_in_the_body() {
    let with_id = Head { request_id: Some("r-h".into()), ..head(502, "text/html") };
    assert_eq!(decode(&with_id, HTML).unwrap_err().request_id.as_deref(), Some("r-h"));
}

#[test]
fn refusals_of_free_requests_never_speak_of_money() {
    let marked = Head { from_relay: true, ..json(410) };
    assert_eq!(free_refusal(&marked, &relay_body("link_expired", "no")).code(), "relay:link_expired");
    assert_eq!(free_refusal(&head(404, "text/html"), HTML).kind, ErrorKind::NotARelay);
    let gateway = free_refusal(&head(502, "text/html"), HTML);
    assert_eq!((gateway.kind.clone(), gateway.charged()), (ErrorKind::Unreachable, Charged::No));
}

// The generator needs an operating system.
#[cfg(not(target_arch = "wasm32"))]
proptest::proptest! {
    #[test]
    fn any_answer_is_read_without_a_panic(status in 0u16..1000, marked: bool, body: Vec<u8>) {
        let head = Head { from_relay: marked, ..json(status) };
        let _ = decode(&head, &body);
        let _ = free_refusal(&head, &body);
    }
}
