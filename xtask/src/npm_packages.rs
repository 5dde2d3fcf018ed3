//! Packages of npm that a folder's lock file names.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{process, setup};

/// Installs what `folder/package-lock.json` names, unless it is there.
pub(crate) fn install(folder: &Path) -> Result<()> {
    if is_installed(folder) {
        return Ok(());
    }
    let npm = setup::find_on_path("npm").context("install Node.js 20 or newer: npm is missing")?;
    process::run(Command::new(npm).current_dir(folder).args(["ci", "--no-audit", "--no-fund"]))
}

/// npm writes its own copy of the lock file last.
fn is_installed(folder: &Path) -> bool {
    let changed = |file: &str| fs::metadata(folder.join(file)).and_then(|metadata| metadata.modified()).ok();
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Some(installed), Some(wanted)) => installed >= wanted,
        _ => false,
    }
}
