//! Other words for items of the language: what several authors call the same thing.

use std::borrow::Cow;

/// An answer that nobody can take for JSON in chunks.
const BAD_CHUNK: &str = r"raw=HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n";
/// The API's way of refusing within a success.
const CODE_IN_200: &str =
    r#"status=200;body={"code":"InternalError","message":"as the script says","request_id":"r-1"}"#;

/// Words without a value, and the items they stand for.
const WORDS: &[(&str, &str)] = &[
    ("ok", "status=200"),
    ("rst", "reset"),
    ("reset_before", "reset"),
    ("rst_after_body", "reset"),
    ("fin", "close"),
    ("drop", "close"),
    ("nothing", "close"),
    ("close_after_headers", "send=0;close"),
    ("truncated", "send=20;close"),
    ("drop_mid", "send=20;close"),
    ("rst_mid_body", "send=20;reset"),
    ("reset_mid", "send=20;reset"),
    ("html", "type=text/html;body=<html><body>as the script says"),
    ("gzip", "encoding=gzip"),
    ("bad_json", r#"body={"output":"#),
    ("bad_chunk", BAD_CHUNK),
    ("chunk_garbage", BAD_CHUNK),
    ("random_bytes", "garbage"),
    ("code_in_200", CODE_IN_200),
    ("error_in_200", CODE_IN_200),
    ("stall", "hang"),
    ("silent", "hang"),
    ("keepalive_race", "close_idle_race"),
    ("before_body", "early"),
    ("reply_before_body", "early"),
];

/// Words with a value; the value goes in place of `*`.
const WORDS_WITH_VALUE: &[(&str, &str)] = &[
    ("redirect", "status=302;location=*"),
    ("partial", "send=*;close"),
    ("json", "body=*"),
    ("header_bytes", "headers=*"),
    ("content_encoding", "encoding=*"),
    ("before_body", "early=*"),
    ("reply_before_body", "early=*"),
];

/// The items that an item stands for; `None` when it is no other word for something.
pub(super) fn meaning(name: &str, value: Option<&str>) -> Option<Cow<'static, str>> {
    let find = |words: &[(&str, &'static str)]| {
        words.iter().find(|(word, _)| *word == name).map(|(_, meaning)| *meaning)
    };
    match value {
        None => {
            let early = || early_status(name).map(|status| format!("early={status}").into());
            find(WORDS).map(Cow::Borrowed).or_else(early)
        }
        Some(value) => find(WORDS_WITH_VALUE).map(|meaning| meaning.replace('*', value).into()),
    }
}

/// True for every word that is explained here.
pub(super) fn is_known(name: &str) -> bool {
    [WORDS, WORDS_WITH_VALUE].concat().iter().any(|(word, _)| *word == name) || early_status(name).is_some()
}

/// `early_400`.
fn early_status(name: &str) -> Option<u16> {
    name.strip_prefix("early_")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::{AnswerScript, BodyText, Conduct, Plan};
    use super::*;

    fn read(text: &str) -> AnswerScript {
        Plan::read(text).unwrap().answer(0)
    }

    #[test]
    fn every_word_stands_for_items_that_are_understood() {
        for (word, _) in WORDS {
            assert!(Plan::read(word).is_ok(), "{word}");
        }
        for (word, _) in WORDS_WITH_VALUE {
            assert!(Plan::read(&format!("{word}=400")).is_ok(), "{word}");
        }
    }

    #[test]
    fn a_connection_can_end_before_within_and_after_the_head_of_an_answer() {
        assert_eq!((read("rst").conduct, read("fin").conduct), (Conduct::Reset, Conduct::Close));
        let cut = read("close_after_headers");
        assert_eq!((cut.conduct, cut.send, cut.then_close), (Conduct::Answer, Some(0), true));
        let cut = read("rst_mid_body");
        assert_eq!((cut.conduct, cut.send, cut.then_reset), (Conduct::Answer, Some(20), true));
        assert_eq!((read("partial=50").send, read("silent").conduct), (Some(50), Conduct::Hang));
    }

    #[test]
    fn values_go_where_they_belong() {
        let answer = read("redirect=https://evil.example/?a=b;c");
        assert_eq!(answer.status, Some(302));
        assert_eq!(answer.headers[0], ("Location".to_owned(), "https://evil.example/?a=b;c".to_owned()));
        assert_eq!(read("json=[]").body, Some(BodyText::Bytes(b"[]".to_vec())));
    }

    #[test]
    fn a_word_for_something_else_may_follow_another_item() {
        let plan = Plan::read("status=429 then truncated").unwrap();
        assert_eq!((plan.answer(0).status, plan.answer(1).send), (Some(429), Some(20)));
    }
}
