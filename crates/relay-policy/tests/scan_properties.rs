//! The body scanner against serde_json, on JSON in every spelling and on JSON that was damaged, cut anywhere.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up must fail")]

mod scan_oracle;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Text between two quotes: plain, escaped, beyond ASCII, long.
fn inside() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -!#-\\[\\]-~]{0,9}",
        1 => select(vec![r"\n", r#"\""#, r"\\", r"\/", r"\b\f\r\t", r"\u0041", r"\ud83d\uDE00", r"\ud800", r"\udc00"])
            .prop_map(str::to_owned),
        1 => "[é模😀\u{7f}\u{ffff}\u{10ffff}]{1,3}",
        1 => "[A-Za-z0-9+/]{60,200}",
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["model", "parameters", "n", "a", "b", "", r"\u006dodel", r"\u006E"]).prop_map(str::to_owned),
        1 => inside(),
    ]
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "true",
            "false",
            "null",
            "0",
            "-0",
            "1",
            "6",
            "1e1",
            "2.0",
            "-3",
            "1E-400",
            "4294967296",
            "0.5e+7"
        ])
        .prop_map(str::to_owned),
        "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,4})?",
        inside().prop_map(|text| format!("\"{text}\"")),
    ]
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 1 => "[ \t\r\n]{0,3}"]
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    vec((space(), key(), space(), space(), value, space()), 0..6).prop_map(|pairs| {
        let pairs: Vec<String> =
            pairs.iter().map(|(a, key, b, c, value, d)| format!("{a}\"{key}\"{b}:{c}{value}{d}")).collect();
        format!("{{{}}}", pairs.join(","))
    })
}

fn value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(5, 60, 5, |inner| {
        prop_oneof![
            vec((space(), inner.clone(), space()), 0..5).prop_map(|items| {
                let items: Vec<String> = items.iter().map(|(a, item, b)| format!("{a}{item}{b}")).collect();
                format!("[{}]", items.join(","))
            }),
            object(inner),
        ]
    })
}

/// A body with the fields that matter, often.
fn body() -> impl Strategy<Value = String> {
    let realistic = (value(), value(), value(), space(), space()).prop_map(|(model, input, n, a, b)| {
        format!("{a}{{\"model\":{model},{b}\"input\":{input},\"parameters\":{a}{{\"n\":{n}}}}}{b}")
    });
    prop_oneof![realistic, object(value()), value()]
}

/// One change to the body: at a place, some bytes out and some in.
fn damage() -> impl Strategy<Value = (usize, usize, Vec<u8>)> {
    let bytes = prop_oneof![
        select(b"{}[]\",:\\ntfu0-+.e \x00\x1f\x7f\x80\xff\xef\xbb\xbf\xed\xa0".to_vec())
            .prop_map(|byte| vec![byte]),
        select(vec![
            &b"\"model\":1,"[..],
            b"\\ud800",
            b"\"\\u006e\":",
            b"[[[[",
            b"{\"a\":",
            b"nul",
            b"\xf0\x9f"
        ])
        .prop_map(<[u8]>::to_vec),
        vec(any::<u8>(), 0..3),
    ];
    (any::<usize>(), 0_usize..3, bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn it_says_what_serde_json_says_wherever_the_body_is_cut(body in body(), cuts in vec(any::<usize>(), 0..9)) {
        scan_oracle::check(body.as_bytes(), &cuts);
    }

    #[test]
    fn it_says_what_serde_json_says_about_damaged_bodies(
        body in body(),
        damages in vec(damage(), 1..3),
        cuts in vec(any::<usize>(), 0..9),
    ) {
        let mut body = body.into_bytes();
        for (place, out, bytes) in damages {
            let start = place % (body.len() + 1);
            let end = (start + out).min(body.len());
            body.splice(start..end, bytes);
        }
        scan_oracle::check(&body, &cuts);
    }

    #[test]
    fn byte_by_byte_is_as_good_as_in_one_piece(body in body()) {
        scan_oracle::check(body.as_bytes(), &(0..body.len()).collect::<Vec<_>>());
    }

    #[test]
    fn deep_and_shallow_are_told_apart(kinds in vec(any::<bool>(), 55..75)) {
        let mut body = String::from("{\"a\":");
        for &is_object in &kinds {
            body += if is_object { "{\"a\":" } else { "[" };
        }
        body += "0";
        for &is_object in kinds.iter().rev() {
            body += if is_object { "}" } else { "]" };
        }
        scan_oracle::check((body + "}").as_bytes(), &[]);
    }

    #[test]
    fn strings_are_judged_alike_at_every_length(fill in 0_usize..300, odd in any::<u8>(), behind in 0_usize..130) {
        let body = [b"{\"a\":\"", &vec![b'x'; fill][..], &[odd], &vec![b'y'; behind], b"\"}"].concat();
        scan_oracle::check(&body, &[fill, fill + 6, fill + 7]);
    }
}
