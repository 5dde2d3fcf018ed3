//! The sums over all rounds.

use std::time::Duration;

use super::judge::{self, Fault};
use super::round::{Kind, Round};
use super::story::{Phase, Said, Story};
use crate::table;

/// The columns, in this order.
const COLUMNS: &[(&str, &[Kind])] = &[
    ("SIGKILL, any moment", &[Kind::Random]),
    ("SIGKILL, at a write", &[Kind::AtDispatch, Kind::AtAnswer]),
    ("SIGTERM", &[Kind::Orderly]),
];

/// Everything counted.
#[derive(Debug)]
pub(crate) struct Tally {
    columns: Vec<Sums>,
    longest_restart: Duration,
    /// A sentence for each broken promise.
    faults: Vec<String>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            columns: COLUMNS.iter().map(|_| Sums::default()).collect(),
            longest_restart: Duration::ZERO,
            faults: Vec::new(),
        }
    }
}

/// One column.
#[derive(Debug, Clone, Default)]
struct Sums {
    rounds: usize,
    jobs: usize,
    uploading: usize,
    dispatching: usize,
    running: usize,
    done_before: usize,
    accepted: usize,
    done: usize,
    unknown: usize,
    unknown_never_sent: usize,
    unknown_answered: usize,
    /// The oldest answer that was lost on its way into the store.
    oldest_ms: u64,
    not_dispatched: usize,
    requests: usize,
    lost: usize,
    twice: usize,
    inconsistent: usize,
}

impl Tally {
    /// Adds a round whose stories are complete.
    pub(crate) fn add(&mut self, kind: Kind, round: &Round) {
        self.longest_restart = self.longest_restart.max(round.restart);
        let column = COLUMNS.iter().position(|(_, kinds)| kinds.contains(&kind)).unwrap_or_default();
        let Some(sums) = self.columns.get_mut(column) else { return };
        sums.rounds += 1;
        for trouble in &round.troubles {
            sums.inconsistent += 1;
            self.faults.push(format!("{kind:?}: {trouble}"));
        }
        for story in &round.stories {
            sums.add(story);
            for fault in judge::faults(story, kind.stop()) {
                match fault {
                    Fault::Lost(_) => sums.lost += 1,
                    Fault::Twice(_) => sums.twice += 1,
                    Fault::Inconsistent(_) => sums.inconsistent += 1,
                }
                self.faults.push(format!("{kind:?}, {fault:?}: {story:?}"));
            }
        }
    }

    /// Whether every promise was kept.
    pub(crate) fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The table, then what went wrong.
    pub(crate) fn text(&self) -> String {
        let heading =
            std::iter::once(String::new()).chain(COLUMNS.iter().map(|(name, _)| (*name).to_owned()));
        let mut rows = vec![heading.collect()];
        let mut add = |name: &str, count: fn(&Sums) -> String| {
            rows.push(std::iter::once(name.to_owned()).chain(self.columns.iter().map(count)).collect());
        };
        add("rounds", |sums| sums.rounds.to_string());
        add("jobs", |sums| sums.jobs.to_string());
        add("at that moment: body on its way", |sums| sums.uploading.to_string());
        add("… body complete, no answer yet", |sums| sums.dispatching.to_string());
        add("… accepted (202), running", |sums| sums.running.to_string());
        add("… done, answer delivered", |sums| sums.done_before.to_string());
        add("accepted before", |sums| sums.accepted.to_string());
        add("after the restart: done", |sums| sums.done.to_string());
        add("… outcome_unknown", |sums| sums.unknown.to_string());
        add("…… of them never at the API", |sums| sums.unknown_never_sent.to_string());
        add("…… of them answered by the API", |sums| sums.unknown_answered.to_string());
        add("…… oldest such answer, ms", |sums| sums.oldest_ms.to_string());
        add("… not found: never sent, runs when repeated", |sums| sums.not_dispatched.to_string());
        add("complete requests at the API", |sums| sums.requests.to_string());
        add("results lost", |sums| sums.lost.to_string());
        add("calls dispatched twice", |sums| sums.twice.to_string());
        add("inconsistent", |sums| sums.inconsistent.to_string());
        let faults: String = self.faults.iter().map(|fault| format!("\n{fault}\n")).collect();
        let restart = self.longest_restart.as_millis();
        format!("{}\nlongest restart {restart} ms\n{faults}", table::markdown(&rows))
    }
}

impl Sums {
    fn add(&mut self, story: &Story) {
        self.jobs += 1;
        match story.phase {
            Phase::Uploading => self.uploading += 1,
            Phase::Dispatching => self.dispatching += 1,
            Phase::Running => self.running += 1,
            Phase::Done => self.done_before += 1,
        }
        self.accepted += usize::from(story.before.accepted);
        self.requests += story.dispatched.len();
        match story.after {
            Said::Done(_) => self.done += 1,
            Said::NotFound => self.not_dispatched += 1,
            Said::Unknown => {
                self.unknown += 1;
                self.unknown_never_sent += usize::from(story.dispatched.is_empty());
                if let Some(age) = story.answer_age_ms() {
                    self.unknown_answered += 1;
                    self.oldest_ms = self.oldest_ms.max(age);
                }
            }
            Said::Running | Said::Other(_) => {}
        }
    }
}

/// One line about a round that was just played.
pub(crate) fn line(kind: Kind, round: &Round) -> String {
    let count = |fits: fn(&Story) -> bool| round.stories.iter().filter(|story| fits(story)).count();
    format!(
        "{kind:?}: {} done, {} unknown, {} not found; restart {} ms",
        count(|story| matches!(story.after, Said::Done(_))),
        count(|story| story.after == Said::Unknown),
        count(|story| story.after == Said::NotFound),
        round.restart.as_millis()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kill::story::Account;

    fn story(after: Said) -> Story {
        Story {
            key: "key".to_owned(),
            body_sha256: "body".to_owned(),
            phase: Phase::Running,
            before: Account { accepted: true, ..Account::default() },
            repeated: after.clone(),
            at_end: after.clone(),
            after,
            dispatched_before: 0,
            dispatched: Vec::new(),
            down_ms: 0,
        }
    }

    fn tally(after: Said, troubles: Vec<String>) -> Tally {
        let mut tally = Tally::default();
        tally.add(Kind::Random, &Round { stories: vec![story(after)], restart: Duration::ZERO, troubles });
        tally
    }

    #[test]
    fn a_clean_run_has_zeros_where_they_must_be() {
        let tally = tally(Said::Unknown, Vec::new());
        assert!(tally.is_clean());
        let text = tally.text();
        let cells = |name: &str| -> Vec<&str> {
            let line = text.lines().find(|line| line.contains(name)).unwrap();
            line.split('|').map(str::trim).skip(2).take(3).collect()
        };
        assert_eq!(cells("outcome_unknown"), ["1", "0", "0"]);
        assert_eq!(cells("of them never"), ["1", "0", "0"]);
        for name in ["results lost", "calls dispatched twice", "inconsistent"] {
            assert_eq!(cells(name), ["0", "0", "0"], "{name}");
        }
    }

    #[test]
    fn broken_promises_and_troubles_are_told() {
        assert!(!tally(Said::NotFound, Vec::new()).is_clean());
        let troubled = tally(Said::Unknown, vec!["after SIGTERM: exit status: 1".to_owned()]);
        assert!(!troubled.is_clean());
        assert!(troubled.text().contains("exit status: 1"));
    }
}
