//! Playwright, with its packages and its report.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Outcome;
use super::counts::Counts;
use super::stage::Stage;
use crate::browser::{self, Browser};
use crate::{npm_packages, process};

/// The browser and the npm packages; the error says what is missing.
pub(crate) fn tools_or_reason(folder: &Path) -> Result<Browser> {
    let browser = browser::find_or_install()?;
    npm_packages::install(folder)?;
    Ok(browser)
}

/// `playwright test` in the folder of its tests.
pub(crate) fn command(folder: &Path, browser: &Browser) -> Command {
    let mut command = Command::new(npx());
    command
        .current_dir(folder)
        .args(["--no-install", "playwright", "test"])
        .env("QWEN_EDIT_CHROMIUM", &browser.chromium);
    command
}

/// Checks the types of the tests in `folder`, or of the project file named.
pub(super) fn typecheck(folder: &Path, project: &str) -> Result<()> {
    process::run(Command::new(npx()).current_dir(folder).args([
        "--no-install",
        "tsc",
        "--noEmit",
        "-p",
        project,
    ]))
}

/// Runs the tests and counts them.
pub(super) fn run(stage: &Stage<'_>, command: &mut Command) -> Result<Outcome> {
    let report = stage.workspace.scratch("e2e")?.join("report.json");
    fs::remove_file(&report).ok();
    let result = process::run(command.env("QWEN_EDIT_E2E_REPORT", &report));
    let counts = match fs::read_to_string(&report) {
        Ok(text) => read_report(&text)?,
        Err(_) => return result.and_then(|()| bail!("Playwright wrote no report")),
    };
    if counts.failed == 0 {
        result?;
    }
    Ok(Outcome::Ran(counts))
}

fn read_report(text: &str) -> Result<Counts> {
    let report: Value = serde_json::from_str(text).context("read Playwright's report")?;
    let number =
        |key: &str| report["stats"][key].as_u64().with_context(|| format!("the report has no {key}"));
    Ok(Counts {
        passed: number("expected")?,
        failed: number("unexpected")? + number("flaky")?,
        skipped: number("skipped")?,
    })
}

fn npx() -> &'static str {
    if cfg!(windows) { "npx.cmd" } else { "npx" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_passed_only_at_the_second_try_has_failed() {
        let report = r#"{"stats":{"expected":7,"unexpected":1,"flaky":1,"skipped":2}}"#;
        assert_eq!(read_report(report).unwrap(), Counts { passed: 7, failed: 2, skipped: 2 });
    }

    #[test]
    fn a_report_without_numbers_is_an_error() {
        assert!(read_report("{}").is_err());
    }
}
