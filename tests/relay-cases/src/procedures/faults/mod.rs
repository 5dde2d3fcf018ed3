//! What can be wrong with a configuration, found by the title of a case.

mod files;
mod settings;

use super::words::has_all;

/// One fault, and how it is recognised.
#[derive(Debug)]
pub(super) struct Fault {
    /// All words of one of these lists are in the title.
    words: &'static [&'static [&'static str]],
    pub(super) change: Change,
    /// All of these are in the refusal: settings, or a file. A value need not be told: it may be a secret.
    pub(super) names: &'static [&'static str],
}

/// What is done to a good start. `{FOLDER}`, `{CERT}` and `{KEY}` in a value are the folder of the case and the
/// relay's certificate and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// A setting, as TOML; an empty value takes it away.
    One(&'static str, &'static str),
    Many(&'static [(&'static str, &'static str)]),
    /// The whole configuration file is this.
    File(&'static [u8]),
    /// There is no configuration file.
    NoFile,
    /// Lines after those of a good file.
    Added(&'static str),
    /// The variable of the relay's key holds this.
    KeyVariable(&'static str),
    Arguments(&'static [&'static str]),
}

/// `change => what the refusal names: words, or other words;`
macro_rules! faults {
    ($($change:expr => [$($name:literal),+]: $([$($word:literal),+])+;)*) => {
        pub(super) const ROWS: &[$crate::procedures::faults::Fault] = &[$($crate::procedures::faults::Fault {
            words: &[$(&[$($word),+]),+],
            change: $change,
            names: &[$($name),+],
        }),*];
    };
}
use faults;

impl Change {
    /// The settings that are changed.
    pub(super) fn settings(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::One(name, value) => vec![(name, value)],
            Self::Many(settings) => settings.to_vec(),
            _ => Vec::new(),
        }
    }

    /// True when only a relay with a key of its own can be wrong in this way.
    pub(super) fn needs_own_key(&self) -> bool {
        const ABOUT_KEYS: [&str; 4] =
            ["access.", "regions.test.key", "regions.test.models", "regions.test.max_images"];
        let is_about_keys = |name: &str| ABOUT_KEYS.iter().any(|start| name.starts_with(start));
        matches!(self, Self::KeyVariable(_)) || self.settings().iter().any(|(name, _)| is_about_keys(name))
    }
}

/// The faults a title names.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) faults: Vec<&'static Fault>,
    /// Words of the title that none of the faults explains: it may mean something else.
    pub(super) unexplained: Vec<String>,
}

/// Finds the fault whose words say most about the title; more than one only where the title lists several. A title
/// of which most is left over is about something else.
pub(super) fn find(title: &str) -> Found {
    let mut found = best_faults(title);
    if 2 * found.unexplained.len() > significant(&title.to_lowercase()).len() {
        found.faults.clear();
    }
    found
}

fn best_faults(title: &str) -> Found {
    let title = title.to_lowercase();
    let lists_several = [" or ", " and ", ", ", "; "].iter().any(|between| title.contains(between));
    let mut found = Found { faults: Vec::new(), unexplained: significant(&title) };
    loop {
        let explains =
            |words: &[&str]| found.unexplained.iter().filter(|word| explained(word, words)).count();
        let fits = all().flat_map(|fault| fault.words.iter().map(move |words| (fault, *words)));
        let fits = fits.filter(|(_, words)| has_all(&title, "", words));
        // A second fault must be about words that the first one left over.
        let fits = fits.filter(|(_, words)| found.faults.is_empty() || explains(words) > 0);
        // Of equals the first.
        let best = fits
            .rev()
            .max_by_key(|(_, words)| (explains(words), words.iter().map(|word| word.len()).sum::<usize>()));
        let Some((fault, words)) = best else { return found };
        found.unexplained.retain(|word| !explained(word, words));
        found.faults.push(fault);
        if !lists_several {
            return found;
        }
    }
}

fn all() -> impl DoubleEndedIterator<Item = &'static Fault> {
    settings::ROWS.iter().chain(files::ROWS)
}

/// Words that do not change what a title is about.
const FILLING: &str = "\
    a an the is are of in on for to by that with it its be cannot no not or and given relay server start \
    starts refused refuses config configuration setting value file list rule entry host key variable at \
    as mode used do does holds table";

fn is_filling(word: &str) -> bool {
    FILLING.split_whitespace().any(|filling| filling == word)
}

fn significant(title: &str) -> Vec<String> {
    let words =
        title.split_whitespace().map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()));
    words.filter(|word| !word.is_empty() && !is_filling(word)).map(str::to_owned).collect()
}

/// A word is explained by one that it contains or is part of, as "proxies" by "prox"; a short one only by itself.
fn explained(word: &str, words: &[&str]) -> bool {
    let holds = |text: &str, part: &str| part.len() >= 4 && text.contains(part);
    let present = words.iter().filter(|words| !words.starts_with('!'));
    let mut known = present.flat_map(|words| words.split_whitespace());
    known.any(|known| known == word || holds(word, known) || holds(known, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_faults_have_the_same_words() {
        let mut words: Vec<_> = all().flat_map(|fault| fault.words).collect();
        let number = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), number);
    }

    #[test]
    fn every_fault_is_found_by_its_own_words() {
        for fault in all() {
            for words in fault.words {
                let title: Vec<&str> = words.iter().filter(|word| !word.starts_with('!')).copied().collect();
                let found = find(&title.join(" "));
                assert!(
                    found.faults.iter().any(|found| found.change == fault.change),
                    "{words:?}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn a_title_finds_its_own_fault_and_no_other() {
        for (title, name) in [
            ("listen on 0.0.0.0 without public_url", "public_url"),
            ("connections zero", "limits.connections"),
            ("max n zero", "regions.test.max_images"),
            ("budget negative", "images_per_day"),
            ("drain timeout below total timeout", "limits.drain_timeout"),
            ("TLS certificate missing", "tls.cert_file"),
            ("CA file without certificate", "ca_file"),
            ("TLS key does not fit the certificate", "tls.key_file"),
            ("trusted proxy not an address", "trusted_proxies"),
            ("unknown key in a region", "regions.test.upstrem"),
            ("API key in the config file", "regions.test.key"),
            ("limit of zero bytes", "limits.body_bytes"),
            ("unknown key in [tls]", "tls.cert"),
            ("drain timeout zero", "limits.drain_timeout"),
            ("key file with group-readable mode 0640", "regions.test.key_file"),
        ] {
            let found = find(title);
            let names: Vec<_> = found.faults.iter().map(|fault| fault.names[0]).collect();
            assert_eq!(names, [name], "{title}");
            assert!(found.unexplained.is_empty(), "{title}: {:?}", found.unexplained);
        }
    }

    #[test]
    fn a_title_may_list_several() {
        let found = find("allowed origin with path or trailing slash");
        assert_eq!(found.faults.len(), 2);
        assert!(found.unexplained.is_empty(), "{:?}", found.unexplained);
    }

    #[test]
    fn what_nobody_knows_is_not_guessed() {
        for title in [
            "weak token (8 characters)",
            "flux capacitor zero",
            "origin list empty",
            "environment names an unknown setting",
        ] {
            assert!(find(title).faults.is_empty(), "{title}: {:?}", find(title));
        }
        assert!(!find("timeout zero on Tuesdays").unexplained.is_empty());
    }
}
