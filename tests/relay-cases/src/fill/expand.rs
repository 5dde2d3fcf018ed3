//! Placeholders in texts and bytes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::paths;
use crate::case_file::Amount;

/// `{NAME}` or `{NAME:arguments}`; the arguments may themselves hold a placeholder. A number may follow, `{NAME}+1`.
#[expect(clippy::unwrap_used, reason = "the pattern is a constant")]
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{([A-Z][A-Z0-9_]*)(?::((?:[^{}]|\{[^{}]*\})*))?\}([+-][0-9]+)?").unwrap());

/// Replaces placeholders.
#[derive(Debug, Clone)]
pub(crate) struct Expander {
    values: BTreeMap<String, String>,
}

impl Expander {
    pub(crate) fn new(values: BTreeMap<String, String>) -> Self {
        Self { values }
    }

    pub(crate) fn extend(&mut self, values: BTreeMap<String, String>) {
        self.values.extend(values);
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// The value of a placeholder that every run has.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Replaces all placeholders in a text.
    ///
    /// # Errors
    /// A placeholder that nobody knows, or bytes that are no text.
    pub(crate) fn text(&self, text: &str) -> Result<String, String> {
        String::from_utf8(self.bytes(text)?).map_err(|_| format!("\"{text}\" is not text"))
    }

    /// Replaces all placeholders; some stand for bytes that are no text.
    pub(crate) fn bytes(&self, text: &str) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut copied = 0;
        for found in PLACEHOLDER.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            bytes.extend_from_slice(&text.as_bytes()[copied..whole.start()]);
            bytes.extend(with_added(&self.value(&found)?, found.get(3).map_or("", |added| added.as_str())));
            copied = whole.end();
        }
        bytes.extend_from_slice(&text.as_bytes()[copied..]);
        Ok(with_length(bytes))
    }

    /// A number, written as one, as a placeholder, or as a sum.
    pub(crate) fn amount(&self, amount: &Amount) -> Result<f64, String> {
        let text = match amount {
            Amount::Number(number) => return Ok(*number),
            Amount::Placeholder(text) => self.text(text)?,
        };
        let terms = text.split('+').map(|term| term.trim().parse::<f64>().ok());
        terms.sum::<Option<f64>>().ok_or(format!("\"{text}\" is not a number"))
    }

    fn value(&self, found: &Captures<'_>) -> Result<Vec<u8>, String> {
        let name = &found[1];
        let arguments = found.get(2).map(|arguments| arguments.as_str());
        let Some(arguments) = arguments else {
            // Whatever is said of a grant, expired or for another, it is one that this relay never gave.
            let known = if name.starts_with("GRANT") { "GRANT" } else { name };
            let value = self.values.get(known).map(|value| value.as_bytes().to_vec());
            // Left for later: it depends on everything around it.
            let value = value.or((name == "LEN").then(|| b"{LEN}".to_vec()));
            return value.ok_or(format!("placeholder {{{name}}}"));
        };
        let counted = || {
            let (text, count) = arguments.rsplit_once(':').unwrap_or(("", arguments));
            count.trim().parse::<usize>().ok().map(|count| (text, count))
        };
        let bad = || format!("placeholder {{{name}:{arguments}}}");
        match name {
            "REPEAT" => {
                let (text, count) = counted().ok_or_else(bad)?;
                Ok(escape_sequences(&self.text(text)?).repeat(count))
            }
            "HEX" => crate::case_file::from_hex(arguments),
            "HEADERS" => {
                let (_, count) = counted().ok_or_else(bad)?;
                Ok((0..count).map(|number| format!("X-H{number}: v\r\n")).collect::<String>().into_bytes())
            }
            "PIPELINE" => {
                let (count, line) = arguments.split_once(':').ok_or_else(bad)?;
                let count: usize = count.parse().map_err(|_| bad())?;
                let line = paths::raw_with_real_paths(line);
                let request = format!("{line} HTTP/1.1\r\nHost: {}\r\n\r\n", self.get("RELAY_HOSTPORT"));
                Ok(request.repeat(count).into_bytes())
            }
            _ => Err(bad()),
        }
    }
}

