//! `cargo xtask relay-cases`: black-box cases against the built relay, see tests/relay-cases/README.md.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::Args;

use crate::workspace::Workspace;
use crate::{build, process};

/// The cases that come from outside, relative to the repository. They are not part of it.
const DEFAULT_FILE: &str = "../shared/reference/relay-cases.json";
/// The project's own.
const OWN_FILE: &str = "tests/relay-cases/cases/own.json";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The cases [default: ../shared/reference/relay-cases.json]
    #[arg(long, value_name = "FILE")]
    cases: Vec<PathBuf>,
    /// Only these: ids, beginnings of ids, or groups, separated by commas
    #[arg(long, value_name = "ID,GROUP")]
    only: Option<String>,
    /// Test this program instead of the one built here
    #[arg(long, value_name = "PROGRAM")]
    relay: Option<PathBuf>,
    /// Cases of many minutes too
    #[arg(long)]
    slow: bool,
    /// With --slow: how long the soak goes on, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 120)]
    soak: u32,
    /// Only one key mode: passthrough or server_key
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
}

/// Builds relay and runner and carries out the cases; the runner's last line is `N passed, M failed, K skipped`.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let mut files = options.cases.clone();
    if files.is_empty() {
        files.push(default_file(workspace).ok_or_else(|| missing(workspace))?);
    }
    let relay = match &options.relay {
        Some(relay) => relay.clone(),
        None => build::servers(workspace)?.relay,
    };
    let mut command = runner(workspace, &relay, &files)?;
    if let Some(only) = &options.only {
        command.arg("--only").arg(only);
    }
    if let Some(mode) = &options.mode {
        command.arg("--mode").arg(mode);
    }
    if options.slow {
        command.arg("--slow").arg("--soak").arg(options.soak.to_string());
    }
    let status = process::show(&mut command)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A command that carries out `files` against `relay`.
pub(crate) fn runner(workspace: &Workspace, relay: &Path, files: &[PathBuf]) -> Result<Command> {
    process::run(&mut workspace.cargo(&["build", "-p", "relay-cases"]))?;
    let folder = workspace.target.join("debug");
    let mut command = Command::new(folder.join("relay-cases"));
    command.arg("run").arg("--relay").arg(relay);
    command.arg("--clock").arg(folder.join("libshifted_clock.so"));
    for file in files {
        command.arg("--cases").arg(file);
    }
    Ok(command)
}

/// The project's own cases, and those from outside where they are.
pub(crate) fn all_files(workspace: &Workspace) -> Vec<PathBuf> {
    [Some(workspace.root.join(OWN_FILE)), default_file(workspace)].into_iter().flatten().collect()
}

fn default_file(workspace: &Workspace) -> Option<PathBuf> {
    Some(workspace.root.join(DEFAULT_FILE)).filter(|file| file.is_file())
}

fn missing(workspace: &Workspace) -> anyhow::Error {
    let looked = workspace.root.join(DEFAULT_FILE);
    anyhow::anyhow!(
        "no cases: {} is not there. Name a file with --cases FILE, for example --cases {OWN_FILE}",
        looked.display()
    )
}

/// The numbers of the runner's closing line.
pub(crate) fn closing_line(line: &str) -> Option<[u64; 3]> {
    let mut parts = line.split(", ");
    let mut number = |word: &str| parts.next()?.strip_suffix(word)?.parse().ok();
    let numbers = [number(" passed")?, number(" failed")?, number(" skipped")?];
    parts.next().is_none().then_some(numbers)
}

/// What the runner says where there are no network namespaces.
pub(crate) fn cannot_run_here(line: &str) -> Option<&str> {
    line.strip_prefix("relay-cases: cannot run here: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_is_read_and_other_lines_are_not() {
        assert_eq!(closing_line("358 passed, 5 failed, 4 skipped"), Some([358, 5, 4]));
        assert_eq!(closing_line("3 passed"), None);
        assert_eq!(closing_line("a case  passed, 1 failed, 2 skipped"), None);
    }

    #[test]
    fn without_cases_the_message_says_what_to_write() {
        let workspace = Workspace::load().unwrap();
        assert!(missing(&workspace).to_string().contains("--cases FILE"));
        assert!(all_files(&workspace)[0].is_file());
    }
}
