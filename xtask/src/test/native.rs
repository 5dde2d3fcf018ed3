//! Tests that need nothing but a compiler.

use std::process::Command;

use anyhow::{Result, bail};

use super::Outcome;
use super::counts::Counts;
use super::stage::Stage;
use crate::{process, setup};

/// Needs servers and Python, see the suites `contract` and `sdk`.
const ELSEWHERE: &[&str] = &["--exclude", "contract-tests"];

/// Unit and integration tests of all packages.
pub(super) fn tests(stage: &mut Stage<'_>) -> Result<Outcome> {
    cargo_test(stage, &["--workspace"], |command| command.args(ELSEWHERE))
}

/// Examples in the documentation, which nextest does not run.
pub(super) fn doc_tests(stage: &mut Stage<'_>) -> Result<Outcome> {
    run(stage.workspace.cargo(&["test", "--doc", "--workspace", "--no-fail-fast"]).args(ELSEWHERE))
}

/// Runs tests with nextest where it is installed, else with cargo.
pub(super) fn cargo_test(
    stage: &Stage<'_>,
    packages: &[&str],
    prepare: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<Outcome> {
    let runner: &[&str] = match setup::find_on_path("cargo-nextest") {
        Some(_) => &["nextest", "run", "--no-fail-fast"],
        None => &["test", "--no-fail-fast"],
    };
    run(prepare(stage.workspace.cargo(runner).args(packages)))
}

/// Runs a command whose output tells how many tests there were.
pub(super) fn run(command: &mut Command) -> Result<Outcome> {
    let mut counts = Counts::default();
    let status = process::run_reading(command, |line| counts.read_line(line))?;
    if !status.success() && counts.failed == 0 {
        bail!("no test failed, but the runner did ({status}): see its output above");
    }
    if counts == Counts::default() {
        bail!("the runner succeeded, but ran no test: see its output above");
    }
    Ok(Outcome::Ran(counts))
}
