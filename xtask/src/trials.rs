//! `cargo xtask kill-test`, `hold-test` and `upload-test`: the relay as operators run it, tried hard. The trials
//! themselves are a program of their own, `tests/relay-trials`, which has a network to work with.

use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::Args;

use crate::build::{Profile, programs};
use crate::process;
use crate::workspace::Workspace;

#[derive(Debug, Args)]
pub(crate) struct KillOptions {
    /// Rounds at random moments; up to five more end with SIGTERM
    #[arg(long, default_value_t = 200, value_name = "N")]
    rounds: u32,
    /// More rounds, aimed at the moments in which the relay writes [default: a quarter of --rounds]
    #[arg(long, value_name = "N")]
    aimed: Option<u32>,
    /// Make the same jobs and moments again; without it, others each time
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct HoldOptions {
    /// Calls at one time
    #[arg(long, default_value_t = 1000, value_name = "N")]
    calls: u32,
    /// How long the API takes for each, in seconds
    #[arg(long, default_value_t = 8, value_name = "N")]
    seconds: u32,
}

#[derive(Debug, Args)]
pub(crate) struct UploadOptions {
    /// Uploads at one time
    #[arg(long, default_value_t = 24, value_name = "N")]
    uploads: u32,
    /// Size of each, in MiB
    #[arg(long, default_value_t = 40, value_name = "N")]
    mebibytes: u32,
    /// Runs of each kind, alternating
    #[arg(long, default_value_t = 5, value_name = "N")]
    runs: u32,
}

/// Fails when an answer is lost, a call goes out twice, or anything contradicts itself.
pub(crate) fn kill(workspace: &Workspace, options: &KillOptions) -> Result<ExitCode> {
    let [relay, sim, trials] =
        programs(workspace, Profile::Release, ["relay-server", "qwen-edit-sim", "relay-trials"])?;
    let mut command = Command::new(trials);
    command.arg("--relay").arg(relay).arg("kill").arg("--sim").arg(sim);
    command.args(["--rounds", &options.rounds.to_string()]);
    command.args(options.aimed.iter().flat_map(|aimed| ["--aimed".to_owned(), aimed.to_string()]));
    command.args(options.seed.iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
    run(&mut command)
}

/// Fails on an error, or when the calls take too much memory.
pub(crate) fn hold(workspace: &Workspace, options: &HoldOptions) -> Result<ExitCode> {
    let mut command = without_simulator(workspace, "hold")?;
    command.args(["--calls", &options.calls.to_string(), "--seconds", &options.seconds.to_string()]);
    run(&mut command)
}

/// Fails on an error, or when the uploads take too much memory.
pub(crate) fn upload(workspace: &Workspace, options: &UploadOptions) -> Result<ExitCode> {
    let mut command = without_simulator(workspace, "upload")?;
    command.args(["--uploads", &options.uploads.to_string()]);
    command.args(["--mebibytes", &options.mebibytes.to_string(), "--runs", &options.runs.to_string()]);
    run(&mut command)
}

fn without_simulator(workspace: &Workspace, trial: &str) -> Result<Command> {
    let [relay, trials] = programs(workspace, Profile::Release, ["relay-server", "relay-trials"])?;
    let mut command = Command::new(trials);
    command.arg("--relay").arg(relay).arg(trial);
    Ok(command)
}

fn run(command: &mut Command) -> Result<ExitCode> {
    let status = process::show(command)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
