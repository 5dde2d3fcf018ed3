//! The picture codec's readers of headers, in Node: they know no browser. Its pixels are tested with the studio.

use std::process::Command;

use anyhow::{Context, Result};

use super::Outcome;
use super::counts::Counts;
use super::stage::Stage;
use crate::{process, setup};

pub(super) fn run(stage: &mut Stage<'_>) -> Result<Outcome> {
    let node = setup::find_on_path("node").context("install Node.js 20 or newer: node is missing")?;
    let mut command = Command::new(node);
    command.current_dir(stage.workspace.root.join("crates/qwen-edit-client"));
    command.args(["--test", "--test-reporter=tap", "tests/codec/"]);
    let mut counts = Counts::default();
    let status = process::run_reading(&mut command, |line| read_line(&mut counts, line))?;
    if counts == Counts::default() || (!status.success() && counts.failed == 0) {
        anyhow::bail!("node --test counted no tests, or failed without saying which");
    }
    Ok(Outcome::Ran(counts))
}

/// Reads the closing lines: `# pass 13`.
fn read_line(counts: &mut Counts, line: &str) {
    let Some((kind, number)) = line.strip_prefix("# ").and_then(|line| line.split_once(' ')) else { return };
    let Ok(number) = number.parse::<u64>() else { return };
    match kind {
        "pass" => counts.passed += number,
        "fail" | "cancelled" => counts.failed += number,
        "skipped" | "todo" => counts.skipped += number,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_are_counted() {
        let mut counts = Counts::default();
        let lines = [
            "ok 1 - a",
            "# Subtest: b",
            "# tests 4",
            "# pass 2",
            "# fail 1",
            "# skipped 1",
            "# duration_ms 3.5",
        ];
        lines.iter().for_each(|line| read_line(&mut counts, line));
        assert_eq!(counts, Counts { passed: 2, failed: 1, skipped: 1 });
    }
}
