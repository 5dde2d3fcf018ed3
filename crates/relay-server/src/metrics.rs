//! Figures for the operator. Labels are fixed words: no key, region, address, invite or link is ever one.

use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;
use relay_policy::idempotency::JobState;
use relay_policy::outcome::Outcome;
use relay_policy::reject::Code;
use relay_policy::route::Route;

/// The values of the `class` label.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];
/// The values of the `outcome` label.
const OUTCOMES: [&str; 3] = ["done", "released", "unknown"];

/// All counters.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// In the order of [`Route::ALL`].
    answers: [[AtomicU64; CLASSES.len()]; Route::ALL.len()],
    /// In the order of [`Code::ALL`].
    errors: [AtomicU64; Code::ALL.len()],
    open: AtomicU64,
    calls: [AtomicU64; OUTCOMES.len()],
    pictures: AtomicU64,
}

/// What is not counted here but looked up when somebody asks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Levels {
    /// Paid calls from the check of their head to the end of their answer.
    pub(crate) running_calls: u64,
    /// Reserved for request bodies on their way.
    pub(crate) upload_bytes: u64,
    /// Stored jobs.
    pub(crate) jobs: u64,
    /// Bytes of stored jobs.
    pub(crate) job_bytes: u64,
    /// Times the job store failed.
    pub(crate) store_failures: u64,
    /// Pictures that invites reserved or made today.
    pub(crate) pictures_today: u32,
    /// Bytes of kept pictures.
    pub(crate) kept_picture_bytes: u64,
    /// Pictures that should have been kept and were not.
    pub(crate) pictures_not_kept: u64,
}

impl Default for Metrics {
    fn default() -> Self {
        let zero = |_| AtomicU64::new(0);
        Self {
            answers: Default::default(),
            errors: std::array::from_fn(zero),
            open: AtomicU64::new(0),
            calls: Default::default(),
            pictures: AtomicU64::new(0),
        }
    }
}

impl Metrics {
    /// Counts one answer; `code` is given when it is an error of the relay itself.
    pub(crate) fn count(&self, route: &str, status: StatusCode, code: Option<Code>) {
        let row = Route::ALL.iter().position(|known| known.label() == route);
        let class = usize::from(status.as_u16() / 100).checked_sub(2);
        if let Some(counter) = row.zip(class).and_then(|(row, class)| self.answers.get(row)?.get(class)) {
            add(counter, 1);
        }
        let known = code.and_then(|code| Code::ALL.iter().position(|known| *known == code));
        if let Some(counter) = known.and_then(|index| self.errors.get(index)) {
            add(counter, 1);
        }
    }

    /// Counts a paid call that went out and ended.
    pub(crate) fn count_call(&self, outcome: Outcome) {
        let row = match outcome.state {
            JobState::Done => 0,
            JobState::Released => 1,
            JobState::Unknown | JobState::Dispatching => 2,
        };
        if let Some(counter) = self.calls.get(row) {
            add(counter, 1);
        }
        add(&self.pictures, outcome.made.unwrap_or_default().into());
    }

    /// Counts a request as open until the guard is dropped.
    pub(crate) fn begin(&self) -> OpenRequest<'_> {
        add(&self.open, 1);
        OpenRequest(self)
    }

    /// The Prometheus text format.
    pub(crate) fn render(&self, levels: &Levels) -> String {
        let mut page = Page::default();
        page.family("relay_info", "gauge", "The version that runs; always 1.");
        page.line("relay_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
        page.family("relay_answers_total", "counter", "Answers, by route and class of status.");
        for (route, row) in Route::ALL.iter().zip(&self.answers) {
            for (class, counter) in CLASSES.iter().zip(row) {
                page.line(
                    "relay_answers_total",
                    &[("route", route.label()), ("class", class)],
                    read(counter),
                );
            }
        }
        page.family("relay_errors_total", "counter", "Answers that are errors of the relay itself, by code.");
        for (index, code) in Code::ALL.iter().enumerate() {
            let same = |other: &Code| other.as_str() == code.as_str();
            // Codes with the same name are one for callers, so they are one here.
            if Code::ALL.iter().position(same) == Some(index) {
                let named = Code::ALL.iter().zip(&self.errors).filter(|(other, _)| same(other));
                let count: u64 = named.map(|(_, counter)| read(counter)).sum();
                page.line("relay_errors_total", &[("code", code.as_str())], count);
            }
        }
        page.family("relay_calls_total", "counter", "Paid calls that went out and ended, by outcome.");
        for (outcome, counter) in OUTCOMES.iter().zip(&self.calls) {
            page.line("relay_calls_total", &[("outcome", outcome)], read(counter));
        }
        page.one(
            "relay_pictures_total",
            "counter",
            "Pictures in the answers of paid calls.",
            read(&self.pictures),
        );
        page.one("relay_open_requests", "gauge", "Requests without a complete answer.", read(&self.open));
        levels.render(&mut page);
        page.0
    }
}

