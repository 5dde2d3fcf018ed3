//! `cargo xtask check`: everything that can be said about the code without running it.

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::table::row;
use crate::workspace::Workspace;
use crate::{layers, process, setup, table, tidy, tools};

const WASM: &str = "wasm32-unknown-unknown";
const DENY_WARNINGS: &[&str] = &["--", "-D", "warnings"];
/// Compiled for the browser too, with their tests.
const IN_BROWSER: &[&str] =
    &["-p", "qwen-edit-client", "-p", "qwen-edit-code", "-p", "qwen-edit-wasm", "-p", "qwen-edit-web"];
/// Compiled for browser or edge; their tests run natively.
const PURE: &[&str] = &["-p", "qwen-edit-api", "-p", "relay-policy"];
const DOCUMENTED: &[&str] =
    &["-p", "qwen-edit-api", "-p", "qwen-edit-client", "-p", "qwen-edit-wasm", "-p", "relay-policy"];

type Step = (&'static str, fn(&Workspace) -> Result<()>);

const STEPS: &[Step] = &[
    ("format", format),
    ("layers", |workspace| none_of(&layers::violations(workspace)?)),
    ("house rules", |workspace| none_of(&tidy::violations(workspace)?)),
    ("clippy, native", clippy_native),
    ("clippy, wasm", clippy_wasm),
    ("documentation", documentation),
    ("dependencies", dependencies),
];

/// Runs all steps, also after a failure, and ends with a table.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut rows = vec![row!["check", "result", "seconds"]];
    let mut failed = false;
    for (name, step) in STEPS {
        eprintln!("\nxtask: {name}");
        let started = Instant::now();
        let result = step(workspace);
        process::park_if_stopping();
        if let Err(error) = &result {
            eprintln!("{error:#}");
            failed = true;
        }
        rows.push(row![name, if result.is_ok() { "ok" } else { "FAILED" }, started.elapsed().as_secs()]);
    }
    print!("\n{}", table::render(&rows));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn none_of(violations: &[String]) -> Result<()> {
    if violations.is_empty() { Ok(()) } else { bail!("{}", violations.join("\n")) }
}

fn format(workspace: &Workspace) -> Result<()> {
    process::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))?;
    // A workspace of its own.
    process::run(&mut workspace.cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

fn clippy_native(workspace: &Workspace) -> Result<()> {
    process::run(workspace.cargo(&["clippy", "--workspace", "--all-targets"]).args(DENY_WARNINGS))
}

fn clippy_wasm(workspace: &Workspace) -> Result<()> {
    let clippy = |packages: &[&str], targets: &[&str]| {
        let mut command = workspace.cargo(&["clippy", "--target", WASM]);
        process::run(command.args(packages).args(targets).args(DENY_WARNINGS))
    };
    clippy(PURE, &["--lib"])?;
    clippy(IN_BROWSER, &["--all-targets"])
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let mut command = workspace.cargo(&["doc", "--no-deps"]);
    process::run(command.args(DOCUMENTED).env("RUSTDOCFLAGS", "-D warnings"))
}

fn dependencies(workspace: &Workspace) -> Result<()> {
    let toolbox = setup::toolbox(workspace, &[&tools::CARGO_DENY])?;
    let deny = |checks: &[&str]| -> Result<Command> {
        let mut command = Command::new("cargo-deny");
        command.current_dir(&workspace.root).args(["check", "--hide-inclusion-graph"]).args(checks);
        toolbox.equip(&mut command)?;
        Ok(command)
    };
    process::run(&mut deny(&["bans", "licenses", "sources"])?)?;

    let mut no_database = false;
    let status = process::run_reading(&mut deny(&["advisories"])?, |line| {
        no_database |= line.contains("failed to fetch advisory database");
    })?;
    match (status.success(), no_database) {
        (true, _) => Ok(()),
        (false, true) => {
            eprintln!("xtask: advisories skipped: their database cannot be fetched from here");
            Ok(())
        }
        (false, false) => bail!("cargo deny check advisories: {status}"),
    }
}
