//! Journeys through the studio in a real browser, driven by Playwright.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Outcome;
use super::counts::Counts;
use super::stage::Stage;
use crate::browser::{self, Browser};
use crate::process::Server;
use crate::trunk_config::TrunkConfig;
use crate::{dev, local_stack, npm, process};

/// What Trunk.toml names for `trunk serve` alone.
const USUAL_SIMULATOR: &str = "http://127.0.0.1:8788";
const USUAL_RELAY: &str = "http://127.0.0.1:8787";
/// Release builds of everything, on a slow machine.
const BUILD_PATIENCE: Duration = Duration::from_mins(45);

/// The published studio behind the real relay. Playwright starts the servers, one pair for each worker.
pub(super) fn studio(stage: &mut Stage<'_>) -> Result<Outcome> {
    let browser = match tools_or_reason(stage) {
        Ok(browser) => browser,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let folder = folder(stage);
    process::run(Command::new(npx()).current_dir(&folder).args(["--no-install", "tsc", "--noEmit"]))?;
    let servers = stage.servers()?;
    let mut command = playwright(&folder, &browser, "studio");
    command.env("QWEN_EDIT_RELAY_BIN", &servers.relay).env("QWEN_EDIT_SIM_BIN", &servers.sim);
    command.env("QWEN_EDIT_DIST", stage.dist()?);
    run(stage, &mut command)
}

/// `trunk serve` as a developer starts it, with a simulator and no relay.
pub(super) fn trunk_serve(stage: &mut Stage<'_>) -> Result<Outcome> {
    let browser = match tools_or_reason(stage) {
        Ok(browser) => browser,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let tools = stage.web_tools()?;
    let servers = stage.servers()?;
    let scratch = stage.workspace.scratch("trunk-serve")?;
    let simulator = local_stack::start_simulator(&servers, &["--latency", "300ms"])?;

    let mut config = TrunkConfig::read(&stage.workspace.root)?;
    config.set_dist(&scratch.join("dist"));
    config.move_backend(USUAL_SIMULATOR, &simulator.upstream);
    config.move_backend(USUAL_RELAY, &local_stack::origin(local_stack::free_port()?));
    let port = local_stack::free_port()?;
    let _trunk = dev::serve_page(&tools, &config.write(&scratch)?, port)?;

    let mut command = playwright(&folder(stage), &browser, "trunk-serve");
    command
        .env("QWEN_EDIT_STUDIO_ORIGIN", local_stack::origin(port))
        .env("QWEN_EDIT_SIM_CONTROL", &simulator.control);
    run(stage, &mut command)
}

/// What a newcomer types: everything built and started by `cargo xtask start`, then one edit without a key.
pub(super) fn start(stage: &mut Stage<'_>) -> Result<Outcome> {
    let browser = match tools_or_reason(stage) {
        Ok(browser) => browser,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let port = local_stack::free_port()?.to_string();
    let mut command = Command::new(env::current_exe().context("find the running xtask")?);
    command.current_dir(&stage.workspace.root).args(["start", "--no-open", "--port", &port]);
    // Somebody's real key must not end up in a test.
    command.env_remove("DASHSCOPE_API_KEY");
    let started = Server::start("start", &mut command)?;
    let origin = started.announced("ready", BUILD_PATIENCE)?;

    let mut command = playwright(&folder(stage), &browser, "start");
    command.env("QWEN_EDIT_STUDIO_ORIGIN", origin);
    run(stage, &mut command)
}

/// The browser and the npm packages; the error says what is missing.
fn tools_or_reason(stage: &Stage<'_>) -> Result<Browser> {
    let browser = browser::find_or_install()?;
    npm::install(&folder(stage))?;
    Ok(browser)
}

fn playwright(folder: &Path, browser: &Browser, project: &str) -> Command {
    let mut command = Command::new(npx());
    command
        .current_dir(folder)
        .args(["--no-install", "playwright", "test", "--project", project])
        .env("QWEN_EDIT_CHROMIUM", &browser.chromium);
    command
}

fn run(stage: &Stage<'_>, command: &mut Command) -> Result<Outcome> {
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

fn folder(stage: &Stage<'_>) -> PathBuf {
    stage.workspace.root.join("tests/e2e")
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
