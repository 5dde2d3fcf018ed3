//! Texts as literals, so that whatever they hold stays a text.

use std::fmt::Write as _;

/// A string of JSON, which is also one of Python, Java and JavaScript.
pub(super) fn json(text: &str) -> String {
    quoted(text, |out, character| {
        let mut units = [0; 2];
        for unit in character.encode_utf16(&mut units) {
            write!(out, "\\u{unit:04x}").ok();
        }
    })
}

/// A string of Rust.
pub(super) fn rust(text: &str) -> String {
    quoted(text, |out, character| {
        write!(out, "\\u{{{:x}}}", character as u32).ok();
    })
}

/// A word of the shell.
pub(super) fn shell(text: &str) -> String {
    format!("'{}'", inside_shell_quotes(text))
}

/// What stands between single quotes of the shell: only such a quote has a meaning there. No shell knows NUL.
pub(super) fn inside_shell_quotes(text: &str) -> String {
    text.replace('\0', "").replace('\'', "'\\''")
}

fn quoted(text: &str, escape: fn(&mut String, char)) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_unseen(character) => escape(&mut out, character),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Characters nobody sees: controls, line ends that only some languages know, and those that turn the reading direction
/// of the code around them, which rustc refuses in a literal.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
