use std::time::{Duration, Instant};

use serde_json::json;

use crate::testing::{TestAnswer, TestSimulator, call};

fn link(simulator: &TestSimulator) -> String {
    simulator.generate(&call(&json!({ "size": "512*512" }))).links().remove(0)
}

fn assert_refused(answer: &TestAnswer, status: u16, code: &str) {
    let xml = answer.text();
    assert_eq!(answer.status, status, "{xml}");
    assert_eq!(answer.header("content-type"), "application/xml");
    assert!(xml.contains(&format!("<Code>{code}</Code>")), "{xml}");
}

#[test]
fn a_link_looks_like_the_vendors_and_works() {
    let simulator = TestSimulator::start();
    let link = link(&simulator);
    let url = url::Url::parse(&link).unwrap();
    let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["Expires", "OSSAccessKeyId", "Signature"]);
    assert!(url.path().ends_with(".png"));
    let answer = simulator.request("GET", &link).send();
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/png"));
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    assert_eq!(simulator.request("HEAD", &link).send().status, 200);
}

#[test]
fn a_link_really_expires() {
    let simulator = TestSimulator::start();
    simulator.queue_fault(&json!({ "link_life_ms": 300 }));
    let link = link(&simulator);
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut answer = simulator.request("GET", &link).send();
    while answer.status == 200 && Instant::now() < deadline {
        answer = simulator.request("GET", &link).send();
    }
    assert_refused(&answer, 403, "AccessDenied");
    assert!(answer.text().contains("Request has expired."));
}

#[test]
fn a_changed_link_is_refused() {
    let simulator = TestSimulator::start();
    let link = link(&simulator);
    let get = |link: &str| simulator.request("GET", link).send();
    let (path, query) = link.split_once('?').unwrap();
    let expires = query.split('&').next().unwrap();
    assert_refused(&get(&link.replace(expires, "Expires=99999999999")), 403, "SignatureDoesNotMatch");
    assert_refused(&get(&link.replace(expires, "Expires=1")), 403, "AccessDenied");
    assert_refused(&get(&link.replace(".png", "x.png")), 403, "SignatureDoesNotMatch");
    assert_refused(&get(&link.replace("LTAI5tSimulator", "LTAI5tOther")), 403, "InvalidAccessKeyId");
    assert_refused(&get(path), 403, "AccessDenied");
    assert_refused(&get(&format!("{path}?Expires=soon")), 403, "AccessDenied");
}

#[test]
fn a_forgotten_picture_is_missing() {
    let simulator = TestSimulator::start();
    let link = link(&simulator);
    assert_eq!(simulator.control("DELETE", "/_sim").send().status, 204);
    assert_refused(&simulator.request("GET", &link).send(), 404, "NoSuchKey");
}
