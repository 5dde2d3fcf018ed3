//! From what was seen to a verdict.

mod answer;
mod codes;
mod counts;
mod pattern;

use std::time::Duration;

use crate::case_file::Expect;
use crate::client::Reply;
use crate::fill::Expander;
use crate::world::{Counts, Received};

/// What a run of a case saw.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
    pub(crate) reply: Reply,
    pub(crate) took: Duration,
    /// Answers on the connection, where that was counted.
    pub(crate) answers: Option<usize>,
    /// Whether the relay closed the connection, where that was watched.
    pub(crate) is_closed: Option<bool>,
    /// All the answers' codes, where there may be several.
    pub(crate) all_statuses: Vec<u16>,
    pub(crate) counts: Counts,
    /// The last request that reached the mock the case is about.
    pub(crate) upstream: Option<Received>,
    pub(crate) memory: Option<Memory>,
}

/// The relay's memory in megabytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) before: f64,
    /// The most while the case ran.
    pub(crate) peak: f64,
}

/// What is wrong, and what is only worth saying.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    pub(crate) problems: Vec<String>,
    pub(crate) notes: Vec<String>,
    /// Expectations that cannot be checked because they say nothing to us.
    pub(crate) not_understood: Option<String>,
}

impl Findings {
    fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }
}

/// Compares one observation with everything a case expects.
pub(crate) fn judge(expect: &Expect, seen: &Observation, expander: &Expander) -> Findings {
    let mut findings = Findings::default();
    let checks = [answer::check_status, answer::check_answer, counts::check];
    for check in checks {
        if let Err(what) = check(expect, seen, expander, &mut findings) {
            findings.not_understood = Some(what);
        }
    }
    findings
}

/// The same, without the answer: for a plain run of a case whose steps are not known, where only damage can be
/// judged.
pub(crate) fn judge_damage(expect: &Expect, seen: &Observation, expander: &Expander) -> Findings {
    let mut findings = Findings::default();
    if let Err(what) = counts::check(expect, seen, expander, &mut findings) {
        findings.not_understood = Some(what);
    }
    findings
}
