//! Results: links and bytes, complete, partial and expired.

use std::thread;
use std::time::{Duration, Instant};

use contract_tests::edit::{call, png_size};
use contract_tests::http;
use contract_tests::stack::Stack;
use serde_json::json;

#[test]
fn a_picture_through_the_relay_is_the_picture_byte_for_byte() {
    let stack = Stack::start();
    let links = stack.relay.generate(&call(&json!({"n": 3, "size": "768*512"}))).links();
    assert_eq!(links.len(), 3);
    for link in &links {
        let direct = http::get(link);
        let through = stack.relay.image(link);
        assert_eq!((direct.status, through.status), (200, 200), "{}", through.text());
        assert_eq!(png_size(&direct.body), (768, 512));
        assert!(through.body == direct.body, "{} and {} bytes", through.body.len(), direct.body.len());
    }
}

#[test]
fn a_picture_is_handed_over_as_a_harmless_download_under_the_wanted_name() {
    let stack = Stack::start();
    let links = stack.relay.generate(&call(&json!({"size": "512*512"}))).links();
    let answer = http::send(stack.relay.asking(&stack.relay.image_url(&links[0], Some("../雪 1.html"))));
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert!(answer.header("content-security-policy").contains("sandbox"), "{:?}", answer.headers);
    let disposition = answer.header("content-disposition");
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    assert!(disposition.ends_with("filename*=UTF-8''%E9%9B%AA%201.html.png"), "{disposition}");
    assert_eq!(answer.header("server"), "", "nothing of the object store's own headers");
}

#[test]
fn whoever_may_not_call_gets_no_pictures_either() {
    let stack = Stack::start();
    let links = stack.relay.generate(&call(&json!({"size": "512*512"}))).links();
    let answer = http::get(&stack.relay.image_url(&links[0], None));
    assert_eq!((answer.status, answer.relay_error().0.as_str()), (401, "key_missing"));
}

#[test]
fn a_partial_success_keeps_every_picture_that_was_made() {
    let stack = Stack::start();
    stack.sim.queue(&json!({"partial": 2}));
    let answer = stack.relay.generate(&call(&json!({"n": 4, "size": "512*512"})));
    assert_eq!(answer.links().len(), 2);
    for link in answer.links() {
        assert_eq!(png_size(&stack.relay.image(&link).body), (512, 512));
    }
}

#[test]
fn an_expired_link_is_gone_and_the_relay_says_why() {
    let stack = Stack::start();
    stack.sim.queue(&json!({"link_life_ms": 1}));
    let links = stack.relay.generate(&call(&json!({"size": "512*512"}))).links();
    let deadline = Instant::now() + Duration::from_secs(10);
    let answer = loop {
        let answer = stack.relay.image(&links[0]);
        if answer.status != 200 {
            break answer;
        }
        assert!(Instant::now() < deadline, "the link does not expire");
        thread::yield_now();
    };
    assert_eq!(answer.status, 410);
    assert_eq!(answer.relay_error(), ("link_expired".to_owned(), "no".to_owned()));
    assert!(!answer.text().contains("Signature") && !answer.text().contains("<?xml"), "{}", answer.text());
}

#[test]
fn a_forged_link_and_a_link_to_an_unknown_host_give_no_picture() {
    let stack = Stack::start();
    stack.sim.queue(&json!({"unknown_host_links": true}));
    let unknown = stack.relay.generate(&call(&json!({"size": "512*512"}))).links();
    let answer = stack.relay.image(&unknown[0]);
    assert_eq!(answer.status, 403);
    assert_eq!(answer.relay_error(), ("target_not_allowed".to_owned(), "no".to_owned()));

    let links = stack.relay.generate(&call(&json!({"size": "512*512"}))).links();
    let forged = links[0].replace("Signature=", "Signature=A");
    let answer = stack.relay.image(&forged);
    assert_ne!(answer.status, 200);
    assert_eq!(answer.relay_error().1, "no");
}
