//! Rust source text for the pieces that several tables share.

use std::fmt::Debug;

use serde::Deserialize;

/// A text in both languages of the product.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl Words {
    /// # Errors
    /// When one language is empty.
    pub(crate) fn check(&self, entry: &str, field: &str) -> Result<(), String> {
        for (language, text) in [("zh", &self.zh), ("en", &self.en)] {
            if text.trim().is_empty() {
                return Err(format!("{entry}: `{field}.{language}` is empty"));
            }
        }
        Ok(())
    }

    pub(crate) fn emit(&self) -> String {
        format!("crate::text::Text {{ zh: {:?}, en: {:?} }}", self.zh, self.en)
    }
}

/// `static NAME: &[TYPE] = &[ITEMS];`
pub(crate) fn table(name: &str, item_type: &str, items: &[String]) -> String {
    format!("static {name}: &[{item_type}] = &[\n    {},\n];\n", items.join(",\n    "))
}

/// `Some(value)` or `None`, for values whose `Debug` form is a Rust literal.
pub(crate) fn option<T: Debug>(value: Option<&T>) -> String {
    format!("{value:?}")
}

/// `"a\nb"`
pub(crate) fn lines(values: &[String]) -> String {
    format!("{:?}", values.join("\n"))
}

/// `&["a", "b"]`
pub(crate) fn strings(values: &[String]) -> String {
    format!("&{values:?}")
}
