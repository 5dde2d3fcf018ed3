//! The JSON body, as pieces: texts to be escaped, and gaps where a picture's base64 comes.
//!
//! Written by hand instead of through a serializer, because a body of 40 MB must never be one string in wasm.

use std::borrow::Cow;

use crate::draft::PictureSource;
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
    Text(&'a str),
    /// The base64 of the picture with this index and length in bytes.
    Base64 { picture: usize, bytes: u64 },
}

impl<'a> Body<'a> {
    /// The body from its first to its last byte.
    pub(crate) fn pieces(self) -> Vec<Piece<'a>> {
        let mut pieces = vec![
            Piece::json("{\"model\":\""),
            Piece::Text(self.model),
            Piece::json("\",\"input\":{\"messages\":[{\"role\":\"user\",\"content\":["),
        ];
        for (index, source) in self.pictures.iter().enumerate() {
            pieces.push(Piece::json("{\"image\":\""));
            match source {
                PictureSource::Url(url) => pieces.push(Piece::Text(url)),
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
        pieces.push(Piece::Text(self.prompt));
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

impl<'a> Parameters<'a> {
    fn push_pieces(self, pieces: &mut Vec<Piece<'a>>) {
        let mut separator = "";
        let mut push = |name: &'static str, value: Vec<Piece<'a>>| {
            pieces.extend([Piece::json(separator), Piece::json("\""), Piece::json(name), Piece::json("\":")]);
            pieces.extend(value);
            separator = ",";
        };
        if let Some(n) = self.n {
            push("n", vec![Piece::Json(n.to_string().into())]);
        }
        if let Some(size) = self.size {
            push("size", vec![Piece::Json(format!("\"{size}\"").into())]);
        }
        if let Some(seed) = self.seed {
            push("seed", vec![Piece::Json(seed.to_string().into())]);
        }
        if let Some(text) = self.negative_prompt {
            push("negative_prompt", vec![Piece::json("\""), Piece::Text(text), Piece::json("\"")]);
        }
        if let Some(flag) = self.prompt_extend {
            push("prompt_extend", vec![Piece::flag(flag)]);
        }
        if let Some(flag) = self.watermark {
            push("watermark", vec![Piece::flag(flag)]);
        }
    }
}

impl<'a> Piece<'a> {
    fn json(text: &'a str) -> Self {
        Self::Json(Cow::Borrowed(text))
    }

    fn flag(flag: bool) -> Self {
        Self::json(if flag { "true" } else { "false" })
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
