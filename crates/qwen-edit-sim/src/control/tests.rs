use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::testing::{GENERATION, TestSimulator, call};

fn hexadecimal_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_request_is_logged_with_everything_but_its_secrets() {
    let simulator = TestSimulator::start();
    let body = call(&json!({ "n": 2, "size": "512*512" })).to_string();
    let answer =
        simulator.request("POST", GENERATION).key().header("x-custom", "yes").json_body(&body).send();
    simulator.request("GET", &answer.links()[0]).send();
    let log = simulator.requests(|log| log.len() == 2 && log[1]["status"] == 200);
    let post = &log[0];
    assert_eq!(
        (&post["id"], &post["method"], &post["path"]),
        (&json!(1), &json!("POST"), &json!(GENERATION))
    );
    assert_eq!((&post["model"], &post["n"]), (&json!("qwen-image-2.0-pro"), &json!(2)));
    assert_eq!((&post["complete"], &post["status"]), (&json!(true), &json!(200)));
    assert_eq!(post["body_size"], body.len());
    assert_eq!(post["body_sha256"], hexadecimal_sha256(body.as_bytes()));
    assert_eq!(post["headers"]["authorization"], "Bearer sk-***");
    assert_eq!(post["headers"]["x-custom"], "yes");
    assert!(post["arrived_ms"].as_u64().unwrap() > 1_700_000_000_000);
    let times: Vec<u64> =
        ["arrived_ms", "due_ms", "answered_ms"].map(|name| post[name].as_u64().unwrap()).to_vec();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(post["answer_sha256"], hexadecimal_sha256(answer.text().as_bytes()));
    let everything = Value::from(log).to_string();
    assert!(!everything.contains("test-secret") && !everything.contains("Signature"), "{everything}");
}

#[test]
fn a_body_can_be_read_back_byte_for_byte() {
    let simulator = TestSimulator::start();
    let body = call(&json!({ "size": "512*512" })).to_string();
    simulator.request("POST", GENERATION).key().json_body(&body).send();
    let kept = simulator.control("GET", "/_sim/requests/1/body").send();
    assert_eq!((kept.status, kept.header("content-type")), (200, "application/octet-stream"));
    assert_eq!(kept.text(), body);
}

#[test]
fn bodies_of_the_newest_sixteen_requests_are_kept() {
    let simulator = TestSimulator::start();
    for number in 1..=17 {
        simulator.generate(&json!(number));
    }
    let status = |id: &str| simulator.control("GET", &format!("/_sim/requests/{id}/body")).send().status;
    assert_eq!(
        (status("1"), status("2"), status("17"), status("18"), status("x")),
        (404, 200, 200, 404, 404)
    );
}

#[test]
fn a_request_that_stops_midway_is_logged_as_incomplete() {
    let simulator = TestSimulator::start();
    let head = format!("POST {GENERATION} HTTP/1.1\r\nHost: sim\r\nContent-Length: 100\r\n\r\n");
    simulator.raw(format!("{head}only this much").as_bytes(), true);
    let log = simulator.requests(|log| log.len() == 1 && log[0]["body_size"] == 14);
    assert_eq!((&log[0]["complete"], &log[0]["body_sha256"]), (&json!(false), &json!(null)));
    assert_eq!(simulator.control("GET", "/_sim/requests/1/body").send().status, 404);
}

#[test]
fn a_body_over_64_mib_is_too_large() {
    let simulator = TestSimulator::start();
    let size = (64 << 20) + 1;
    let head = format!("POST {GENERATION} HTTP/1.1\r\nHost: sim\r\nContent-Length: {size}\r\n\r\n");
    let answer = simulator.raw(&[head.into_bytes(), vec![b' '; size]].concat(), false);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("BadRequest.TooLarge"), "{answer}");
}

#[test]
fn a_mistake_in_a_fault_is_named_and_nothing_is_queued() {
    let simulator = TestSimulator::start();
    let answer =
        simulator.control("PUT", "/_sim/faults").json_body(r#"[{"status":500},{"stauts":500}]"#).send();
    assert_eq!(answer.status, 400);
    assert!(answer.json()["error"].as_str().unwrap().contains("stauts"));
    assert_eq!(simulator.generate(&json!({})).status, 400);
}

#[test]
fn faults_add_up_until_a_reset_forgets_everything() {
    let simulator = TestSimulator::start();
    let put = || simulator.control("PUT", "/_sim/faults").json_body(r#"{"status":500}"#).send().json();
    assert_eq!(put(), json!({ "queued": 1 }));
    assert_eq!(put(), json!({ "queued": 2 }));
    assert_eq!(simulator.generate(&json!({})).status, 500);
    assert_eq!(simulator.control("DELETE", "/_sim").send().status, 204);
    assert_eq!(simulator.requests(|_| true), Vec::<Value>::new());
    assert_eq!(simulator.control("GET", "/_sim/requests/1/body").send().status, 404);
    assert_eq!(simulator.generate(&json!({})).status, 400);
}

#[test]
fn each_port_has_its_own_routes_only() {
    let simulator = TestSimulator::start();
    assert_eq!(simulator.request("GET", "/_sim/requests").send().json()["code"], "NotFound");
    assert_eq!(simulator.request("DELETE", "/_sim").send().status, 404);
    assert_eq!(simulator.control("POST", GENERATION).json_body("{}").send().status, 404);
    assert_eq!(simulator.control("PUT", "/_sim/requests").json_body("{}").send().status, 405);
}
