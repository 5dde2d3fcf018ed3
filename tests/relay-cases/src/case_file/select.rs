//! Which cases to run.

use super::file::Entry;

/// Ids, or the first letters of groups or ids. Empty means all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection(Vec<String>);

impl Selection {
    pub(crate) fn new(wanted: Vec<String>) -> Self {
        Self(wanted)
    }

    pub(crate) fn takes(&self, entry: &Entry) -> bool {
        let fits = |wanted: &String| entry.id == *wanted || is_prefix_of(wanted, entry);
        self.0.is_empty() || self.0.iter().any(fits)
    }

    /// A wish that no case fulfils: most likely a slip of the pen.
    pub(crate) fn unused<'a>(&'a self, entries: &[&Entry]) -> Option<&'a str> {
        let used =
            |wanted: &String| entries.iter().any(|entry| entry.id == *wanted || is_prefix_of(wanted, entry));
        self.0.iter().find(|wanted| !used(wanted)).map(String::as_str)
    }
}

/// `D` and `D-ssrf` are groups, `im-` is the beginning of ids. `im-1` is an id that may not exist, not ten others.
fn is_prefix_of(wanted: &str, entry: &Entry) -> bool {
    let ends_in_digit = wanted.ends_with(|last: char| last.is_ascii_digit());
    entry.group.starts_with(wanted) || !ends_in_digit && entry.id.starts_with(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, group: &str) -> Entry {
        Entry { id: id.into(), group: group.into(), title: String::new(), case: Err(String::new()) }
    }

    #[test]
    fn cases_are_chosen_by_id_by_group_and_by_the_beginning_of_the_id() {
        let case = entry("im-102", "D-ssrf");
        for wanted in ["im-102", "D", "D-ssrf", "im-"] {
            assert!(Selection::new(vec![wanted.to_owned()]).takes(&case), "{wanted}");
        }
        for wanted in ["im-1", "im-10", "E-body"] {
            assert!(!Selection::new(vec![wanted.to_owned()]).takes(&case), "{wanted}");
        }
        assert!(Selection::default().takes(&case));
    }

    #[test]
    fn a_wish_that_fits_nothing_is_named() {
        let selection = Selection::new(vec!["im-102".into(), "im-999".into()]);
        assert_eq!(selection.unused(&[&entry("im-102", "D-ssrf")]), Some("im-999"));
    }
}
