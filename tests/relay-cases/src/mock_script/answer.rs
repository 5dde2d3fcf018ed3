//! How a server answers one request.

use std::time::Duration;

use super::{alias, items};
use crate::fill::escape_sequences;

/// Answers to one request after the other; the last one stays.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    answers: Vec<AnswerScript>,
}

impl Default for Plan {
    fn default() -> Self {
        Self { answers: vec![AnswerScript::default()] }
    }
}

impl Plan {
    /// Reads `…`, `… once` and `… then …`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut answers = Vec::new();
        let mut rest = text.trim();
        // "then" separates only what is followed by an item: it may also stand in a body.
        while let Some(at) =
            rest.match_indices(" then ").map(|(at, _)| at).find(|at| items::starts_with_name(&rest[at + 6..]))
        {
            answers.push(AnswerScript::read(&rest[..at])?);
            rest = &rest[at + 6..];
        }
        match rest.strip_suffix(" once") {
            Some(first) => answers.extend([AnswerScript::read(first)?, AnswerScript::default()]),
            None => answers.push(AnswerScript::read(rest)?),
        }
        Ok(Self { answers })
    }

    /// The answer to request `number`, counted from 0.
    pub(crate) fn answer(&self, number: usize) -> AnswerScript {
        self.answers.get(number).or(self.answers.last()).cloned().unwrap_or_default()
    }

    /// True when some request is answered so.
    pub(crate) fn has(&self, conduct: Conduct) -> bool {
        self.answers.iter().any(|answer| answer.conduct == conduct)
    }

    /// True when some answer takes for ever.
    pub(crate) fn never_ends(&self) -> bool {
        self.has(Conduct::Hang) || self.answers.iter().any(|answer| answer.drip.is_some())
    }

    /// True when some answer comes before the body of its request has been read.
    pub(crate) fn is_early(&self) -> bool {
        self.answers.iter().any(|answer| answer.early)
    }

    pub(crate) fn longest_delay(&self) -> Duration {
        self.answers.iter().map(|answer| answer.delay).max().unwrap_or_default()
    }
}

/// What happens after a request has arrived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Conduct {
    #[default]
    Answer,
    /// The port is closed.
    Refuse,
    /// Nothing follows.
    Hang,
    /// The connection is reset.
    Reset,
    /// The connection is closed.
    Close,
    /// An idle connection is closed at a moment nobody can foresee.
    CloseIdleRace,
    /// HTTP/2 is spoken, and taken back as soon as a request arrives.
    Http2GoAway,
}

/// The body of an answer, when it is not the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BodyText {
    Bytes(Vec<u8>),
    /// A picture of the named kind.
    Picture(&'static str),
    /// This many bytes of JSON, or of a picture.
    Size(u64),
}

/// One answer. What is not given is what a healthy server would do.
#[derive(Debug, Clone, Default)]
pub(crate) struct AnswerScript {
    pub(crate) conduct: Conduct,
    pub(crate) status: Option<u16>,
    pub(crate) media_type: Option<String>,
    pub(crate) body: Option<BodyText>,
    pub(crate) headers: Vec<(String, String)>,
    /// Fill the head with this many more bytes.
    pub(crate) header_bytes: Option<u64>,
    pub(crate) delay: Duration,
    pub(crate) interim: Vec<u16>,
    /// Bytes of body in each second.
    pub(crate) drip: Option<u64>,
    pub(crate) echo_key: bool,
    pub(crate) header_echo_key: bool,
    /// The length that is announced.
    pub(crate) length: Option<u64>,
    /// The bytes of body that are sent.
    pub(crate) send: Option<u64>,
    pub(crate) chunked: bool,
    /// Close after the answer.
    pub(crate) then_close: bool,
    /// Reset after the answer.
    pub(crate) then_reset: bool,
    /// Answer as soon as the head of the request is there, and do not read its body.
    pub(crate) early: bool,
    /// These bytes instead of an answer.
    pub(crate) raw: Option<Vec<u8>>,
}

impl AnswerScript {
    fn read(text: &str) -> Result<Self, String> {
        let mut answer = Self::default();
        answer.apply_all(text)?;
        answer.settle();
        Ok(answer)
    }

    fn apply_all(&mut self, text: &str) -> Result<(), String> {
        for (name, value) in items::split(text.trim()) {
            let what = value.map_or(name.to_owned(), |value| format!("{name}={value}"));
            match alias::meaning(name, value) {
                Some(meaning) => self.apply_all(&meaning)?,
                None => self.apply(name, value).ok_or(format!("mock item \"{what}\""))?,
            }
        }
        Ok(())
    }

