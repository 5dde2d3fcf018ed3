//! The body scanner: what it reads, what it refuses and with which words, and how much it lets go.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up must fail")]

mod scan_oracle;

use relay_policy::reject::{Code, Reject};
use relay_policy::scan::{Count, Facts, Field, MAX_DEPTH, ScanError, Scanner};

fn read(body: &str) -> Result<Facts, ScanError> {
    scan_oracle::check(body.as_bytes(), &(0..body.len().min(3000)).collect::<Vec<_>>());
    scan_oracle::scan(body.as_bytes(), &[]).0
}

fn model(body: &str) -> Field<String> {
    read(body).unwrap().model
}

fn images(n: &str) -> Field<Count> {
    read(&format!("{{\"model\":\"m\",\"parameters\":{{\"size\":\"1*1\",\"n\":{n}}}}}")).unwrap().images
}

fn refusal(body: &[u8]) -> (Code, String) {
    scan_oracle::check(body, &[]);
    let error = scan_oracle::scan(body, &[]).0.unwrap_err();
    let reject = Reject::from(error);
    (reject.code(), reject.into_response("x").into_body())
}

#[test]
fn the_model_and_the_number_of_pictures_are_read() {
    let body = r#" {"model": "qwen-image-edit", "input": {"messages": [{"role": "user", "content":
        [{"image": "data:image/png;base64,AAAA"}, {"text": "红 \"car\" \u00e9\ud83d\ude00"}]}]},
        "parameters": {"n": 2, "prompt_extend": true, "seed": 0, "watermark": null, "x": -1.5e-3}} "#;
    let facts = read(body).unwrap();
    assert_eq!(facts.model, Field::Value("qwen-image-edit".into()));
    assert_eq!(facts.parameters, Field::Value(()));
    assert_eq!(facts.images, Field::Value(Count::Whole(2)));
}

