//! Journeys through the studio in a real browser, driven by Playwright.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Outcome;
use super::playwright::{self, run, tools_or_reason};
use super::stage::Stage;
use crate::browser::Browser;
use crate::process::Server;
use crate::trunk_config::TrunkConfig;
use crate::{dev, local_stack};

/// What Trunk.toml names for `trunk serve` alone.
const USUAL_SIMULATOR: &str = "http://127.0.0.1:8788";
const USUAL_RELAY: &str = "http://127.0.0.1:8787";
/// Release builds of everything, on a slow machine.
const BUILD_PATIENCE: Duration = Duration::from_mins(45);

/// The published studio behind the real relay. Playwright starts the servers, one pair for each worker.
pub(super) fn studio(stage: &mut Stage<'_>) -> Result<Outcome> {
    let browser = match tools_or_reason(&folder(stage)) {
        Ok(browser) => browser,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let folder = folder(stage);
    playwright::typecheck(&folder, "tsconfig.json")?;
    let servers = stage.servers()?;
    let mut command = project(&folder, &browser, "studio");
    command.env("QWEN_EDIT_TEST_RELAY", &servers.relay).env("QWEN_EDIT_SIM_BIN", &servers.sim);
    command.env("QWEN_EDIT_DIST", stage.dist()?);
    run(stage, &mut command)
}

/// `trunk serve` as a developer starts it, with a simulator and no relay.
pub(super) fn trunk_serve(stage: &mut Stage<'_>) -> Result<Outcome> {
    let browser = match tools_or_reason(&folder(stage)) {
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

    let mut command = project(&folder(stage), &browser, "trunk-serve");
    command
        .env("QWEN_EDIT_STUDIO_ORIGIN", local_stack::origin(port))
        .env("QWEN_EDIT_SIM_CONTROL", &simulator.control);
    run(stage, &mut command)
}

/// What a newcomer types: everything built and started by `cargo xtask start`, then one edit without a key.
pub(super) fn start(stage: &mut Stage<'_>) -> Result<Outcome> {
    let browser = match tools_or_reason(&folder(stage)) {
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

    let mut command = project(&folder(stage), &browser, "start");
    command.env("QWEN_EDIT_STUDIO_ORIGIN", origin);
    run(stage, &mut command)
}

fn project(folder: &Path, browser: &Browser, name: &str) -> Command {
    let mut command = playwright::command(folder, browser);
    command.args(["--project", name]);
    command
}

fn folder(stage: &Stage<'_>) -> PathBuf {
    stage.workspace.root.join("tests/e2e")
}
