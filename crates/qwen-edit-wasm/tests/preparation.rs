//! From what a page gave to a request that may be sent, without a page.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use qwen_edit_wasm::{Preparation, check, estimate};
use serde_json::{Value, json};

const PHOTO: &str =
    r#"{"name":"a.jpg","bytes":3000000,"found":{"format":"jpeg","width":1600,"height":1200}}"#;
const PHONE: &str = r#"{"name":"p.jpg","bytes":3000000,"found":{"format":"jpeg","width":4032,"height":3024,"orientation":6}}"#;

fn read(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap()
}

fn prepared(request: &str, pictures: &[&str]) -> Preparation {
    let mut preparation = Preparation::new(request, false);
    pictures.iter().for_each(|picture| preparation.add(picture));
    preparation
}

fn code(answer: &str) -> String {
    read(answer)["error"]["code"].as_str().unwrap_or("no error").to_owned()
}

#[test]
fn a_picture_that_fits_goes_as_it_is() {
    let mut preparation = prepared(r#"{"prompt":"p"}"#, &[PHOTO]);
    assert_eq!(read(&preparation.review()), json!({"nearsLimit": false}));
    let plan = read(&preparation.plan(0));
    assert_eq!(
        (&plan["convert"], &plan["strip"], &plan["decoder"]),
        (&json!(false), &json!(false), &json!("browser"))
    );
    assert_eq!(preparation.settle(0, r#"{"result":{},"bytes":3000000}"#), "{}");
    let request = read(&preparation.request());
    assert_eq!(request["receipts"][0]["unchanged"], true);
    assert_eq!(request["parts"][1], 0, "where the base64 of picture 0 stands");
    assert!(request["parts"][0].as_str().unwrap().ends_with("data:image/jpeg;base64,"));
}

#[test]
fn a_phone_photo_is_converted_and_told_so() {
    let mut preparation = prepared(r#"{"prompt":"p"}"#, &[PHONE]);
    let plan = read(&preparation.plan(0));
    assert_eq!((&plan["convert"], &plan["job"]["orientation"]), (&json!(true), &json!(6)));
    let result = r#"{"result":{"type":"image/jpeg","quality":92,"width":2304,"height":3072,"sourceWidth":3024,"sourceHeight":4032},"bytes":900000}"#;
    assert_eq!(preparation.settle(0, result), "{}");
    let receipt = read(&preparation.request())["receipts"][0].clone();
    assert_eq!(receipt["after"], json!({"format": "JPEG", "bytes": 900000, "width": 2304, "height": 3072}));
    assert_eq!(receipt["reasons"], json!(["side-too-long", "sideways"]));
    assert_eq!((&receipt["quality"], &receipt["unchanged"]), (&json!(92), &json!(false)));
}

#[test]
fn a_link_needs_no_plan_and_no_receipt() {
    let mut preparation =
        prepared(r#"{"prompt":"p"}"#, &[r#"{"url":" https://h.example/a.png ","isAbsolute":true}"#]);
    assert_eq!(preparation.plan(0), "{}");
    let request = read(&preparation.request());
    assert_eq!(request["receipts"], json!([null]));
    assert!(request["parts"][0].as_str().unwrap().contains(r#"{"image":"https://h.example/a.png"}"#));
}

#[test]
fn all_bad_pictures_and_everything_else_are_refused_at_once() {
    let preparation = prepared(
        r#"{"prompt":"","n":"-3"}"#,
        &[r#"{"name":"e","bytes":0}"#, r#"{"url":"a.png?secret=1","isAbsolute":false}"#, PHOTO],
    );
    let error = read(&preparation.review())["error"].clone();
    assert_eq!(
        (&error["code"], &error["charged"], &error["retry"]),
        (&json!("invalid-request"), &json!("no"), &json!("safe"))
    );
    let fields: Vec<_> =
        error["violations"].as_array().unwrap().iter().map(|it| it["field"].clone()).collect();
    assert_eq!(fields, ["prompt", "n", "images[0]", "images[1]"]);
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn each_kind_of_bad_picture_has_its_code() {
    for (picture, wanted) in [
        (r#"{"name":"a","bytes":0}"#, "picture-empty"),
        (r#"{"name":"a","bytes":5,"found":{"format":"unknown"}}"#, "picture-not-a-picture"),
        (
            r#"{"name":"a","bytes":5,"found":{"format":"other","called":"video"}}"#,
            "picture-unsupported-format",
        ),
        (r#"{"name":"a","bytes":63000000,"found":{"format":"png"}}"#, "picture-too-large"),
        (r#"{"name":"a","bytes":5,"thrown":{"name":"DamagedError","format":"png"}}"#, "picture-damaged"),
        (r#"{"name":"a","bytes":5,"thrown":{"name":"NotReadableError"}}"#, "picture-unreadable"),
        (r#"{"name":"a","bytes":5,"missing":{"name":"TypeError"}}"#, "picture-cannot-convert"),
        (r#"{"url":"a.png","isAbsolute":false}"#, "picture-url-invalid"),
        ("no JSON", "picture-empty"),
    ] {
        assert_eq!(code(&prepared(r#"{"prompt":"p"}"#, &[picture]).review()), wanted, "{picture}");
    }
}

#[test]
fn what_goes_wrong_while_fitting_refuses_the_picture() {
    for (outcome, wanted) in [
        (r#"{"thrown":{"name":"DecodeError"}}"#, "picture-damaged"),
        (r#"{"thrown":{"name":"no result"}}"#, "picture-cannot-convert"),
        (r#"{"unreadable":{"name":"NotReadableError"}}"#, "picture-unreadable"),
    ] {
        let mut preparation = prepared(r#"{"prompt":"p"}"#, &[PHONE]);
        preparation.plan(0);
        assert_eq!(code(&preparation.settle(0, outcome)), wanted, "{outcome}");
    }
    let small = r#"{"name":"s","bytes":50,"found":{"format":"png","width":20,"height":20}}"#;
    assert_eq!(code(&prepared(r#"{"prompt":"p"}"#, &[small]).plan(0)), "picture-too-small");
}

#[test]
fn without_fitting_only_what_the_api_takes_is_kept() {
    let heic = r#"{"name":"h.heic","bytes":5,"found":{"format":"heic"}}"#;
    let mut preparation = Preparation::new(r#"{"prompt":"p"}"#, true);
    preparation.add(PHONE);
    assert_eq!(read(&preparation.review())["error"], Value::Null);
    assert_eq!(read(&preparation.request())["receipts"], json!([null]));
    preparation.add(heic);
    assert_eq!(code(&preparation.review()), "picture-unsupported-format");
}

#[test]
fn pictures_share_the_body_and_a_larger_limit_gives_more() {
    let large = r#"{"name":"l.jpg","bytes":9000000,"found":{"format":"jpeg","width":3000,"height":3000}}"#;
    let mut preparation = prepared(r#"{"prompt":"p"}"#, &[large, large]);
    assert_eq!(read(&preparation.review())["nearsLimit"], true);
    assert_eq!(read(&preparation.plan(0))["convert"], true);
    preparation.limit_body(48e6);
    assert_eq!(read(&preparation.plan(0))["convert"], false);
}

#[test]
fn an_index_beyond_the_pictures_does_no_harm() {
    let mut preparation = prepared(r#"{"prompt":"p"}"#, &[]);
    assert_eq!(preparation.plan(7), "{}");
    assert_eq!(preparation.settle(7, "{}"), "{}");
    assert_eq!(code(&preparation.request()), "invalid-request");
}

#[test]
fn violations_have_the_names_of_the_options_and_the_numbers_of_the_rules() {
    let long = "x".repeat(501);
    let request = json!({"prompt": "p", "model": "qwen-image-edit", "n": "2", "negativePrompt": long, "promptExtend": true});
    let found = read(&check(&request.to_string(), r#"[{"url":"h","isAbsolute":false}]"#, false));
    let violations = found["violations"].as_array().unwrap();
    let of = |field: &str| violations.iter().find(|it| it["field"] == field).unwrap_or(&Value::Null).clone();
    assert_eq!(of("images[0]")["code"], "picture-url-invalid");
    assert_eq!(
        of("n"),
        json!({"field": "n", "code": "out-of-range", "message": "is 2, must be 1 to 1", "min": 1, "max": 1, "got": 2})
    );
    assert_eq!(
        (&of("negativePrompt")["code"], &of("negativePrompt")["got"]),
        (&json!("too-long"), &json!(501))
    );
    assert_eq!(found["warnings"][0]["code"], "legacy-model");
}

#[test]
fn what_is_checked_is_what_an_edit_would_refuse() {
    let codes = |pictures: &str, as_it_is| -> Vec<String> {
        let found = read(&check(r#"{"prompt":"p"}"#, pictures, as_it_is));
        found["violations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let large = r#"[{"name":"l.jpg","bytes":12000000}]"#;
    assert_eq!(codes(large, false), [""; 0], "it would be made smaller");
    assert_eq!(codes(large, true), ["picture-too-large"]);
    assert_eq!(
        codes(r#"[{"name":"h","bytes":63000000},{"name":"e","bytes":0}]"#, false),
        ["picture-too-large", "picture-empty"]
    );
    assert_eq!(codes(r#"[{"url":" https://h.example/a.png ","isAbsolute":true}]"#, false), [""; 0]);
}

#[test]
fn a_large_file_that_would_be_made_fit_is_not_blamed_for_another() {
    let preparation = prepared(
        r#"{"prompt":"p"}"#,
        &[
            r#"{"name":"l.jpg","bytes":12000000,"found":{"format":"jpeg","width":4000,"height":3000}}"#,
            r#"{"name":"e","bytes":0}"#,
        ],
    );
    let error = read(&preparation.review())["error"].clone();
    assert_eq!((&error["code"], error["violations"].as_array().unwrap().len()), (&json!("picture-empty"), 1));
}

#[test]
fn the_price_is_known_where_the_price_list_says_it() {
    assert_eq!(estimate(r#"{"n":"3"}"#, 1, "demo"), Some(0.0));
    assert!(estimate(r#"{"n":"3"}"#, 1, "beijing").unwrap() > 0.0);
    assert_eq!(estimate(r#"{"model":"mine"}"#, 0, "beijing"), None);
}
