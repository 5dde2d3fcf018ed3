use std::time::{Duration, Instant};

use serde_json::json;

use crate::Settings;
use crate::testing::{GENERATION, TestAnswer, TestSimulator, call, call_with, data_url};

fn dimensions(png: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory_with_format(png, image::ImageFormat::Png).unwrap();
    (picture.width(), picture.height())
}

fn pictures(simulator: &TestSimulator, answer: &TestAnswer) -> Vec<Vec<u8>> {
    answer.links().iter().map(|link| simulator.request("GET", link).send().body).collect()
}

#[test]
fn a_call_answers_like_the_documented_sample() {
    let simulator = TestSimulator::start();
    let answer = simulator.generate(&call(&json!({ "n": 3, "size": "512*512" })));
    let links = answer.links();
    assert_eq!(links.len(), 3);
    let body = answer.json();
    assert_eq!(body["usage"], json!({ "width": 512, "height": 512, "image_count": 3 }));
    let choice = &body["output"]["choices"][0];
    assert_eq!((&choice["finish_reason"], &choice["message"]["role"]), (&json!("stop"), &json!("assistant")));
    assert_eq!(answer.header("x-request-id"), body["request_id"].as_str().unwrap());
    let keys: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["output", "request_id", "usage"]);
    for link in links {
        let png = simulator.request("GET", &link).send();
        assert_eq!((png.status, png.header("content-type")), (200, "image/png"));
        assert_eq!(dimensions(&png.body), (512, 512));
    }
}

#[test]
fn the_vendors_headers_are_there_and_no_cors_headers() {
    let simulator = TestSimulator::start();
    for body in [call(&json!({ "size": "512*512" })), json!({})] {
        let answer = simulator.generate(&body);
        assert_eq!(answer.header("server"), "istio-envoy");
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(answer.header("set-cookie").starts_with("acw_tc="));
        for name in [
            "x-request-id",
            "x-dashscope-call-gateway",
            "x-dashscope-finished",
            "req-cost-time",
            "req-arrive-time",
            "resp-start-time",
            "x-envoy-upstream-service-time",
            "vary",
        ] {
            assert!(answer.headers.contains_key(name), "{name}");
        }
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
    }
}

#[test]
fn the_newer_family_counts_in_its_own_words() {
    let simulator = TestSimulator::start();
    let mut body =
        call_with(&[&data_url(64, 48), &data_url(48, 64)], &json!({ "n": 2, "size": "1536*1536" }));
    body["model"] = json!("qwen-image-3.0-pro");
    let answer = simulator.generate(&body).json();
    assert_eq!(
        answer["usage"],
        json!({
            "output_width": 1536, "output_height": 1536,
            "input_image_count": 2, "input_image_type": "qima_input_2k",
            "output_image_count": 2, "output_image_type": "qima_output_2k",
        })
    );
    assert_eq!(answer["output"]["rewrite_status"], "not_use");
}

#[test]
fn without_a_size_the_last_picture_decides_the_ratio() {
    let simulator = TestSimulator::start();
    let answer = simulator.generate(&call_with(&[&data_url(40, 40), &data_url(90, 60)], &json!({})));
    let usage = &answer.json()["usage"];
    assert_eq!((&usage["width"], &usage["height"]), (&json!(1248), &json!(832)));
    assert_eq!(dimensions(&pictures(&simulator, &answer)[0]), (1248, 832));
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_no_seed_does_not() {
    let simulator = TestSimulator::start();
    let make = |parameters| pictures(&simulator, &simulator.generate(&call(&parameters)));
    let seeded = json!({ "n": 2, "size": "512*512", "seed": 7 });
    let first = make(seeded.clone());
    assert_eq!(first, make(seeded));
    assert_ne!(first[0], first[1]);
    // Eight looks: eight calls without a seed that all happen to be the same have a chance of 1 in 2 million.
    let unseeded: Vec<_> = (0..8).map(|_| make(json!({ "size": "512*512" }))).collect();
    assert!(unseeded.iter().any(|pictures| *pictures != unseeded[0]));
}

#[test]
fn keys_are_checked_as_documented() {
    let simulator = TestSimulator::start();
    let body = call(&json!({})).to_string();
    let missing = simulator.request("POST", GENERATION).json_body(&body).send();
    assert_eq!((missing.status, missing.json()["message"].as_str()), (401, Some("No API-key provided.")));
    let wrong =
        simulator.request("POST", GENERATION).header("authorization", "Bearer x").json_body(&body).send();
    assert_eq!((wrong.status, wrong.json()["message"].as_str()), (401, Some("Invalid API-key provided.")));
    let keys: Vec<_> = wrong.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["code", "message", "request_id"]);
}

