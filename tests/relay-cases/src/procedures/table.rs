//! Which case is carried out how.

use std::pin::Pin;

use super::bench::Bench;
use super::rows::TABLE;
use super::verdict::Stop;
use super::words::has_all;
use super::{plain, start_up};
use crate::case_file::Case;

type Running<'b> = Pin<Box<dyn Future<Output = Result<(), Stop>> + 'b>>;
type Run = for<'b, 'a> fn(&'b mut Bench<'a>) -> Running<'b>;

/// How to carry out a case.
#[derive(Clone, Copy)]
pub(crate) struct Procedure {
    pub(super) ids: &'static [&'static str],
    /// For cases whose ids are not known: all words of one of these lists are in their title or steps; those that
    /// begin with `mock:`, in their mock.
    pub(super) words: &'static [&'static [&'static str]],
    pub(super) run: Run,
    pub(super) traits: Traits,
    pub(super) is_guess: bool,
}

/// What the queue has to know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    /// Runs while nothing else does: it measures times, or takes the whole machine.
    pub(crate) alone: bool,
    /// Takes minutes; runs only when asked for.
    pub(crate) slow: bool,
}

pub(super) const TOGETHER: Traits = Traits { alone: false, slow: false };
pub(super) const ALONE: Traits = Traits { alone: true, slow: false };
pub(super) const SLOW: Traits = Traits { alone: false, slow: true };

impl Procedure {
    pub(crate) fn run<'b>(&self, bench: &'b mut Bench<'_>) -> Running<'b> {
        (self.run)(bench)
    }

    /// The case's id is not known; this is what its words seem to ask for.
    pub(crate) fn is_guess(&self) -> bool {
        self.is_guess
    }

    pub(crate) fn traits(&self) -> Traits {
        self.traits
    }
}

/// `when it runs  procedure: its ids, and words of other cases for it;`
macro_rules! table {
    ($($traits:ident $module:ident::$function:ident: [$($id:literal),*] $([$($word:literal),+])*;)*) => {
        pub(super) const TABLE: &[$crate::procedures::table::Procedure] = &[$($crate::procedures::table::Procedure {
            ids: &[$($id),*],
            words: &[$(&[$($word),+]),*],
            run: |bench| Box::pin($module::$function(bench)),
            traits: $traits,
            is_guess: false,
        }),*];
    };
}
pub(super) use table;

const PLAIN: Procedure = Procedure {
    ids: &[],
    words: &[],
    run: |bench| Box::pin(plain::request(bench)),
    traits: TOGETHER,
    is_guess: false,
};
const RAW: Procedure = Procedure { run: |bench| Box::pin(plain::raw(bench)), ..PLAIN };
const START_UP: Procedure = Procedure { run: |bench| Box::pin(start_up::refused(bench)), ..PLAIN };
const UNKNOWN_STEPS: Procedure = Procedure { run: |bench| Box::pin(plain::unknown_steps(bench)), ..PLAIN };
const NOBODY_KNOWS: Procedure =
    Procedure { run: |bench| Box::pin(std::future::ready(no_procedure(bench))), ..PLAIN };

/// The procedure of a case.
pub(crate) fn procedure_for(case: &Case) -> Procedure {
    let by_id = TABLE.iter().find(|procedure| procedure.ids.contains(&case.id.as_str()));
    if let Some(procedure) = by_id {
        return *procedure;
    }
    let special = matches!(case.method.as_str(), "H2" | "LOAD");
    match case.method.as_str() {
        "CLI" => START_UP,
        "RAW" => RAW,
        _ if special || !case.steps.is_empty() => {
            by_words(case).unwrap_or(if special { NOBODY_KNOWS } else { UNKNOWN_STEPS })
        }
        _ => PLAIN,
    }
}

fn by_words(case: &Case) -> Option<Procedure> {
    let (text, mock) = (case.words(), case.mock.as_deref().unwrap_or_default());
    let fits = |words: &&[&str]| has_all(&text, mock, words);
    TABLE
        .iter()
        .find(|procedure| procedure.words.iter().any(fits))
        .map(|procedure| Procedure { is_guess: true, ..*procedure })
}

