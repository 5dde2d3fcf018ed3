//! The npm package as it is published: in pages of every kind, and under the tools that judge packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::Outcome;
use super::counts::Counts;
use super::playwright::{self, tools_or_reason};
use super::stage::Stage;
use crate::npm::{Package, files, sizes};
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
    command.env("QWEN_EDIT_TEST_RELAY", &servers.relay).env("QWEN_EDIT_SIM_BIN", &servers.sim);
    command.env("QWEN_EDIT_TARBALL", &package.tarball);
    playwright::run(stage, &mut command)
}

/// publint, "Are the types wrong?", the sizes, and what the wasm files give away. Each is one test.
pub(super) fn lint(stage: &mut Stage<'_>) -> Result<Outcome> {
    let package = stage.package()?;
    let report = sizes::measure(stage.workspace, &package)?;
    eprint!("{}", report.text());
    let results = [
        publint(&package),
        types_of_every_entry(&package),
        Ok(report.is_within_budget()),
        names_no_place_of_ours(&package),
    ];
    let mut counts = Counts::default();
    for result in results {
        if result? { counts.passed += 1 } else { counts.failed += 1 }
    }
    Ok(Outcome::Ran(counts))
}

/// Where sources lie on the machine that built the package is nobody's business.
fn names_no_place_of_ours(package: &Package) -> Result<bool> {
    let home = std::env::home_dir().map(|home| home.to_string_lossy().into_owned());
    let places = [".cargo/", ".rustup/"].map(str::to_owned).into_iter().chain(home);
    let places: Vec<String> = places.filter(|place| place.len() > 1).collect();
    for file in [files::WASM, files::CODE_WASM] {
        let bytes = fs::read(package.folder.join(file)).with_context(|| format!("read {file}"))?;
        let text = String::from_utf8_lossy(&bytes);
        if let Some(place) = places.iter().find(|place| text.contains(place.as_str())) {
            eprintln!("xtask: {file} names a place of this machine: {place}");
            return Ok(false);
        }
    }
    Ok(true)
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