#[test]
fn only_the_top_levels_fields_count() {
    let facts = read(
        r#"{"input":{"model":"a","parameters":{"n":3}},"n":4,"x":[{"model":"b","parameters":{"n":5}}],
            "parameters":{"inner":{"n":6},"parameters":{"n":7},"list":[{"n":8}],"model":"c"}}"#,
    )
    .unwrap();
    assert_eq!((facts.model, facts.images), (Field::Absent, Field::Absent));
    let facts = read(r#"{"parameters":[{"n":8}],"z":{"n":9}}"#).unwrap();
    assert_eq!((facts.parameters, facts.images), (Field::WrongType, Field::Absent));
    let facts = read(r#"{"parameters":{"a":{},"b":[],"n":1},"z":{"n":9}}"#).unwrap();
    assert_eq!(facts.images, Field::Value(Count::Whole(1)));
}

#[test]
fn names_are_compared_after_decoding_and_letter_by_letter() {
    assert_eq!(model(r#"{"\u006dode\u006C":"\u0071wen\/\n\ud83d\ude00"}"#), Field::Value("qwen/\n😀".into()));
    assert_eq!(model(r#"{"Model":"x"}"#), Field::Absent);
    assert_eq!(model(r#"{"model ":"x"}"#), Field::Absent);
    assert_eq!(model(r#"{"model\u0000":"x"}"#), Field::Absent);
    assert_eq!(model(r#"{"model":""}"#), Field::Value(String::new()));
}

#[test]
fn a_model_of_another_type_or_over_256_bytes_is_no_model() {
    for value in ["[\"m\"]", "{}", "1", "null", "true"] {
        assert_eq!(model(&format!("{{\"model\":{value}}}")), Field::WrongType, "{value}");
    }
    assert_eq!(model(&format!("{{\"model\":\"{}\"}}", "x".repeat(256))), Field::Value("x".repeat(256)));
    assert_eq!(model(&format!("{{\"model\":\"{}\"}}", "x".repeat(257))), Field::WrongType);
    assert_eq!(model(&format!("{{\"model\":\"{}\"}}", "模".repeat(86))), Field::WrongType);
}

#[test]
fn only_digits_alone_are_a_number_of_pictures() {
    for (n, value) in [("0", 0), ("1", 1), ("6", 6), ("4294967295", u32::MAX), ("99999999999999", u32::MAX)] {
        assert_eq!(images(n), Field::Value(Count::Whole(value)), "{n}");
    }
    for n in ["1e1", "1E0", "2.0", "-1", "-0", "0.0", "0e0"] {
        assert_eq!(images(n), Field::Value(Count::Other), "{n}");
    }
    for n in ["\"6\"", "null", "[6]", "{\"n\":6}", "true"] {
        assert_eq!(images(n), Field::WrongType, "{n}");
    }
}

#[test]
fn what_is_not_one_json_object_is_bad_json_with_its_place() {
    for (body, place) in [
        ("", "byte 0"),
        (" \n", "byte 2"),
        ("\"x\"", "byte 0"),
        ("null", "byte 0"),
        (" [1]", "byte 1"),
        ("7", "byte 0"),
        ("\u{feff}{}", "byte 0"),
        ("{}x", "byte 2"),
        ("{} {}", "byte 3"),
        ("{}\0", "byte 2"),
        ("{\"model\":\"a\0b\"}", "byte 11"),
        ("{\"model\":\"a\nb\"}", "byte 11"),
        ("{\"model\":NaN}", "byte 9"),
        ("{\"a\":nan}", "byte 6"),
        ("{\"a\":Infinity}", "byte 5"),
        ("{\"model\":\"x\",}", "byte 13"),
        ("{,}", "byte 1"),
        ("{\"a\":[1,]}", "byte 8"),
        ("{\"a\":[,1]}", "byte 6"),
        ("{\"a\":}", "byte 5"),
        ("{\"a\"}", "byte 4"),
        ("{\"a\" 1}", "byte 5"),
        ("{\"a\":1 2}", "byte 7"),
        ("{\"a\":01}", "byte 6"),
        ("{\"a\":+1}", "byte 5"),
        ("{\"a\":.5}", "byte 5"),
        ("{\"a\":1.}", "byte 7"),
        ("{\"a\":1e}", "byte 7"),
        ("{\"a\":-}", "byte 6"),
        ("{\"a\":tru}", "byte 8"),
        ("{\"a\":truer}", "byte 9"),
        ("{\"a\":[1}}", "byte 7"),
        ("{\"a\":1]", "byte 6"),
        ("{a:1}", "byte 1"),
        ("{'a':1}", "byte 1"),
        ("{\"a\":1}}", "byte 7"),
        ("{\"a\":1/*x*/}", "byte 6"),
        ("{\"a\":\"\\x41\"}", "byte 7"),
        ("{\"a\":\"\\u00g1\"}", "byte 10"),
        ("{\"a\":\"\\u12\"}", "byte 10"),
        ("{\u{a0}\"a\":1}", "byte 1"),
        ("{\"a\":\"x", "byte 7"),
        ("{\"a\":{\"b\":1}", "byte 12"),
        ("{\"model\":\"\\ud800\"}", "byte 16"),
        ("{\"model\":\"\\udc00\\ud800\"}", "byte 15"),
        ("{\"model\":\"\\ud800\\ud800\"}", "byte 21"),
        ("{\"model\":\"\\ud800x\"}", "byte 16"),
        ("{\"\\ud800\":1}", "byte 8"),
    ] {
        let (code, answer) = refusal(body.as_bytes());
        assert_eq!(code, Code::BadJson, "{body:?}");
        assert!(answer.contains(place), "{body:?}: {answer}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_refused_wherever_they_are() {
    let wrong: &[&[u8]] = &[
        b"\xff",
        b"\x80",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xf0\x80\x80\x80",
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xe4\xb8",
        b"\xe4\xb8\"",
        b"\xe4\"",
        b"\xe4\\n",
    ];
    for bytes in wrong {
        for (before, after) in
            [("{\"a\":\"", "\"}"), ("{\"", "\":1}"), ("{\"model\":\"", "\"}"), ("{\"a\":", "1}"), ("{}", "")]
        {
            let body = [before.as_bytes(), bytes, after.as_bytes()].concat();
            assert_eq!(refusal(&body).0, Code::BadJson, "{body:?}");
        }
    }
}

#[test]
fn a_lone_half_of_a_pair_is_json_where_nobody_reads_it() {
    assert_eq!(model(r#"{"text":"\ud800 \udc00","model":"m"}"#), Field::Value("m".into()));
}

#[test]
fn a_key_twice_in_any_object_is_refused_by_policy() {
    for (body, second) in [
        (r#"{"model":"qwen-image-edit","model":"wan-video-pro","input":{"messages":[]}}"#, "byte 27"),
        (r#"{"model":"a","\u006dodel":"b"}"#, "byte 13"),
        (r#"{"parameters":{"n":1},"parameters":{"n":6}}"#, "byte 22"),
        (r#"{"parameters":{"n":1,"\u006e":6}}"#, "byte 21"),
        (r#"{"x":[[{"a":1,"b":2,"a":3}]]}"#, "byte 20"),
        (r#"{"":1,"":1}"#, "byte 6"),
        (r#"{"b":{"b":1},"a":{"a":1},"b":0}"#, "byte 25"),
        (r#"{"\ud83d\ude00":1,"😀":1}"#, "byte 18"),
    ] {
        let (code, answer) = refusal(body.as_bytes());
        assert_eq!(code, Code::Policy, "{body}");
        assert!(answer.contains("twice") && answer.contains(second), "{body}: {answer}");
        assert!(!answer.contains("model"), "the answer does not repeat the body: {answer}");
    }
    assert!(read(r#"{"a":{"a":[{"a":1},{"a":1}]},"A":1,"a ":1,"":1,"aa":1}"#).is_ok());
}

#[test]
fn at_most_64_levels_are_open_at_once() {
    let nested = |arrays: usize| format!("{{\"a\":{}{}}}", "[".repeat(arrays), "]".repeat(arrays));
    assert!(read(&nested(MAX_DEPTH - 1)).is_ok());
    let error = read(&nested(MAX_DEPTH)).unwrap_err();
    assert_eq!(error, ScanError::TooDeep { at: 5 + MAX_DEPTH as u64 - 1 });
    assert_eq!(Reject::from(error).code(), Code::BadJson);
    let bomb = "[".repeat(1_000_000);
    assert_eq!(scan_oracle::scan(bomb.as_bytes(), &[]).0, Err(ScanError::NotAnObject { at: 0 }));
    let objects = "{\"a\":".repeat(1_000_000);
    assert_eq!(scan_oracle::scan(objects.as_bytes(), &[]).0, Err(ScanError::TooDeep { at: 64 * 5 }));
}

#[test]
fn what_must_be_remembered_is_bounded() {
    let with_keys = |keys: &[String]| {
        let pairs: Vec<String> = keys.iter().map(|key| format!("\"{key}\":0")).collect();
        format!("{{{}}}", pairs.join(","))
    };
    assert!(read(&with_keys(&["k".repeat(1024)])).is_ok());
    let (code, answer) = refusal(with_keys(&["k".repeat(1025)]).as_bytes());
    assert_eq!(code, Code::Policy);
    assert!(answer.contains("1024 bytes") && answer.contains("byte 1."), "{answer}");

    let long: Vec<String> = (0..64).map(|number| format!("{number:01024}")).collect();
    assert!(read(&with_keys(&long)).is_ok());
    let over = [&long[..], &["x".into()]].concat();
    assert!(matches!(read(&with_keys(&over)), Err(ScanError::TooManyKeys { .. })));

    let short: Vec<String> = (0..1024).map(|number| number.to_string()).collect();
    assert!(read(&with_keys(&short)).is_ok());
    let over = [&short[..], &["x".into()]].concat();
    let error = read(&with_keys(&over)).unwrap_err();
    assert_eq!(Reject::from(error).code(), Code::Policy);

    // Keys of closed objects are forgotten.
    for keys in [&short[1..], &long[1..]] {
        let closed = format!("{{\"list\":[{}]}}", vec![with_keys(keys); 3].join(","));
        assert!(read(&closed).is_ok());
    }
}

#[test]
fn everything_before_the_last_brace_may_go_on_and_nothing_after_it() {
    let mut scanner = Scanner::new();
    assert_eq!(scanner.push(b"  "), Ok(2));
    assert_eq!(scanner.push(b"{\"a\":{"), Ok(6));
    assert_eq!(scanner.push(b""), Ok(0));
    assert_eq!(scanner.push(b"}, \"b\""), Ok(6));
    assert_eq!(scanner.push(b":\"}\"}\n"), Ok(4));
    assert_eq!(scanner.push(b" \r\n\t"), Ok(0));
    assert!(scanner.finish().is_ok());
}

#[test]
fn nothing_of_the_body_shows_in_debug_output() {
    let mut scanner = Scanner::new();
    scanner.push(b"{\"sk-secret\":1,\"model\":\"sk-secret\"").unwrap();
    assert!(!format!("{scanner:?}").contains("secret"));
    scanner.push(b"}").unwrap();
    assert!(!format!("{:?}", scanner.finish().unwrap()).contains("secret"));
}
