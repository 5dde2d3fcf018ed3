//! What came of a run, in one word and some more.

use serde::{Deserialize, Serialize};

/// What came of a case, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// With notes, if there is something to say.
    Passed(String),
    Failed(String),
    Skipped(String),
}

impl Verdict {
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Passed(why) | Self::Failed(why) | Self::Skipped(why) => why,
        }
    }

    /// As the table shows it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Passed(_) => "passed",
            Self::Failed(_) => "FAILED",
            Self::Skipped(_) => "skipped",
        }
    }
}

/// Why a procedure ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The case says something nobody here knows: it fails, for it may be important.
    NotUnderstood(String),
    Skipped(String),
    /// Something around the relay failed, or the relay did not start.
    Broken(anyhow::Error),
}

impl Stop {
    pub(crate) fn into_verdict(self) -> Verdict {
        match self {
            Self::NotUnderstood(what) => Verdict::Failed(format!("not understood: {what}")),
            Self::Skipped(why) => Verdict::Skipped(why),
            Self::Broken(error) => Verdict::Failed(format!("could not be run: {error:#}")),
        }
    }
}

impl From<String> for Stop {
    fn from(what: String) -> Self {
        Self::NotUnderstood(what)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(error.into())
    }
}

/// The same problem many times is told once; of many different ones the first are enough.
pub(super) fn in_short(problems: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut different: Vec<(&str, usize)> = Vec::new();
    for problem in problems {
        match different.iter_mut().find(|(known, _)| known == problem) {
            Some((_, times)) => *times += 1,
            None => different.push((problem, 1)),
        }
    }
    let told = different.iter().take(SHOWN).map(|(problem, times)| match times {
        1 => (*problem).to_owned(),
        times => format!("{problem} ({times} times)"),
    });
    let told = told.collect::<Vec<_>>().join("; ");
    match different.len().saturating_sub(SHOWN) {
        0 => told,
        more => format!("{told}; and {more} more"),
    }
}
