//! Relay and simulator from outside: raw HTTP, the vendor's own SDK, and behind the proxies we have recipes for.

use anyhow::Result;

use super::Outcome;
use super::native::cargo_test;
use super::stage::Stage;
use crate::{proxies, python, tools};

/// Money, secrets, origins and refusals over raw HTTP. Needs no Python, so it never has a reason to be skipped.
pub(super) fn http(stage: &mut Stage<'_>) -> Result<Outcome> {
    run(stage, "http", Vec::new())
}

/// nginx and Caddy in front of the relay, each with its recipe from `deploy/`.
pub(super) fn proxies(stage: &mut Stage<'_>) -> Result<Outcome> {
    match proxies::find_or_unpack() {
        Ok(found) => {
            let programs = [("QWEN_EDIT_NGINX", found.nginx), ("QWEN_EDIT_CADDY", found.caddy)];
            run(stage, "proxies", programs.map(|(name, path)| (name.to_owned(), path)).into())
        }
        Err(why) => Ok(Outcome::Skipped(format!("{why:#}"))),
    }
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

fn run(stage: &mut Stage<'_>, tests: &str, programs: Vec<(String, std::path::PathBuf)>) -> Result<Outcome> {
    let servers = stage.servers()?;
    cargo_test(stage, &["-p", "contract-tests", "--test", tests], |command| {
        command
            .env("QWEN_EDIT_RELAY_BIN", &servers.relay)
            .env("QWEN_EDIT_SIM_BIN", &servers.sim)
            .envs(programs)
    })
}

/// Where the tests look for the interpreter of a version, for example `QWEN_EDIT_PYTHON_2_0_2`.
fn variable(version: &str) -> String {
    format!("QWEN_EDIT_PYTHON_{}", version.replace('.', "_"))
}
