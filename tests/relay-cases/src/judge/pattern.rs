//! `exact` or `~regular expression`.

use regex::Regex;

use crate::fill::Expander;

/// What a header's value must be.
#[derive(Debug)]
pub(super) enum Pattern {
    Exact(String),
    Matching(Regex),
}

impl Pattern {
    pub(super) fn read(text: &str, expander: &Expander) -> Result<Self, String> {
        match text.strip_prefix('~') {
            // Braces in an expression are repetitions, not placeholders, unless they hold a name.
            Some(expression) => {
                let expression = expander.text(expression)?;
                Regex::new(&expression)
                    .map(Self::Matching)
                    .map_err(|_| format!("expression \"{expression}\""))
            }
            None => expander.text(text).map(Self::Exact),
        }
    }

    pub(super) fn fits(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => text == value,
            Self::Matching(expression) => expression.is_match(value),
        }
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Self::Exact(text) => format!("\"{text}\""),
            Self::Matching(expression) => format!("/{expression}/"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, value: &str) -> bool {
        Pattern::read(pattern, &Expander::new(std::collections::BTreeMap::new())).unwrap().fits(value)
    }

    #[test]
    fn a_tilde_makes_an_expression() {
        assert!(fits("nosniff", "nosniff") && !fits("nosniff", "nosniff2"));
        assert!(fits("~(?i)origin", "Accept, Origin") && !fits("~^origin", "x-origin"));
        assert!(fits("~^(identity)?$", "") && fits("~^[0-9]{1,3}$", "120"));
    }
}
