//! Every form of answer that was documented, observed or feared.

mod sample;

use proptest::prelude::*;
use qwen_edit_api::{Answer, EditResponse, Shape, UpstreamFailure, Usage, https_link, parse_answer};

const REQUEST_ID: &str = "571ae02f-5c9d-436c-83c2-f221e6df0001";

fn done(name: &str) -> EditResponse {
    match sample::answer(name) {
        Answer::Done(response) => response,
        Answer::Failed(failure) => panic!("{name} should hold pictures: {failure:?}"),
    }
}

fn failed(name: &str) -> UpstreamFailure {
    match sample::answer(name) {
        Answer::Failed(failure) => failure,
        Answer::Done(response) => panic!("{name} should be a failure: {response:?}"),
    }
}

#[test]
fn a_success_keeps_its_link_byte_by_byte() {
    let response = done("one-picture");
    assert_eq!(
        response.images,
        ["https://dashscope-result-sz.oss-cn-shenzhen.aliyuncs.com/7d/20261122/1.png\
          ?Expires=1795424400&OSSAccessKeyId=EXAMPLE&Signature=c2FtcGxl%2B1%3D"]
    );
    assert_eq!(response.request_id.as_deref(), Some(REQUEST_ID));
    let usage = Usage { width: Some(2048), height: Some(2048), image_count: Some(1), ..Usage::default() };
    assert_eq!(response.usage, Some(usage));
}

#[test]
fn n_pictures_come_in_their_order() {
    let response = done("three-pictures");
    let names =
        response.images.iter().map(|link| link.split('?').next().unwrap().rsplit('/').next().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["1.png", "2.png", "3.png"]);
    assert_eq!(response.usage.unwrap().width, Some(1040));
}

#[test]
fn a_partial_success_is_a_success_with_what_there_is() {
    let response = done("partial");
    assert_eq!(response.images.len(), 2);
    assert_eq!(response.usage.unwrap().image_count, Some(2));
}

#[test]
fn older_answers_with_counts_of_their_own_are_read() {
    assert_eq!(done("task-metric").images.len(), 1);
}

#[test]
fn the_usage_of_the_newer_family_means_the_same() {
    let response = done("3.0-usage");
    assert_eq!(response.images.len(), 2);
    let usage = Usage {
        width: Some(1024),
        height: Some(1536),
        image_count: Some(2),
        input_image_count: Some(2),
        input_image_type: Some("qima_input_1k".to_owned()),
        output_image_type: Some("qima_output_1k".to_owned()),
    };
    assert_eq!(response.usage, Some(usage));
}

#[test]
fn the_keys_an_sdk_adds_do_no_harm() {
    assert_eq!(done("sdk-padding").images.len(), 1);
}

#[test]
fn paid_pictures_survive_unexpected_types_beside_them() {
    let response = done("unexpected-types");
    assert_eq!(response.images.len(), 1);
    assert_eq!(response.usage, Some(Usage::default()));
    assert_eq!(response.request_id, None);
    assert_eq!(done("code-beside-pictures").images.len(), 1);
}

#[test]
fn a_failure_is_told_in_the_servers_own_words() {
    let cases = [
        ("401", 401, "InvalidApiKey", "Invalid API-key provided.", "31f808fd-8eef-9004-xxxxx"),
        ("401-no-key", 401, "InvalidApiKey", "No API-key provided.", "7438d53d-6eb8-4596-8835-xxxxxx"),
        ("404-model", 404, "InvalidParameter", "Model not exist.", "db111b3e"),
        (
            "400-area",
            400,
            "InvalidParameter",
            "Image area must be between 262144 and 4194304 pixels. Got area=9 (width=3, height=3).",
            "62f5ffa4",
        ),
        ("unknown-code", 400, "Brand.NewProblem-7", "  Something ☃ new\nhappened ", REQUEST_ID),
    ];
    for (name, status, code, message, request_id) in cases {
        let expected = UpstreamFailure {
            status,
            code: Some(code.to_owned()),
            message: Some(message.to_owned()),
            request_id: Some(request_id.to_owned()),
            shape: Shape::Json,
        };
        assert_eq!(failed(name), expected, "{name}");
    }
}

#[test]
fn status_200_with_a_code_is_a_failure() {
    let failure = failed("200-with-code");
    assert_eq!((failure.status, failure.code.as_deref()), (200, Some("InternalError")));
    assert_eq!(failure.advice().id, "server-error");
}

#[test]
fn the_code_of_a_failed_task_is_found_inside_its_output() {
    let failure = failed("200-failed-task");
    assert_eq!(failure.code.as_deref(), Some("DataInspectionFailed"));
    assert_eq!(failure.advice().id, "output-rejected");
}

#[test]
fn the_code_of_an_openai_style_error_is_found() {
    let failure = failed("openai-error");
    assert_eq!(failure.code.as_deref(), Some("InvalidParameter"));
    assert_eq!(failure.message.as_deref(), Some("Field 'prompt' is required"));
}

