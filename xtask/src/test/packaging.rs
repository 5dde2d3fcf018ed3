//! The npm package as it is published: in pages of every kind, and under the tools that judge packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::Outcome;
use super::counts::Counts;
use super::playwright::{self, tools_or_reason};
use super::stage::Stage;
use crate::npm::{Package, sizes};
use crate::process;

/// Pages with every bundler, in a real browser, against relay and simulator.
pub(super) fn run(stage: &mut Stage<'_>) -> Result<Outcome> {
    let folder = folder(stage);
    let browser = match tools_or_reason(&folder) {
        Ok(browser) => browser,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    playwright::typecheck(&folder, "tsconfig.json")?;
    playwright::typecheck(&folder, "types/tsconfig.json")?;
    let servers = stage.servers()?;
    let package = stage.package()?;
    let mut command = playwright::command(&folder, &browser);
    command.env("QWEN_EDIT_RELAY_BIN", &servers.relay).env("QWEN_EDIT_SIM_BIN", &servers.sim);
    command.env("QWEN_EDIT_TARBALL", &package.tarball);
    playwright::run(stage, &mut command)
}

/// publint, "Are the types wrong?", and the sizes. Each is one test.
pub(super) fn lint(stage: &mut Stage<'_>) -> Result<Outcome> {
    let package = stage.package()?;
    let report = sizes::measure(stage.workspace, &package)?;
    eprint!("{}", report.text());
    let results = [publint(&package), types_of_every_entry(&package), Ok(report.is_within_budget())];
    let mut counts = Counts::default();
    for result in results {
        if result? { counts.passed += 1 } else { counts.failed += 1 }
    }
    Ok(Outcome::Ran(counts))
}

fn publint(package: &Package) -> Result<bool> {
    passes(package.tools.program("publint").args(["run", "--strict"]).arg(&package.tarball))
}

/// The package is ESM only, for bundlers and browsers: how `require` would find it does not count.
fn types_of_every_entry(package: &Package) -> Result<bool> {
    let mut command = package.tools.program("attw");
    command.arg(&package.tarball).args(["--profile", "esm-only", "--no-emoji", "--no-color"]);
    passes(command.args(["--exclude-entrypoints", "./qwen-edit.wasm"]))
}

fn passes(command: &mut Command) -> Result<bool> {
    let status = process::run_reading(command, |_| ())?;
    Ok(status.success())
}

fn folder(stage: &Stage<'_>) -> PathBuf {
    Path::new(&stage.workspace.root).join("tests/packaging")
}