impl Levels {
    fn render(&self, page: &mut Page) {
        page.one(
            "relay_running_calls",
            "gauge",
            "Paid calls that have a place, limits.calls at most.",
            self.running_calls,
        );
        page.one(
            "relay_upload_bytes",
            "gauge",
            "Reserved for request bodies on their way.",
            self.upload_bytes,
        );
        page.one(
            "relay_pictures_today",
            "gauge",
            "Pictures that invites reserved or made on this day (UTC).",
            self.pictures_today,
        );
        page.one("relay_jobs", "gauge", "Stored jobs, running ones too.", self.jobs);
        page.one(
            "relay_job_bytes",
            "gauge",
            "Bytes of stored jobs, limits.state_bytes at most.",
            self.job_bytes,
        );
        page.one(
            "relay_store_failures_total",
            "counter",
            "Times the job store could not be used.",
            self.store_failures,
        );
        page.one("relay_kept_picture_bytes", "gauge", "Bytes of kept pictures.", self.kept_picture_bytes);
        page.one(
            "relay_pictures_not_kept_total",
            "counter",
            "Pictures that could not be kept.",
            self.pictures_not_kept,
        );
    }
}

/// A page in the Prometheus text format. Writing to a String cannot fail.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> = labels.iter().map(|(label, word)| format!("{label}=\"{word}\"")).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.line(name, &[], value);
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// One open request.
#[derive(Debug)]
pub(crate) struct OpenRequest<'a>(&'a Metrics);

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(text: &str) -> Vec<&str> {
        let named = text.lines().filter(|line| !line.starts_with('#'));
        named.map(|line| line.rsplit_once(' ').unwrap().0).collect()
    }

    #[test]
    fn the_series_are_the_same_whatever_is_counted_and_none_is_there_twice() {
        let metrics = Metrics::default();
        let before = metrics.render(&Levels::default());
        metrics.count("generation", StatusCode::OK, None);
        metrics.count("sk-canary", StatusCode::OK, None);
        metrics.count("image", StatusCode::SWITCHING_PROTOCOLS, None);
        let text = metrics.render(&Levels { jobs: 3, ..Levels::default() });
        assert_eq!(series(&text), series(&before));
        let names: std::collections::BTreeSet<_> = series(&text).into_iter().collect();
        assert_eq!(names.len(), series(&text).len());
        assert!(text.contains("relay_answers_total{route=\"generation\",class=\"2xx\"} 1"));
        assert!(text.contains("\nrelay_jobs 3\n") && !text.contains("canary"));
    }

    #[test]
    fn errors_are_counted_by_the_code_that_callers_see() {
        let metrics = Metrics::default();
        let unknown = [Code::AnswerBroken, Code::AnswerTimeout, Code::JobUnknown];
        for code in unknown.into_iter().chain([Code::BudgetExhausted]) {
            metrics.count("generation", code.status(), Some(code));
        }
        let text = metrics.render(&Levels::default());
        assert!(text.contains("relay_errors_total{code=\"outcome_unknown\"} 3\n"), "{text}");
        assert!(text.contains("relay_errors_total{code=\"budget_exhausted\"} 1\n"), "{text}");
        assert!(text.contains("relay_errors_total{code=\"overloaded\"} 0\n"), "{text}");
    }

    #[test]
    fn pictures_of_lost_answers_are_not_made_up() {
        let metrics = Metrics::default();
        metrics.count_call(Outcome { state: JobState::Done, made: Some(4) });
        metrics.count_call(Outcome::UNKNOWN);
        let text = metrics.render(&Levels::default());
        assert!(text.contains("\nrelay_pictures_total 4\n"), "{text}");
        assert!(text.contains("relay_calls_total{outcome=\"unknown\"} 1\n"), "{text}");
    }
}
