//! Relay and simulator from outside: raw HTTP, and the vendor's own SDK.

use anyhow::Result;

use super::Outcome;
use super::native::cargo_test;
use super::stage::Stage;
use crate::{python, tools};

/// Money, secrets, origins and refusals over raw HTTP. Needs no Python, so it never has a reason to be skipped.
pub(super) fn http(stage: &mut Stage<'_>) -> Result<Outcome> {
    run(stage, "http", Vec::new())
}

/// The vendor's SDK, unchanged, in its two lines of versions.
pub(super) fn sdk(stage: &mut Stage<'_>) -> Result<Outcome> {
    let mut interpreters = Vec::new();
    for version in tools::DASHSCOPE_VERSIONS {
        match python::with_dashscope(version) {
            Ok(python) => interpreters.push((variable(version), python)),
            Err(why) => return Ok(Outcome::Skipped(format!("Python SDK dashscope {version}: {why:#}"))),
        }
    }
    run(stage, "python_sdk", interpreters)
}

fn run(
    stage: &mut Stage<'_>,
    tests: &str,
    interpreters: Vec<(String, std::path::PathBuf)>,
) -> Result<Outcome> {
    let servers = stage.servers()?;
    cargo_test(stage, &["-p", "contract-tests", "--test", tests], |command| {
        command
            .env("QWEN_EDIT_RELAY_BIN", &servers.relay)
            .env("QWEN_EDIT_SIM_BIN", &servers.sim)
            .envs(interpreters)
    })
}

/// Where the tests look for the interpreter of a version, for example `QWEN_EDIT_PYTHON_2_0_2`.
fn variable(version: &str) -> String {
    format!("QWEN_EDIT_PYTHON_{}", version.replace('.', "_"))
}
