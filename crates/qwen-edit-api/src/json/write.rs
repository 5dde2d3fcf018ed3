//! Writing small JSON values.

use crate::body::push_escaped;
use crate::phrase::Say as _;

/// Writes an object, field by field.
///
/// ```
/// use qwen_edit_api::json::ObjectWriter;
///
/// let mut object = ObjectWriter::new();
/// object.text("code", "too-long");
/// object.number("max", 500);
/// assert_eq!(object.end(), r#"{"code":"too-long","max":500}"#);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ObjectWriter(String);

impl ObjectWriter {
    /// An object without fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A string.
    pub fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        push_text(&mut self.0, text);
    }

    /// A string, unless it is missing.
    pub fn text_if_any(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// A number from 0.
    pub fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        number.say(&mut self.0);
    }

    /// A number from 0, unless it is missing.
    pub fn number_if_any(&mut self, name: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.number(name, number);
        }
    }

    /// Any whole number.
    pub fn integer(&mut self, name: &str, number: i64) {
        self.name(name);
        number.say(&mut self.0);
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str, flag: bool) {
        self.json(name, if flag { "true" } else { "false" });
    }

    /// What is JSON already.
    pub fn json(&mut self, name: &str, json: &str) {
        self.name(name);
        self.0.push_str(json);
    }

    /// The finished object.
    #[must_use]
    pub fn end(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        push_text(&mut self.0, name);
        self.0.push(':');
    }
}

/// An array of what is JSON already.
#[must_use]
pub fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut items = items.into_iter();
    joined(&mut || items.next())
}

/// Compiled once instead of for each kind of item. `dyn Iterator` would bring all its methods along.
fn joined(next: &mut dyn FnMut() -> Option<String>) -> String {
    let mut list = String::from("[");
    while let Some(item) = next() {
        if list.len() > 1 {
            list.push(',');
        }
        list.push_str(&item);
    }
    list.push(']');
    list
}

/// A string as JSON.
#[must_use]
pub fn string(text: &str) -> String {
    let mut string = String::new();
    push_text(&mut string, text);
    string
}

fn push_text(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text);
    out.push('"');
}
