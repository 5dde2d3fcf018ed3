//! Finding words in what people wrote.

/// True when all words, or phrases, are in the text, which is in lower case.
pub(super) fn has_all(text: &str, words: &[&str]) -> bool {
    words.iter().all(|word| has(text, word))
}

/// A word begins where a word begins: "rst" is not in "first". Short ones also end where it ends; longer ones may be
/// the beginning of another form.
fn has(text: &str, word: &str) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        let begins = !is_letter(word.chars().next()) || !is_letter(text[..at].chars().next_back());
        let ends = !is_letter(text[at + word.len()..].chars().next());
        begins && (ends || word.len() > 4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_words() {
        assert!(has_all("client rst after the body", &["client", "rst"]));
        assert!(!has_all("client reads first", &["client", "rst"]));
        assert!(has_all("50 parallel calls, budgets of 10", &["parallel", "budget"]));
        assert!(has_all("kill -9 mid-call", &["kill -9", "mid"]));
    }
}