#[test]
fn a_success_without_pictures_is_a_failure_that_says_what_the_model_said() {
    let failure = failed("200-no-pictures");
    assert_eq!((failure.code.as_deref(), failure.shape), (None, Shape::Json));
    assert_eq!(failure.message.as_deref(), Some("I cannot draw this."));
    assert_eq!(failure.advice().id, "no-pictures");
}

#[test]
fn bodies_that_are_no_answer_are_told_apart() {
    let cases = [
        ("413-html", 413, Shape::Html, "body-too-large"),
        ("502-html", 502, Shape::Html, "outcome-unknown"),
        ("502-html-mislabelled", 502, Shape::Html, "outcome-unknown"),
        ("200-page", 200, Shape::Html, "relay-not-found"),
        ("502-plain", 502, Shape::Other, "outcome-unknown"),
        ("empty", 200, Shape::Empty, "answer-lost"),
        ("blank", 504, Shape::Empty, "outcome-unknown"),
        ("truncated", 200, Shape::Truncated, "answer-lost"),
    ];
    for (name, status, shape, advice) in cases {
        let failure = failed(name);
        assert_eq!((failure.status, failure.shape, failure.advice().id), (status, shape, advice), "{name}");
        assert_eq!((failure.code, failure.request_id), (None, None), "{name}");
    }
}

#[test]
fn json_that_is_no_object_is_no_answer() {
    for body in ["[]", "null", "\"ok\"", "17", "{\"a\":}", "{\"a\":\"\u{0}\"}"] {
        let answer = parse_answer(200, Some("application/json"), body.as_bytes());
        assert!(matches!(answer, Answer::Failed(UpstreamFailure { shape: Shape::Other, .. })), "{body}");
    }
}

#[test]
fn a_byte_order_mark_does_not_hide_pictures() {
    let body =
        "\u{feff}{\"output\":{\"choices\":[{\"message\":{\"content\":[{\"image\":\"https://a/b.png\"}]}}]}}";
    assert!(matches!(parse_answer(200, None, body.as_bytes()), Answer::Done(_)));
}

#[test]
fn very_deep_json_is_refused_instead_of_followed() {
    let body = "[".repeat(100_000);
    assert!(matches!(parse_answer(200, None, body.as_bytes()), Answer::Failed(_)));
}

#[test]
fn a_long_page_becomes_a_short_message_cut_between_characters() {
    let page = format!("<p>{}", "图".repeat(5000));
    let Answer::Failed(failure) = parse_answer(502, None, page.as_bytes()) else {
        panic!("a page is a failure")
    };
    let message = failure.message.unwrap();
    assert!(message.len() <= 2000 && message.starts_with("<p>图") && message.ends_with('图'));
}

#[test]
fn the_remains_of_a_cut_answer_stay_out_of_the_message() {
    assert_eq!(failed("truncated").message, None, "they hold signed links");
}

#[test]
fn debug_output_shows_no_signature() {
    let shown = format!("{:?}", sample::answer("three-pictures"));
    assert!(shown.contains("1.png") && !shown.contains("Signature") && !shown.contains("EXAMPLE"), "{shown}");
}

#[test]
fn http_links_become_https_with_the_signature_untouched() {
    let cases = [
        (
            "http://dashscope-result-bj.oss-cn-beijing.aliyuncs.com/a.png?Expires=1&Signature=a%2Fb%3D",
            "https://dashscope-result-bj.oss-cn-beijing.aliyuncs.com/a.png?Expires=1&Signature=a%2Fb%3D",
        ),
        ("HTTP://a.example?x", "https://a.example?x"),
        ("https://a.example/", "https://a.example/"),
        ("http://127.0.0.1:8788/a.png", "http://127.0.0.1:8788/a.png"),
        ("http://127.8.9.1/a.png", "http://127.8.9.1/a.png"),
        ("http://localhost/a.png", "http://localhost/a.png"),
        ("http://demo.localhost/a.png", "http://demo.localhost/a.png"),
        ("http://[::1]/a.png", "http://[::1]/a.png"),
        ("http://a.example:8080/a.png", "http://a.example:8080/a.png"),
        ("http://127.0.0.1.example/a.png", "https://127.0.0.1.example/a.png"),
        ("http://localhost.example/a.png", "https://localhost.example/a.png"),
        ("data:image/png;base64,AA==", "data:image/png;base64,AA=="),
        ("图", "图"),
    ];
    for (given, expected) in cases {
        assert_eq!(https_link(given), expected);
    }
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(status: u16, kind in proptest::option::of(".*"), body: Vec<u8>) {
        let _ = parse_answer(status, kind.as_deref(), &body);
    }

    #[test]
    fn no_cut_or_damaged_answer_makes_it_panic(cut in 0_usize..400, at in 0_usize..400, byte: u8, status in 100_u16..600) {
        let mut body = include_bytes!("../fixtures/answer-3.0-usage.json").to_vec();
        body.truncate(body.len() - cut);
        if let Some(place) = body.get_mut(at) {
            *place = byte;
        }
        let _ = parse_answer(status, Some("application/json"), &body);
    }

    #[test]
    fn no_link_makes_it_panic(link in ".*") {
        let _ = https_link(&link);
    }
}
