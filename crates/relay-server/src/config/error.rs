//! What is wrong with a configuration, without what it says: a key may stand anywhere by mistake, and the text goes to
//! the log.

use std::fmt;
use std::path::Path;

/// How keys of the vendor, and tokens of this relay, begin.
const SECRETS: [&str; 2] = ["sk-", "qei_"];
/// Longer names of settings, and longer paths, are something else.
const NAME_BYTES: usize = 40;
const PATH_BYTES: usize = 255;
/// More digits than a name has that somebody thought up.
const NAME_DIGITS: usize = 8;
/// Stands for what is not repeated.
const HIDDEN: &str = "…";

/// A setting that cannot be used. Its text never repeats a value that could be a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    setting: String,
    problem: String,
}

impl ConfigError {
    /// The fault of a setting. Whoever calls this repeats no values; what looks like a secret all the same is hidden.
    pub(crate) fn invalid(setting: impl AsRef<str>, problem: impl fmt::Display) -> Self {
        Self { setting: masked(setting.as_ref()), problem: masked(&problem.to_string()) }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.problem)
    }
}

impl std::error::Error for ConfigError {}

/// A name out of the file, if it can be one: a setting that is not known is found by its name.
pub(super) fn name(text: &str) -> &str {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_name = text.len() <= NAME_BYTES && digits <= NAME_DIGITS && text.chars().all(is_of_name);
    if is_name { text } else { HIDDEN }
}

/// A path out of the file. One of many lines is the content of the file.
pub(super) fn path(path: &Path) -> String {
    let text = path.display().to_string();
    let is_path = text.len() <= PATH_BYTES && !text.chars().any(char::is_control);
    format!("\"{}\"", if is_path { &text } else { HIDDEN })
}

/// The text of a reader of TOML, without the value it quotes: only its kind, and what was expected in its place.
pub(super) fn without_value(message: &str) -> String {
    // The value may say "expected" too; what the reader expected is the last.
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        // These name a setting of ours, or are words of ours.
        return if message.starts_with("unknown ") { "unknown".to_owned() } else { message.to_owned() };
    };
    let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
    let expected = if expected.starts_with("struct ") { "a table" } else { expected };
    format!("{kind}, expected {expected}")
}

/// The last defence: user information of an address, and what begins like a secret.
fn masked(text: &str) -> String {
    let ends_word = |c: char| c.is_whitespace() || matches!(c, '"' | '`' | '\'');
    let mut shown = String::with_capacity(text.len());
    for piece in text.split_inclusive(ends_word) {
        let word = piece.trim_end_matches(ends_word);
        let end = piece.get(word.len()..).unwrap_or_default();
        if word.contains('@') {
            shown.push_str(HIDDEN);
        } else {
            for part in word.split_inclusive(|c| !is_of_name(c)) {
                let (run, mark) = part.split_at(part.trim_end_matches(|c| !is_of_name(c)).len());
                shown.push_str(if is_secret(run) { HIDDEN } else { run });
                shown.push_str(mark);
            }
        }
        shown.push_str(end);
    }
    shown
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Whether a word looks like a key of the vendor or a token of this relay.
pub(super) fn is_secret(run: &str) -> bool {
    let begins_so =
        |start: &&str| run.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    SECRETS.iter().any(begins_so)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_keeps_the_kind_and_what_was_expected() {
        for (message, kept) in [
            ("invalid type: string \"canary\", expected u64", "invalid type: string, expected u64"),
            ("invalid value: integer `-5`, expected u64", "invalid value: integer, expected u64"),
            (
                "invalid type: string \"canary\", expected b \", expected struct InviteSettings",
                "invalid type: string, expected a table",
            ),
            ("unknown field `canary`, expected one of `a`, `b`", "unknown field, expected one of `a`, `b`"),
            (
                "unknown variant `canary, expected x`, expected `a` or `b`",
                "unknown variant, expected `a` or `b`",
            ),
            ("unknown field `canary`, there are no fields", "unknown"),
            ("missing field `upstream`", "missing field `upstream`"),
            ("duplicate key", "duplicate key"),
        ] {
            assert_eq!(without_value(message), kept);
        }
    }

    #[test]
    fn what_looks_like_a_secret_is_hidden_wherever_it_stands() {
        let shown = |setting: &str, problem: &str| ConfigError::invalid(setting, problem).to_string();
        assert_eq!(shown("regions.sk-canary.upstream", "is wrong"), "regions.….upstream: is wrong");
        assert_eq!(shown("x", "\"https://user:canary@a.example/b\" is wrong"), "x: \"…\" is wrong");
        assert_eq!(shown("x", "\"/keys/SK-canary.pem\": gone"), "x: \"/keys/….pem\": gone");
        assert_eq!(shown("a", "the variable qei_canary is not set"), "a: the variable … is not set");
        let harmless = "write \"https://desk-lamp.example\", é, `task_id`";
        assert_eq!(shown("limits.job_life", harmless), format!("limits.job_life: {harmless}"));
    }

    #[test]
    fn names_are_short_and_paths_are_one_line() {
        assert_eq!(name("wrong_tokens_per_minute_per_ip"), "wrong_tokens_per_minute_per_ip");
        for secret in ["f81d4fae7dec11d0a76500a0c91e6bf6", "a b", "a:b", &"x".repeat(41)] {
            assert_eq!(name(secret), HIDDEN);
        }
        assert_eq!(path(Path::new("/etc/relay/key")), "\"/etc/relay/key\"");
        assert_eq!(path(Path::new("-----BEGIN PRIVATE KEY-----\ncanary")), "\"…\"");
    }
}
