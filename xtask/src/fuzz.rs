//! `cargo xtask fuzz`: feeds the relay's readers with generated input and compares them with other readers.

use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::setup::Toolbox;
use crate::table::row;
use crate::workspace::Workspace;
use crate::{process, setup, table, tools};

/// The longest input in bytes.
const MAX_INPUT: u32 = 4096;

const TARGETS: &[(&str, &str)] = &[
    ("url_rule", "picture links against browsers' and HTTP clients' parsers"),
    ("body_scan", "request bodies against serde_json"),
    ("header_gate", "raw HTTP/1 requests against the HTTP library and lenient readers"),
];

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long each target runs
    #[arg(long, default_value_t = 600, value_name = "N")]
    seconds: u32,
    /// Name the targets and end
    #[arg(long)]
    list: bool,
    /// Run these alone
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

/// What libFuzzer says at the end of a run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Stats {
    executions: u64,
    per_second: u64,
    /// The files with input that broke something.
    findings: Vec<String>,
}

/// Runs the targets asked for, one after the other. Fails when one finds something, or cannot run.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    if options.list {
        for (name, about) in TARGETS {
            println!("{name:<13} {about}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let targets = chosen(&options.targets)?;
    ensure_nightly(workspace)?;
    let toolbox = setup::toolbox(workspace, &[&tools::CARGO_FUZZ])?;
    let mut rows = vec![row!["target", "seconds", "executions", "per second", "findings"]];
    let mut failed = false;
    for name in targets {
        eprintln!("\nxtask: {name}, {} seconds", options.seconds);
        let started = Instant::now();
        let mut stats = Stats::default();
        let mut command = command(workspace, &toolbox, name, options.seconds)?;
        let status = process::run_reading(&mut command, |line| stats.read(line))?;
        process::park_if_stopping();
        failed |= !status.success();
        let verdict = match (status.success(), stats.findings.as_slice()) {
            (true, _) => String::from("none"),
            (false, []) => format!("FAILED ({status})"),
            (false, findings) => findings.join(" "),
        };
        rows.push(row![name, started.elapsed().as_secs(), stats.executions, stats.per_second, verdict]);
    }
    print!("\n{}", table::render(&rows));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn chosen(names: &[String]) -> Result<Vec<&'static str>> {
    if names.is_empty() {
        return Ok(TARGETS.iter().map(|(name, _)| *name).collect());
    }
    let find = |wanted: &String| match TARGETS.iter().find(|(name, _)| name == wanted) {
        Some((name, _)) => Ok(*name),
        None => bail!("no target is called {wanted:?}; `cargo xtask fuzz --list` names them"),
    };
    names.iter().map(find).collect()
}

/// libFuzzer needs compiler flags that stable Rust does not take.
fn ensure_nightly(workspace: &Workspace) -> Result<()> {
    let mut rustc = Command::new("rustup");
    rustc.current_dir(&workspace.root).args(["run", tools::FUZZ_TOOLCHAIN, "rustc", "--version"]);
    let output = rustc.output().context("rustup is missing: fuzzing needs it (https://rustup.rs)")?;
    if !output.status.success() {
        bail!(
            "fuzzing needs a nightly compiler: rustup toolchain install {} --profile minimal",
            tools::FUZZ_TOOLCHAIN
        );
    }
    Ok(())
}

fn command(workspace: &Workspace, toolbox: &Toolbox, name: &str, seconds: u32) -> Result<Command> {
    let fuzz = workspace.root.join("fuzz");
    let corpus = fuzz.join("corpus").join(name);
    fs::create_dir_all(&corpus).with_context(|| format!("create {}", corpus.display()))?;
    let mut command = Command::new("rustup");
    command.current_dir(&fuzz).args([
        "run",
        tools::FUZZ_TOOLCHAIN,
        "cargo",
        "fuzz",
        "run",
        "--fuzz-dir",
        ".",
    ]);
    command.arg("--target-dir").arg(workspace.target.join("fuzz")).arg(name);
    // What is found on the way goes into the first folder; the second is under version control.
    command.arg(corpus).arg(fuzz.join("seeds").join(name)).arg("--");
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-max_len={MAX_INPUT}"));
    command.arg(format!("-dict=dictionaries/{name}.dict"));
    command.args(["-print_final_stats=1", "-verbosity=0", "-timeout=10", "-rss_limit_mb=2048"]);
    // The cargo that started us is a stable one.
    command.env_remove("CARGO");
    toolbox.equip(&mut command)?;
    Ok(command)
}

impl Stats {
    fn read(&mut self, line: &str) {
        let number = |text: &str| text.trim().parse().unwrap_or(0);
        if let Some(text) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = number(text);
        } else if let Some(text) = line.strip_prefix("stat::average_exec_per_sec:") {
            self.per_second = number(text);
        } else if let Some((_, file)) = line.split_once("Test unit written to ") {
            self.findings.push(file.trim().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_run_is_read() {
        let mut stats = Stats::default();
        for line in [
            "INFO: seed corpus: files: 7",
            "artifact_prefix='./artifacts/'; Test unit written to ./artifacts/crash-1",
            "stat::number_of_executed_units: 614125",
            "stat::average_exec_per_sec:     29244",
        ] {
            stats.read(line);
        }
        let findings = vec![String::from("./artifacts/crash-1")];
        assert_eq!(stats, Stats { executions: 614_125, per_second: 29_244, findings });
    }

    #[test]
    fn every_target_has_code_seeds_and_a_dictionary() {
        let fuzz = Workspace::load().unwrap().root.join("fuzz");
        for (name, _) in TARGETS {
            assert!(fuzz.join(format!("targets/{name}.rs")).is_file(), "{name}");
            assert!(fuzz.join(format!("dictionaries/{name}.dict")).is_file(), "{name}");
            assert!(fs::read_dir(fuzz.join("seeds").join(name)).unwrap().count() >= 3, "{name}");
        }
    }

    #[test]
    fn an_unknown_target_is_named() {
        let error = chosen(&["nonsense".into()]).unwrap_err().to_string();
        assert!(error.contains("nonsense") && error.contains("--list"), "{error}");
        assert_eq!(chosen(&["body_scan".into()]).unwrap(), ["body_scan"]);
        assert_eq!(chosen(&[]).unwrap().len(), TARGETS.len());
    }
}
