//! The table, and the closing line that scripts read.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use crate::procedures::Verdict;

/// Titles are cut here; the file has them in full.
const TITLE_WIDTH: usize = 60;

/// One case.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) verdict: Verdict,
    pub(crate) seconds: f64,
}

/// Shows how far we are, to whoever is watching.
pub(crate) fn progress(done: usize, total: usize) {
    let mut errors = std::io::stderr().lock();
    if errors.is_terminal() {
        let end = if done == total { "\n" } else { "" };
        // Nobody is harmed by a line that cannot be shown.
        let _ = write!(errors, "\r{done} of {total} runs{end}");
    }
}

/// Prints everything; the code says whether a case failed.
pub(crate) fn print(rows: &[Row], took: Duration) -> ExitCode {
    print!("{}", text(rows, took));
    let failed = rows.iter().any(|row| matches!(row.verdict, Verdict::Failed(_)));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn text(rows: &[Row], took: Duration) -> String {
    let width = rows.iter().map(|row| row.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Row { id, title, verdict, seconds } in rows {
        let title: String = title.chars().take(TITLE_WIDTH).collect();
        let why = verdict.why();
        let line =
            format!("{id:<width$}  {:<7}  {seconds:>5.1}  {title:<TITLE_WIDTH$}  {why}", verdict.word());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let count = |word: &str| rows.iter().filter(|row| row.verdict.word() == word).count();
    let (passed, failed, skipped) = (count("passed"), count("FAILED"), count("skipped"));
    text.push_str(&format!("\n{} s\n{passed} passed, {failed} failed, {skipped} skipped\n", took.as_secs()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_has_the_totals_and_nothing_else() {
        let row = |verdict| Row { id: "a-1".into(), title: "t".into(), verdict, seconds: 0.5 };
        let rows = [
            row(Verdict::Passed(String::new())),
            row(Verdict::Failed("why".into())),
            row(Verdict::Skipped("later".into())),
        ];
        let text = text(&rows, Duration::from_secs(3));
        assert_eq!(text.lines().last(), Some("1 passed, 1 failed, 1 skipped"));
        assert!(text.contains("FAILED") && text.contains("why"));
    }
}
