//! Counters for the operator. Labels are fixed words: no key, region, address or link is ever one.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;
use relay_policy::idempotency::JobState;

/// The values of the `route` label.
const ROUTES: [&str; 8] =
    ["generation", "uploads", "job", "image", "description", "health", "unknown", "static"];
/// The values of the `class` label.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];
/// The values of the `outcome` label.
const OUTCOMES: [&str; 3] = ["done", "released", "unknown"];

/// All counters.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    answers: [[AtomicU64; CLASSES.len()]; ROUTES.len()],
    open: AtomicU64,
    calls: [AtomicU64; OUTCOMES.len()],
}

impl Metrics {
    /// Counts one answer.
    pub(crate) fn count(&self, route: &str, status: StatusCode) {
        let row = ROUTES.iter().position(|known| *known == route);
        let class = usize::from(status.as_u16() / 100).checked_sub(2);
        if let Some(counter) = row.zip(class).and_then(|(row, class)| self.answers.get(row)?.get(class)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts a paid call that went out and ended.
    pub(crate) fn count_call(&self, state: JobState) {
        let row = match state {
            JobState::Done => 0,
            JobState::Released => 1,
            JobState::Unknown | JobState::Dispatching => 2,
        };
        if let Some(counter) = self.calls.get(row) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts a request as open until the guard is dropped.
    pub(crate) fn begin(&self) -> OpenRequest<'_> {
        self.open.fetch_add(1, Ordering::Relaxed);
        OpenRequest(self)
    }

    /// The Prometheus text format.
    pub(crate) fn render(&self) -> String {
        let mut text = String::from("# TYPE relay_answers_total counter\n");
        for (route, row) in ROUTES.iter().zip(&self.answers) {
            for (class, counter) in CLASSES.iter().zip(row) {
                let count = counter.load(Ordering::Relaxed);
                // Writing to a String cannot fail.
                let _ = writeln!(text, "relay_answers_total{{route=\"{route}\",class=\"{class}\"}} {count}");
            }
        }
        text.push_str("# TYPE relay_calls_total counter\n");
        for (outcome, counter) in OUTCOMES.iter().zip(&self.calls) {
            let count = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "relay_calls_total{{outcome=\"{outcome}\"}} {count}");
        }
        let open = self.open.load(Ordering::Relaxed);
        let _ = writeln!(text, "# TYPE relay_open_requests gauge\nrelay_open_requests {open}");
        text
    }
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

    #[test]
    fn the_series_are_the_same_whatever_is_counted() {
        let metrics = Metrics::default();
        let series = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
        let before = series(&metrics.render());
        metrics.count("generation", StatusCode::OK);
        metrics.count("sk-canary", StatusCode::OK);
        metrics.count("image", StatusCode::SWITCHING_PROTOCOLS);
        let text = metrics.render();
        assert_eq!(series(&text), before);
        assert!(text.contains("relay_answers_total{route=\"generation\",class=\"2xx\"} 1"));
        assert!(!text.contains("canary"));
    }
}