#[test]
fn asynchronous_calls_are_refused() {
    let simulator = TestSimulator::start();
    let body = call(&json!({})).to_string();
    let answer = simulator
        .request("POST", GENERATION)
        .key()
        .header("x-dashscope-async", "enable")
        .json_body(&body)
        .send();
    assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("AccessDenied")));
}

#[test]
fn pictures_that_cannot_be_read_get_the_documented_errors() {
    let simulator = TestSimulator::start();
    let own_404 = format!("{}/a/b.png?Expires=1", simulator.url());
    let too_large = format!("data:image/png;base64,{}", "A".repeat(14 * 1024 * 1024));
    for (image, code, message) in [
        ("data:image/png;base64,aGVsbG8=", "InvalidParameter", "Image format error"),
        ("data:image/png;base64,!", "InvalidParameter", "Invalid image format or corrupted file"),
        (too_large.as_str(), "InvalidParameter", "The image size is not supported for the data inspection."),
        ("picture.png", "InvalidParameter", "The provided URL does not appear to be valid."),
        (own_404.as_str(), "InvalidParameter", "Don't have authorization to access the media resource"),
        ("oss://a/b.png", "InvalidParameter.DataInspection", "Unable to download the media resource"),
        (
            "http://nowhere.invalid/a.png",
            "InvalidParameter.DataInspection",
            "Unable to download the media resource",
        ),
    ] {
        let answer = simulator.generate(&call_with(&[image], &json!({}))).json();
        assert_eq!(answer["code"], code, "{message}");
        assert!(answer["message"].as_str().unwrap().starts_with(message), "{answer}");
    }
}

#[test]
fn a_result_link_can_be_edited_again() {
    let simulator = TestSimulator::start();
    let first = simulator.generate(&call(&json!({ "size": "512*512" }))).links();
    let second = simulator.generate(&call_with(&[&first[0]], &json!({ "size": "640*512" })));
    assert_eq!(dimensions(&pictures(&simulator, &second)[0]), (640, 512));
}

#[test]
fn both_escapings_of_chinese_text_are_the_same_request() {
    let simulator = TestSimulator::start();
    let raw = call(&json!({ "seed": 1, "size": "512*512" })).to_string();
    let escaped = raw.replace("让天空下雪", "\\u8ba9\\u5929\\u7a7a\\u4e0b\\u96ea");
    assert_ne!(raw, escaped);
    let make = |body: &str| {
        pictures(&simulator, &simulator.request("POST", GENERATION).key().json_body(body).send())
    };
    assert_eq!(make(&raw), make(&escaped));
}

#[test]
fn latency_holds_up_successes_only() {
    let latency = Duration::from_millis(400);
    let simulator = TestSimulator::with(Settings { latency: latency.into(), ..Settings::on_free_ports() });
    let started = Instant::now();
    assert_eq!(simulator.generate(&json!({})).status, 400);
    assert!(started.elapsed() < latency);
    let started = Instant::now();
    assert_eq!(simulator.generate(&call(&json!({ "size": "512*512" }))).status, 200);
    assert!(started.elapsed() >= latency);
}

#[test]
fn a_lenient_simulator_makes_a_picture_where_a_strict_one_refuses() {
    let mut body = call(&json!({ "size": "512*512" }));
    body["model"] = json!("qwen-image-edit");
    assert_eq!(TestSimulator::start().generate(&body).status, 400);
    let lenient = TestSimulator::with(Settings { lenient: true, ..Settings::on_free_ports() });
    assert_eq!(lenient.generate(&body).json()["usage"]["width"], 1184);
}
