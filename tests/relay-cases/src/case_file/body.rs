//! Request bodies as the file describes them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::expect::Amount;

/// What to send. Sizes in bytes; like all numbers they may be placeholders.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) enum BodySpec {
    #[default]
    None,
    /// Text with placeholders.
    Literal(String),
    Bytes(Vec<u8>),
    /// A valid generation body padded with base64.
    Generated {
        bytes: Amount,
        chunked: bool,
    },
    /// A length is announced, fewer bytes follow.
    Short {
        announced: Amount,
        sent: Amount,
        then_close: bool,
    },
    /// This many bytes of gzip, which unpack to about a thousand times as much.
    GzipBomb {
        bytes: Amount,
    },
    Repeat {
        text: String,
        count: Amount,
    },
    /// An object with this many keys.
    ManyKeys {
        count: Amount,
    },
    /// A text in which every character is written as an escape.
    EscapedString {
        bytes: Amount,
    },
}

impl TryFrom<Map<String, Value>> for BodySpec {
    type Error = String;

    fn try_from(fields: Map<String, Value>) -> Result<Self, String> {
        let kind = fields.get("type").and_then(Value::as_str).ok_or("body without a type")?;
        let text = || {
            let value = fields.get("value").and_then(Value::as_str);
            value.map(str::to_owned).ok_or(format!("body of type {kind} without a value"))
        };
        // The names differ between authors; what is meant does not.
        let number = |names: &[&str]| {
            let found = names.iter().find_map(|name| amount(fields.get(*name)?));
            found.ok_or(format!("body of type {kind} without {}", names[0]))
        };
        let bytes = || number(&["bytes", "n", "size", "length"]);
        let count = || number(&["count", "n", "keys"]);
        let announced = || number(&["content_length", "declared", "declare", "bytes", "length"]);
        let sent = || number(&["send", "sent"]);
        match kind {
            "none" => Ok(Self::None),
            "literal" => Ok(Self::Literal(text()?)),
            "hex" => Ok(Self::Bytes(from_hex(&text()?)?)),
            "gen_json" => Ok(Self::Generated { bytes: bytes()?, chunked: false }),
            "chunked_gen" => Ok(Self::Generated { bytes: bytes()?, chunked: true }),
            "declared_length" => {
                Ok(Self::Short { announced: announced()?, sent: sent()?, then_close: false })
            }
            "truncated" => Ok(Self::Short { announced: announced()?, sent: sent()?, then_close: true }),
            "gzip_bomb" => Ok(Self::GzipBomb { bytes: bytes()? }),
            "repeat" => Ok(Self::Repeat { text: text()?, count: count()? }),
            "many_keys" => Ok(Self::ManyKeys { count: count()? }),
            "escaped_string" => Ok(Self::EscapedString { bytes: bytes()? }),
            other => Err(format!("body type \"{other}\"")),
        }
    }
}

fn amount(value: &Value) -> Option<Amount> {
    match value {
        Value::String(text) => Some(Amount::Placeholder(text.clone())),
        value => value.as_f64().map(Amount::Number),
    }
}

/// Pairs of hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pair = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(text, 16).ok().filter(|_| pair.len() == 2)
    };
    digits.chunks(2).map(pair).collect::<Option<_>>().ok_or(format!("\"{text}\" is not hexadecimal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<BodySpec, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn bodies_are_read_by_type() {
        assert_eq!(read(r#"{"type":"none"}"#), Ok(BodySpec::None));
        assert_eq!(read(r#"{"type":"hex","value":"7b 7d"}"#), Ok(BodySpec::Bytes(b"{}".to_vec())));
        let declared = read(r#"{"type":"declared_length","content_length":9,"send":0}"#);
        assert_eq!(
            declared,
            Ok(BodySpec::Short {
                announced: Amount::Number(9.0),
                sent: Amount::Number(0.0),
                then_close: false
            })
        );
    }

    #[test]
    fn an_unknown_type_is_an_error_that_names_it() {
        assert!(read(r#"{"type":"origami"}"#).unwrap_err().contains("origami"));
        assert!(read(r#"{"type":"hex","value":"7b7"}"#).unwrap_err().contains("hexadecimal"));
    }
}
