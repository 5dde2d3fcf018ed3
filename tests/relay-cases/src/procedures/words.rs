//! Finding words in what people wrote.

/// True when all words, or phrases, are in the text, which is in lower case. Those that begin with `mock:` are looked
/// for in the case's mock instead, and those that begin with `!` must not be there.
pub(super) fn has_all(text: &str, mock: &str, words: &[&str]) -> bool {
    words.iter().all(|word| match (word.strip_prefix("mock:"), word.strip_prefix('!')) {
        (Some(word), _) => has(mock, word),
        (_, Some(word)) => !has(text, word),
        _ => has(text, word),
    })
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

    fn found(text: &str, words: &[&str]) -> bool {
        has_all(text, "", words)
    }

    #[test]
    fn words_are_found_as_words() {
        assert!(found("client rst after the body", &["client", "rst"]));
        assert!(!found("client reads first", &["client", "rst"]));
        assert!(found("50 parallel calls, budgets of 10", &["parallel", "budget"]));
        assert!(found("kill -9 mid-call", &["kill -9", "mid"]));
    }

    #[test]
    fn words_may_be_forbidden() {
        assert!(found("disk full before the call", &["disk", "full", "!while"]));
        assert!(!found("disk full while the call runs", &["disk", "full", "!while"]));
    }

    #[test]
    fn words_may_be_those_of_the_mock() {
        let words = ["outcome", "mock:reset"];
        assert!(has_all("the outcome is unknown", "api:length=1000;send=100;reset", &words));
        assert!(!has_all("a reset, and the outcome is unknown", "api:hang", &words));
    }
}
