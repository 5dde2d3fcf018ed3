//! Request bodies as bytes.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Expander;
use crate::case_file::{Amount, BodySpec};

/// A body on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) framing: Framing,
    /// Written one after the other.
    pub(crate) parts: Vec<Bytes>,
    /// End the connection's sending half after the last part.
    pub(crate) then_close: bool,
}

/// How the head announces the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Not at all.
    Nothing,
    Length(u64),
    Chunked,
}

impl Body {
    pub(crate) fn none() -> Self {
        Self { framing: Framing::Nothing, parts: Vec::new(), then_close: false }
    }

    /// A whole body in one piece.
    pub(crate) fn of(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { framing: Framing::Length(bytes.len() as u64), parts: vec![bytes], then_close: false }
    }

    /// Announces the whole, sends the beginning, ends.
    pub(crate) fn cut(self, sent: usize) -> Self {
        let whole: Vec<u8> = self.parts.concat();
        let beginning = Bytes::from(whole).slice(..sent);
        Self { framing: self.framing, parts: vec![beginning], then_close: true }
    }
}

/// Makes the bytes.
///
/// # Errors
/// Unknown placeholders.
pub(crate) fn build(spec: &BodySpec, expander: &Expander) -> Result<Body, String> {
    let size = |amount: &Amount| expander.amount(amount).map(|number| number as u64);
    Ok(match spec {
        BodySpec::None => Body::none(),
        BodySpec::Literal(text) => Body::of(expander.bytes(text)?),
        BodySpec::Bytes(bytes) => Body::of(bytes.clone()),
        BodySpec::Generated { bytes, chunked } => {
            let whole = Body::of(generated(size(bytes)?));
            if *chunked { Body { framing: Framing::Chunked, ..whole } } else { whole }
        }
        BodySpec::Short { announced, sent, then_close } => Body {
            framing: Framing::Length(size(announced)?),
            parts: vec![generated(size(sent)?)],
            then_close: *then_close,
        },
        BodySpec::GzipBomb { bytes } => Body::of(gzip_bomb(size(bytes)?)),
        BodySpec::Repeat { text, count } => Body::of(expander.bytes(text)?.repeat(size(count)? as usize)),
        BodySpec::ManyKeys { count } => Body::of(many_keys(size(count)?)),
        BodySpec::EscapedString { bytes } => {
            let bytes = size(bytes)?;
            Body::of(wrapped(bytes, r"\u0041".repeat(bytes as usize / 6)))
        }
    })
}

/// A body the API would take, of exactly this many bytes where there is room for one.
fn generated(bytes: u64) -> Bytes {
    wrapped(bytes, noise(bytes as usize))
}

/// Puts as much of `filling` into a valid body as fits into `bytes`.
fn wrapped(bytes: u64, mut filling: String) -> Bytes {
    const HEAD: &str =
        r#"{"model":"qwen-image-edit","input":{"messages":[{"role":"user","content":[{"text":""#;
    const TAIL: &str = r#""},{"image":"data:image/png;base64,"}]}]},"parameters":{"n":1}}"#;
    let room = (bytes as usize).saturating_sub(HEAD.len() + TAIL.len());
    // An escape that is cut in two would not be JSON.
    let step = if filling.starts_with('\\') { 6 } else { 1 };
    filling.truncate(room / step * step);
    let spaces = " ".repeat(room - filling.len());
    let whole = [HEAD, &filling, TAIL, &spaces].concat();
    Bytes::from(whole).slice(..(bytes as usize).min(HEAD.len() + room + TAIL.len()))
}

/// Base64 that does not compress. The same each time, so that a second body equals the first.
fn noise(bytes: usize) -> String {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut raw = Vec::with_capacity(bytes);
    while raw.len() < bytes * 3 / 4 + 8 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        raw.extend_from_slice(&state.to_le_bytes());
    }
    BASE64_STANDARD.encode(raw)
}

/// A gzip stream may have many members, so one is made and repeated.
fn gzip_bomb(bytes: u64) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 20];
    // Writing into memory cannot fail.
    let member = (0..10).try_for_each(|_| encoder.write_all(&zeros)).and_then(|()| encoder.finish());
    let member = member.unwrap_or_default();
    let mut bomb = member.repeat(bytes as usize / member.len().max(1) + 1);
    bomb.truncate(bytes as usize);
    bomb
}

fn many_keys(count: u64) -> String {
    let keys: Vec<String> = (0..count).map(|number| format!("\"k{number}\":{number}")).collect();
    format!("{{\"model\":\"qwen-image-edit\",{}}}", keys.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_bodies_have_exactly_the_size_asked_for_and_are_json() {
        for bytes in [300, 1000, 1001, 65_537] {
            let body = generated(bytes);
            assert_eq!(body.len() as u64, bytes);
            assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok(), "{bytes}");
        }
        assert_eq!(generated(10).len(), 10);
        assert_eq!(generated(0).len(), 0);
    }

    #[test]
    fn an_escaped_string_is_json_too() {
        let expander = Expander::new(std::collections::BTreeMap::new());
        for bytes in [1000_u64, 1001, 1005] {
            let body =
                build(&BodySpec::EscapedString { bytes: Amount::Number(bytes as f64) }, &expander).unwrap();
            assert_eq!(body.framing, Framing::Length(bytes));
            assert!(serde_json::from_slice::<serde_json::Value>(&body.parts[0]).is_ok(), "{bytes}");
        }
    }

    #[test]
    fn a_bomb_is_small_and_unpacks_to_much_more() {
        use std::io::Read as _;
        let bomb = gzip_bomb(100_000);
        assert_eq!(bomb.len(), 100_000);
        let mut unpacked = Vec::new();
        // The last member is cut off.
        let _ = flate2::read::MultiGzDecoder::new(&bomb[..]).read_to_end(&mut unpacked);
        assert!(unpacked.len() > 50_000_000, "{}", unpacked.len());
    }
}
