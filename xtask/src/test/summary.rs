//! The table at the end, and the closing line that scripts read.

use std::time::Duration;

use anyhow::Result;

use super::Outcome;
use super::counts::Counts;
use crate::table::{self, row};

/// What all suites gave.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
    total: Counts,
    skipped_suites: u64,
}

impl Summary {
    /// Adds one suite. An error counts as one failed test, a skipped suite as one skipped test.
    pub(crate) fn add(&mut self, name: &str, outcome: Result<Outcome>, took: Duration) {
        let (result, counts) = match outcome {
            Ok(Outcome::Ran(counts)) if counts.failed == 0 => ("ok", counts),
            Ok(Outcome::Ran(counts)) => ("FAILED", counts),
            Ok(Outcome::Skipped(why)) => {
                self.skipped_suites += 1;
                self.notes.push(format!("{name} skipped: {why}"));
                ("skipped", Counts { skipped: 1, ..Counts::default() })
            }
            Err(error) => {
                self.notes.push(format!("{name} failed: {error:#}"));
                ("FAILED", Counts { failed: 1, ..Counts::default() })
            }
        };
        self.total += counts;
        let Counts { passed, failed, skipped } = counts;
        self.rows.push(row![name, result, passed, failed, skipped, took.as_secs()]);
    }

    pub(crate) fn is_success(&self, skips_fail: bool) -> bool {
        self.total.failed == 0 && !(skips_fail && self.skipped_suites > 0)
    }

    /// The closing line stands alone at the end.
    pub(crate) fn text(&self) -> String {
        let heading = row!["suite", "result", "passed", "failed", "skipped", "seconds"];
        let table = table::render(&[&[heading], self.rows.as_slice()].concat());
        let notes: String = self.notes.iter().map(|note| format!("{note}\n")).collect();
        let Counts { passed, failed, skipped } = self.total;
        format!("\n{table}\n{notes}{passed} passed, {failed} failed, {skipped} skipped\n")
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn summary(outcomes: Vec<Result<Outcome>>) -> Summary {
        let mut summary = Summary::default();
        outcomes.into_iter().for_each(|outcome| summary.add("suite", outcome, Duration::from_secs(1)));
        summary
    }

    fn ran(passed: u64, failed: u64) -> Result<Outcome> {
        Ok(Outcome::Ran(Counts { passed, failed, skipped: 0 }))
    }

    #[test]
    fn the_last_line_has_the_totals_and_nothing_else() {
        let text = summary(vec![ran(3, 1), ran(2, 0), Ok(Outcome::Skipped("no browser".to_owned()))]).text();
        assert_eq!(text.lines().last(), Some("5 passed, 1 failed, 1 skipped"));
        assert!(text.contains("suite skipped: no browser"));
    }

    #[test]
    fn a_suite_that_could_not_run_counts_as_a_failure() {
        let broken = summary(vec![Err(anyhow!("does not compile"))]);
        assert!(!broken.is_success(false));
        assert!(broken.text().ends_with("0 passed, 1 failed, 0 skipped\n"));
    }

    #[test]
    fn a_skipped_suite_fails_only_where_nobody_reads_the_summary() {
        let skipped = summary(vec![ran(1, 0), Ok(Outcome::Skipped("no browser".to_owned()))]);
        assert!(skipped.is_success(false));
        assert!(!skipped.is_success(true));
    }
}
