//! A short kill test: `cargo xtask kill-test` is the long one.

use std::process::Command;

use anyhow::Result;

use super::Outcome;
use super::counts::Counts;
use super::stage::Stage;
use crate::build::{Profile, programs};
use crate::process;

const ROUNDS: &str = "8";

pub(super) fn run(stage: &mut Stage<'_>) -> Result<Outcome> {
    let servers = stage.servers()?;
    let [trials] = programs(stage.workspace, Profile::Dev, ["relay-trials"])?;
    let mut command = Command::new(trials);
    command.arg("--relay").arg(&servers.relay).arg("kill").arg("--sim").arg(&servers.sim);
    let status = process::run_reading(command.args(["--rounds", ROUNDS]), |_| {})?;
    let passed = u64::from(status.success());
    Ok(Outcome::Ran(Counts { passed, failed: 1 - passed, skipped: 0 }))
}
