//! `name=value;name;name=value`, where a value may hold semicolons of its own.

use super::alias;

/// The names of the language: a semicolon ends a value only in front of one of them, or of another word for them.
const NAMES: &[&str] = &[
    "status",
    "type",
    "body",
    "headers",
    "header",
    "delay",
    "hang",
    "refuse",
    "reset",
    "close",
    "drip",
    "raw",
    "echo_key",
    "header_echo_key",
    "location",
    "length",
    "send",
    "interim",
    "body_bytes",
    "bytes",
    "encoding",
    "chunked",
    "empty",
    "garbage",
    "h2_goaway",
    "close_idle_race",
    "retry_after",
    "truncate",
    "early",
];

/// Splits a script into names and values.
pub(super) fn split(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut items = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(';') {
        if starts_with_name(&text[at + 1..]) {
            items.push(item(&text[from..at]));
            from = at + 1;
        }
    }
    items.push(item(&text[from..]));
    items.retain(|(name, _)| !name.is_empty());
    items
}

/// True for `status=200`, `hang` and the like at the beginning.
pub(super) fn starts_with_name(text: &str) -> bool {
    let end =
        text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let ends =
        rest.is_empty() || rest.starts_with(['=', ';']) || rest.starts_with(" then ") || rest == " once";
    ends && (NAMES.contains(&name) || alias::is_known(name))
}

fn item(text: &str) -> (&str, Option<&str>) {
    match text.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value)),
        None => (text.trim(), None),
    }
}

/// A number, a sum, or a number with KB, MB or GB.
pub(super) fn number(text: &str) -> Option<u64> {
    text.split('+').map(|term| one_number(term.trim())).sum()
}

fn one_number(text: &str) -> Option<u64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" | "k" => 1 << 10,
        "mb" | "m" => 1 << 20,
        "gb" | "g" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_inside_a_value_stays_there() {
        let items = split(r#"type=image/PNG; charset="x\"y";body=png"#);
        assert_eq!(items, [("type", Some(r#"image/PNG; charset="x\"y""#)), ("body", Some("png"))]);
    }

    #[test]
    fn items_may_have_no_value() {
        let items = split("type=image/png;length=1000000;send=5000;close");
        assert_eq!(items[3], ("close", None));
        assert_eq!(items.len(), 4);
    }

    #[test]
    fn numbers_may_be_sums_and_have_units() {
        assert_eq!(number("33554432+1"), Some(33_554_433));
        assert_eq!(number("200KB"), Some(204_800));
        assert_eq!(number("lots"), None);
    }
}
