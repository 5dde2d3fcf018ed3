//! Our reader of JSON against the one everybody uses.

use proptest::prelude::*;
use qwen_edit_api::json::{Json, NotJson, ObjectWriter, list, string};
use serde_json::Value;

/// The same value as ours has it.
fn ours(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(number.as_u64()),
        Value::String(text) => Json::Text(text.clone()),
        Value::Array(items) => Json::List(items.iter().map(ours).collect()),
        Value::Object(fields) => {
            Json::Object(fields.iter().map(|(name, value)| (name.clone(), ours(value))).collect())
        }
    }
}

fn agree(text: &str) {
    let theirs = serde_json::from_str::<Value>(text);
    match (Json::parse(text.as_bytes()), theirs) {
        (Ok(mine), Ok(theirs)) => assert_same(&mine, &theirs, text),
        (Err(NotJson::Cut), Err(error)) => assert!(error.is_eof(), "{text:?}: {error}"),
        // A number too large for them, and half a pair of surrogates, are no reason to lose a paid answer.
        (Ok(_), Err(error)) => {
            let lenient = error.to_string();
            assert!(
                lenient.contains("out of range")
                    || lenient.contains("surrogate")
                    || lenient.contains("hex escape"),
                "{text:?}: {error}"
            );
        }
        (Err(NotJson::Wrong), Err(_)) => {}
        (mine, theirs) => panic!("{text:?}: {mine:?}, {theirs:?}"),
    }
}

/// Their objects are sorted and have each name once.
fn assert_same(mine: &Json, theirs: &Value, text: &str) {
    match theirs {
        Value::Object(fields) => {
            for (name, value) in fields {
                assert_same(mine.field(name), value, text);
            }
            assert!(mine.is_object(), "{text:?}");
        }
        Value::Array(items) => {
            assert_eq!(mine.items().len(), items.len(), "{text:?}");
            mine.items().iter().zip(items).for_each(|(mine, theirs)| assert_same(mine, theirs, text));
        }
        plain => assert_eq!(*mine, ours(plain), "{text:?}"),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_reads_the_same(value in any_value()) {
        agree(&value.to_string());
        agree(&serde_json::to_string_pretty(&value).unwrap());
    }

    #[test]
    fn every_beginning_of_a_value_is_cut(value in any_value(), share in 0.0..1.0_f64) {
        let text = value.to_string();
        let end = text.floor_char_boundary((text.len() as f64 * share) as usize);
        agree(&text[..end]);
    }

    #[test]
    fn anything_is_read_or_refused_alike(text in "[\\[\\]{}:,\"\\\\/u0-9a-fA-F.eE+\\- \ntrueflsn]{0,24}") {
        agree(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Json::parse(&bytes);
    }
}

#[test]
fn the_corners_of_the_grammar_agree() {
    for text in [
        "",
        " ",
        "nul",
        "tru",
        "-",
        "01",
        "-0",
        "1.",
        "1.5e",
        "1e+",
        "1e5",
        ".5",
        "[1,]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "[1 2]",
        "\"\\u00e9\"",
        "\"\\ud83c\\udf05\"",
        "\"\\ud83c\"",
        "\"\\ud83cx\"",
        "\"\\uZZZZ\"",
        "\"\\x\"",
        "\"a\nb\"",
        "\"open",
        "1 2",
        "{\"a\":1,\"a\":2}",
        "18446744073709551615",
        "18446744073709551616",
        "1e999",
        "\u{feff}1",
    ] {
        agree(text);
    }
}

#[test]
fn a_character_cut_in_the_middle_is_a_cut_text() {
    assert_eq!(Json::parse(b"\"\xe5\x9b"), Err(NotJson::Cut));
    assert_eq!(Json::parse(b"\"\xff\""), Err(NotJson::Wrong));
}

#[test]
fn endless_nesting_does_not_end_the_stack() {
    assert_eq!(Json::parse("[".repeat(1_000_000).as_bytes()), Err(NotJson::Wrong));
}

proptest! {
    #[test]
    fn what_we_write_is_what_everybody_reads(text in any::<String>(), name in any::<String>(), count in any::<u64>(), number in any::<i64>()) {
        let mut object = ObjectWriter::new();
        object.text(&name, &text);
        object.number("count", count);
        object.integer("number", number);
        object.flag("flag", true);
        object.text_if_any("none", None);
        object.json("list", &list([string(&text), ObjectWriter::new().end()]));
        let read: Value = serde_json::from_str(&object.end()).unwrap();
        prop_assume!(!["count", "number", "flag", "list"].contains(&name.as_str()));
        prop_assert_eq!(read, serde_json::json!({
            name: text, "count": count, "number": number, "flag": true, "list": [text, {}],
        }));
    }
}