/// A number and what is added to it make another number; everything else stays side by side.
fn with_added(value: &[u8], added: &str) -> Vec<u8> {
    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok());
    match (number, added.parse::<i64>()) {
        (Some(number), Ok(added)) => (number + added).to_string().into_bytes(),
        _ => [value, added.as_bytes()].concat(),
    }
}

/// Puts the length of what follows the blank line where `{LEN}` stands.
fn with_length(bytes: Vec<u8>) -> Vec<u8> {
    const MARK: &[u8] = b"{LEN}";
    let find = |wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted);
    let Some(at) = find(MARK) else { return bytes };
    let body_at = find(b"\r\n\r\n").map_or(bytes.len(), |blank| blank + 4);
    let length = (bytes.len() - body_at).to_string();
    [&bytes[..at], length.as_bytes(), &bytes[at + MARK.len()..]].concat()
}

/// `\r`, `\n`, `\t`, `\\` and `\x41` as the bytes they stand for.
pub(crate) fn escape_sequences(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let hexadecimal = after.strip_prefix('x').and_then(|digits| digits.get(..2));
        let hexadecimal = hexadecimal.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, length) = match (after.chars().next(), hexadecimal) {
            (_, Some(byte)) => (byte, 3),
            (Some('r'), _) => (b'\r', 1),
            (Some('n'), _) => (b'\n', 1),
            (Some('t'), _) => (b'\t', 1),
            (Some('0'), _) => (0, 1),
            (Some('\\'), _) => (b'\\', 1),
            _ => (b'\\', 0),
        };
        bytes.push(byte);
        rest = &after[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expander() -> Expander {
        let values = [("EVIL", "evil.example"), ("MAX_IMG", "100"), ("RELAY_HOSTPORT", "relay.example:1")];
        Expander::new(values.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    #[test]
    fn names_and_calculations_are_replaced_and_json_is_left_alone() {
        let text = r#"{"a":"{EVIL}"} {REPEAT:ab:3}"#;
        assert_eq!(expander().text(text).unwrap(), r#"{"a":"evil.example"} ababab"#);
        assert_eq!(expander().bytes(r"{HEX:1603}{REPEAT:\x00:2}").unwrap(), [0x16, 3, 0, 0]);
        assert_eq!(expander().amount(&Amount::Placeholder("{MAX_IMG}+1".into())), Ok(101.0));
        assert_eq!(expander().text("{MAX_IMG}-1 {EVIL}+1").unwrap(), "99 evil.example+1");
    }

    #[test]
    fn an_unknown_placeholder_is_an_error_that_names_it() {
        assert_eq!(expander().text("a {MOON}"), Err("placeholder {MOON}".to_owned()));
        assert!(expander().text("{DANCE:3}").is_err());
    }

    #[test]
    fn every_grant_is_a_well_formed_one() {
        let mut expander = expander();
        expander.set("GRANT", "3q2-7w");
        assert_eq!(expander.text("{GRANT} {GRANT_EXPIRED} {GRANT_OTHER}"), Ok("3q2-7w 3q2-7w 3q2-7w".into()));
    }

    #[test]
    fn the_length_of_the_body_is_counted() {
        let raw = "POST / HTTP/1.1\r\nContent-Length: {LEN}\r\n\r\nhello";
        assert!(expander().text(raw).unwrap().contains("Content-Length: 5\r\n"));
    }

    #[test]
    fn requests_are_put_in_a_row() {
        let row = expander().text("{PIPELINE:2:GET /healthz}").unwrap();
        assert_eq!(row, "GET /relay/healthz HTTP/1.1\r\nHost: relay.example:1\r\n\r\n".repeat(2));
    }
}
