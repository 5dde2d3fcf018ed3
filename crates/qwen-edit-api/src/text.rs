//! Texts of the data files, in both languages of the product.

/// Where `piece` stands in `text`, in bytes.
///
/// For short texts. The standard library's search is made for long ones, and weighs as much as all our validation.
#[must_use]
pub fn find(text: &str, piece: &str) -> Option<usize> {
    text.as_bytes().windows(piece.len().max(1)).position(|window| window == piece.as_bytes())
}

/// The texts before and after the first `piece`.
#[must_use]
pub fn split_once<'a>(text: &'a str, piece: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, piece)?;
    Some((text.get(..at)?, text.get(at + piece.len()..)?))
}

/// A language of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Chinese, simplified.
    Zh,
    /// English.
    En,
}

/// A text for people, in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Chinese, simplified.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// The text in one language.
    #[must_use]
    pub const fn get(self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.zh,
            Language::En => self.en,
        }
    }
}
