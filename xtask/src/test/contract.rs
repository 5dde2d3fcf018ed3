//! Relay and simulator from outside: raw HTTP, the vendor's own SDK, and behind the proxies we have recipes for.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Outcome;
use super::native::cargo_test;
use super::stage::Stage;
use crate::{apt, proxies, python, setup, tools};

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
    match interpreters() {
        Ok(interpreters) => run(stage, "python_sdk", interpreters),
        Err(why) => Ok(Outcome::Skipped(format!("{why:#}"))),
    }
}

/// Requests as programs, carried out.
pub(super) fn code(stage: &mut Stage<'_>) -> Result<Outcome> {
    let missing = ["curl", "javac", "java", "ksh", "node", "zsh"]
        .iter()
        .any(|name| setup::find_on_path(name).is_none());
    let installed = if missing { apt::install(tools::CODE_PACKAGES) } else { Ok(()) };
    match installed.and_then(|()| interpreters()) {
        Ok(interpreters) => run(stage, "code", interpreters),
        Err(why) => Ok(Outcome::Skipped(format!("{why:#}"))),
    }
}

/// Python with each version of the SDK.
fn interpreters() -> Result<Vec<(String, PathBuf)>> {
    let interpreter = |version: &&str| {
        let python =
            python::with_dashscope(version).with_context(|| format!("Python SDK dashscope {version}"))?;
        Ok((variable(version), python))
    };
    tools::DASHSCOPE_VERSIONS.iter().map(interpreter).collect()
}

fn run(stage: &mut Stage<'_>, tests: &str, programs: Vec<(String, PathBuf)>) -> Result<Outcome> {
    let servers = stage.servers()?;
    cargo_test(stage, &["-p", "contract-tests", "--test", tests], |command| {
        command
            .env("QWEN_EDIT_TEST_RELAY", &servers.relay)
            .env("QWEN_EDIT_SIM_BIN", &servers.sim)
            .envs(programs)
    })
}

/// Where the tests look for the interpreter of a version, for example `QWEN_EDIT_PYTHON_2_0_2`.
fn variable(version: &str) -> String {
    format!("QWEN_EDIT_PYTHON_{}", version.replace('.', "_"))
}