fn no_procedure(bench: &Bench<'_>) -> Result<(), Stop> {
    Err(Stop::Skipped(format!("no procedure for this {} case", bench.case.method)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_stands_in_the_table_twice() {
        let mut ids: Vec<_> = TABLE.iter().flat_map(|procedure| procedure.ids).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn words_choose_the_procedure_that_has_an_id_for_the_same_thing() {
        for (title, step, mock, id) in [
            ("proxy environment variables are ignored", "HTTPS_PROXY=http://{EVIL}:3128", "", "own-up-03"),
            ("upstream answers 400 before the body is complete", "45 MB body", "api:status=400", "own-up-01"),
            ("the answer comes first", "20 MB body", "api:early=400", "own-up-01"),
            ("keep-alive race", "executions per key <= 1", "api:close_idle_race", "up-26"),
            ("upstream goes away", "no second execution", "api:h2_goaway", "up-28"),
            ("second POST", "same key -> 409 outcome_unknown", "api:send=100;reset", "own-job-09"),
            ("no retry", "wait 5 s", "api:reset", "own-up-12"),
            ("same body and time for every refusal reason", "20 URLs", "", "own-img-10"),
            ("20 parallel image GETs: each complete", "sha256 equal", "", "own-img-11"),
            ("client cancels early", "close after 64 KB", "img:bytes=20000000", "own-img-12"),
            ("h2 CRLF in a header value", "", "", "own-h2-05"),
            ("h2 two :path pseudo headers", "", "", "own-h2-05"),
            ("h2 header list of 1 MB", "", "", "own-h2-01"),
            ("h2 MadeYouReset: 5000 server-side resets", "", "", "own-h2-07"),
            ("h2 200 streams on one connection", "", "", "sm-58"),
            ("client drops before the last byte: not dispatched", "close", "", "id-23"),
            ("kill -9 mid-call", "same key -> 409 outcome_unknown", "", "own-job-15"),
            ("config dump redacts", "--print-config", "", "lk-08"),
            ("disk full: 507 before dispatch", "fill the disk", "", "id-32"),
            ("h2 DATA larger than the announced content-length", "", "", "sm-57"),
        ] {
            let case = serde_json::json!({
                "id": "x-1", "group": "x", "title": title, "mode": "any", "where": ["native"], "method": "POST",
                "steps": [step], "mock": mock, "expect": {},
            });
            let case: Case = serde_json::from_value(case).unwrap();
            let found = by_words(&case).map(|procedure| procedure.ids);
            assert!(found.is_some_and(|ids| ids.contains(&id)), "{title}: {found:?}");
        }
    }

    /// Rows before it must not take everything that is meant for it.
    #[test]
    fn a_row_that_is_found_by_words_only_can_be_found() {
        for procedure in TABLE.iter().filter(|procedure| procedure.ids.is_empty()) {
            let found = procedure.words.iter().any(|words| {
                let plain = |word: &&&str| !word.starts_with('!') && !word.starts_with("mock:");
                let title: Vec<&str> = words.iter().filter(plain).copied().collect();
                let first = TABLE
                    .iter()
                    .find(|row| row.words.iter().any(|words| has_all(&title.join(" "), "", words)));
                first.is_some_and(|first| first.words == procedure.words)
            });
            assert!(found, "no title leads to {:?}", procedure.words);
        }
    }

    #[test]
    fn every_own_case_that_has_steps_has_a_procedure() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/own.json");
        let file = crate::case_file::CaseFile::read(&path).unwrap();
        let cases: Vec<Case> = file.entries.into_iter().filter_map(|entry| entry.case.ok()).collect();
        for case in &cases {
            let known = TABLE.iter().any(|procedure| procedure.ids.contains(&case.id.as_str()));
            assert!(
                known || case.steps.is_empty() && !matches!(case.method.as_str(), "H2" | "LOAD"),
                "{}",
                case.id
            );
        }
        for id in TABLE.iter().flat_map(|procedure| procedure.ids).filter(|id| id.starts_with("own-")) {
            assert!(cases.iter().any(|case| case.id == *id), "{id} is not in the file");
        }
    }
}