    /// `None` when the item is not understood.
    fn apply(&mut self, name: &str, value: Option<&str>) -> Option<()> {
        match (name, value) {
            ("status", Some(value)) => self.status = Some(value.trim().parse().ok()?),
            ("type", Some(value)) => self.media_type = Some(value.to_owned()),
            ("body", Some(value)) => self.body = Some(body(value)),
            ("body_bytes" | "bytes", Some(value)) => self.body = Some(BodyText::Size(items::number(value)?)),
            ("empty", None) => self.body = Some(BodyText::Bytes(Vec::new())),
            ("header" | "headers", Some(value)) => self.add_headers(value)?,
            ("location", Some(value)) => self.headers.push(("Location".to_owned(), value.to_owned())),
            ("retry_after", Some(value)) => self.headers.push(("Retry-After".to_owned(), value.to_owned())),
            ("encoding", Some(value)) => self.headers.push(("Content-Encoding".to_owned(), value.to_owned())),
            ("delay", Some(value)) => self.delay = seconds(value)?,
            ("interim", Some(value)) => {
                self.interim =
                    value.split(',').map(|code| code.trim().parse().ok()).collect::<Option<_>>()?;
            }
            ("drip", Some(value)) => {
                let rate = value.trim().trim_end_matches("/s").trim_end_matches("ps");
                self.drip = Some(items::number(rate)?.max(1));
            }
            ("echo_key", None) => self.echo_key = true,
            ("header_echo_key", None) => self.header_echo_key = true,
            ("length", Some(value)) => self.length = Some(items::number(value)?),
            ("send" | "truncate", Some(value)) => self.send = Some(items::number(value)?),
            ("chunked", None) => self.chunked = true,
            ("close", None) => self.then_close = true,
            ("reset", None) => self.then_reset = true,
            ("raw", Some(value)) => self.raw = Some(escape_sequences(value)),
            ("garbage", None) => self.raw = Some(b"\x00\x01 what is this? \xff\xfe\r\n\r\n".to_vec()),
            ("hang", None) => self.conduct = Conduct::Hang,
            ("refuse", None) => self.conduct = Conduct::Refuse,
            ("early", None) => self.early = true,
            ("early", Some(value)) => {
                self.early = true;
                self.status = Some(value.trim().trim_start_matches("status=").parse().ok()?);
            }
            ("h2_goaway", None) => self.conduct = Conduct::Http2GoAway,
            ("close_idle_race", None) => self.conduct = Conduct::CloseIdleRace,
            _ => return None,
        }
        Some(())
    }

    /// A connection that ends without a word about an answer ends before one.
    fn settle(&mut self) {
        let says_something = self.status.is_some()
            || self.media_type.is_some()
            || self.body.is_some()
            || self.length.is_some()
            || self.send.is_some();
        match self.conduct {
            Conduct::Answer if self.then_reset && !says_something => self.conduct = Conduct::Reset,
            Conduct::Answer if self.then_close && !says_something => self.conduct = Conduct::Close,
            _ => {}
        }
    }

    /// `A:b|C:d`, or a size.
    fn add_headers(&mut self, text: &str) -> Option<()> {
        if let Some(bytes) = items::number(text) {
            self.header_bytes = Some(bytes);
            return Some(());
        }
        for header in text.split('|') {
            let (name, value) = header.split_once(':')?;
            self.headers.push((name.trim().to_owned(), value.trim_start().to_owned()));
        }
        Some(())
    }
}

fn body(text: &str) -> BodyText {
    match text {
        "png" => BodyText::Picture("png"),
        "jpeg" | "jpg" => BodyText::Picture("jpeg"),
        "webp" => BodyText::Picture("webp"),
        "gif" => BodyText::Picture("gif"),
        "empty" => BodyText::Bytes(Vec::new()),
        text => BodyText::Bytes(escape_sequences(text)),
    }
}

/// `100`, `100s`, `500ms`.
fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    match text.strip_suffix("ms") {
        Some(text) => text.parse().ok().map(Duration::from_millis),
        None => text
            .trim_end_matches('s')
            .parse()
            .ok()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> AnswerScript {
        Plan::read(text).unwrap().answer(0)
    }

    #[test]
    fn headers_are_a_list_or_a_size() {
        let answer =
            read("headers=Set-Cookie:sid=1|Location:https://x|Content-Security-Policy:default-src *");
        assert_eq!(answer.headers[1], ("Location".to_owned(), "https://x".to_owned()));
        assert_eq!(answer.headers.len(), 3);
        assert_eq!(read("headers=200KB").header_bytes, Some(204_800));
    }

    #[test]
    fn closing_before_and_after_an_answer_are_two_things() {
        assert_eq!(read("close").conduct, Conduct::Close);
        let cut = read("type=image/png;length=1000000;send=5000;close");
        assert_eq!((cut.conduct, cut.then_close), (Conduct::Answer, true));
    }

    #[test]
    fn an_answer_can_come_before_the_body() {
        for text in
            ["early=400", "early_400", "early=status=400", "status=400;early", "before_body;status=400"]
        {
            let answer = read(text);
            assert_eq!((answer.early, answer.status), (true, Some(400)), "{text}");
        }
        let closing = read("early=400;close");
        assert_eq!((closing.conduct, closing.then_close), (Conduct::Answer, true));
        assert_eq!(read("early;reset").conduct, Conduct::Reset);
        assert!(!Plan::read("status=400").unwrap().is_early());
    }

    #[test]
    fn plans_have_a_first_answer_and_a_next_one() {
        let plan = Plan::read("status=400 once").unwrap();
        assert_eq!((plan.answer(0).status, plan.answer(1).status), (Some(400), None));
        let plan = Plan::read("status=500;body=first then more then status=200").unwrap();
        assert_eq!(plan.answer(0).body, Some(BodyText::Bytes(b"first then more".to_vec())));
        assert_eq!((plan.answer(1).status, plan.answer(9).status), (Some(200), Some(200)));
    }

    #[test]
    fn raw_bytes_are_unescaped() {
        let raw = read(r"raw=HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n").raw.unwrap();
        assert_eq!(raw, b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n");
    }
}
