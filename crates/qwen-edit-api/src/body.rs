//! The JSON body, as pieces: texts to be escaped, and gaps where a picture's base64 comes.
//!
//! Written by hand instead of through a serializer, because a body of 40 MB must never be one string in wasm.

use std::borrow::Cow;

use crate::draft::PictureSource;
use crate::phrase;
use crate::size::Size;

/// What goes into a body.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a> {
    pub(crate) model: &'a str,
    pub(crate) pictures: &'a [PictureSource],
    pub(crate) prompt: &'a str,
    pub(crate) parameters: Parameters<'a>,
}

/// The parameters that are set.
#[derive(Clone, Copy, Default)]
pub(crate) struct Parameters<'a> {
    pub(crate) n: Option<u32>,
    pub(crate) size: Option<Size>,
    pub(crate) seed: Option<u32>,
    pub(crate) negative_prompt: Option<&'a str>,
    pub(crate) prompt_extend: Option<bool>,
    pub(crate) watermark: Option<bool>,
}

/// A stretch of the body.
pub(crate) enum Piece<'a> {
    /// JSON as it stands.
    Json(Cow<'a, str>),
    /// The inside of a JSON string, still to be escaped.
    Text(Cow<'a, str>),
    /// The base64 of the picture with this index and length in bytes.
    Base64 { picture: usize, bytes: u64 },
}

impl<'a> Body<'a> {
    /// The body from its first to its last byte.
    pub(crate) fn pieces(self) -> Vec<Piece<'a>> {
        let mut pieces = vec![
            Piece::json("{\"model\":\""),
            Piece::text(self.model),
            Piece::json("\",\"input\":{\"messages\":[{\"role\":\"user\",\"content\":["),
        ];
        for (index, source) in self.pictures.iter().enumerate() {
            pieces.push(Piece::json("{\"image\":\""));
            match source {
                PictureSource::Url(url) => pieces.push(Piece::text(url)),
                PictureSource::File(facts) => {
                    pieces.push(Piece::json("data:"));
                    pieces.push(Piece::json(facts.media_type.as_mime()));
                    pieces.push(Piece::json(";base64,"));
                    pieces.push(Piece::Base64 { picture: index, bytes: facts.bytes });
                }
            }
            pieces.push(Piece::json("\"},"));
        }
        pieces.push(Piece::json("{\"text\":\""));
        pieces.push(Piece::text(self.prompt));
        pieces.push(Piece::json("\"}]}]},\"parameters\":{"));
        self.parameters.push_pieces(&mut pieces);
        pieces.push(Piece::json("}}"));
        pieces
    }

    /// Length in bytes. Pictures of unknown length count as empty.
    pub(crate) fn len(self) -> u64 {
        // Lengths come from the caller and need not make sense, so they must not overflow.
        self.pieces().iter().map(Piece::len).fold(0, u64::saturating_add)
    }
}

/// The value of a parameter.
pub(crate) enum Value<'a> {
    Number(u32),
    Text(Cow<'a, str>),
    Flag(bool),
}

impl<'a> Parameters<'a> {
    /// Those that are set, by the API's names, in the order they are sent.
    pub(crate) fn list(self) -> Vec<(&'static str, Value<'a>)> {
        let number = |value: Option<u32>| value.map(Value::Number);
        let text = |value: Option<Cow<'a, str>>| value.map(Value::Text);
        let flag = |value: Option<bool>| value.map(Value::Flag);
        let all = [
            ("n", number(self.n)),
            ("size", text(self.size.map(|size| phrase!(size).into()))),
            ("seed", number(self.seed)),
            ("negative_prompt", text(self.negative_prompt.map(Cow::Borrowed))),
            ("prompt_extend", flag(self.prompt_extend)),
            ("watermark", flag(self.watermark)),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn push_pieces(self, pieces: &mut Vec<Piece<'a>>) {
        for (index, (name, value)) in self.list().into_iter().enumerate() {
            let separator = if index == 0 { "\"" } else { ",\"" };
            pieces.extend([Piece::json(separator), Piece::json(name), Piece::json("\":")]);
            match value {
                Value::Number(number) => pieces.push(Piece::Json(phrase!(number).into())),
                Value::Text(text) => pieces.extend([Piece::json("\""), Piece::Text(text), Piece::json("\"")]),
                Value::Flag(flag) => pieces.push(Piece::json(if flag { "true" } else { "false" })),
            }
        }
    }
}

impl<'a> Piece<'a> {
    fn json(text: &'a str) -> Self {
        Self::Json(Cow::Borrowed(text))
    }

    fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    fn len(&self) -> u64 {
        match self {
            Self::Json(json) => json.len() as u64,
            Self::Text(text) => text.bytes().map(escaped_len).sum(),
            Self::Base64 { bytes, .. } => base64_len(*bytes),
        }
    }
}

/// Length of padded base64.
fn base64_len(bytes: u64) -> u64 {
    bytes.div_ceil(3).saturating_mul(4)
}

fn escaped_len(byte: u8) -> u64 {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    }
}

/// Appends the inside of a JSON string: raw UTF-8, escaping only what JSON requires.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => {
                let code = character as usize;
                out.push_str("\\u00");
                out.extend([HEX[code >> 4], HEX[code & 0xf]]);
            }
            _ => out.push(character),
        }
    }
}
