//! The vendor's Python SDK, each version in an environment of its own in the user's cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::{cache, find_on_path, make_once};
use crate::{apt, process, tools};

/// The Python interpreter that sees this version of `dashscope`.
pub(crate) fn with_dashscope(version: &str) -> Result<PathBuf> {
    let folder = cache()?.join("python");
    let environment = folder.join(format!("dashscope-{version}"));
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let has_sdk = || {
        let question =
            format!("import importlib.metadata as m; assert m.version('dashscope') == '{version}'");
        Command::new(&python).args(["-c", &question]).output().is_ok_and(|output| output.status.success())
    };
    let lock = folder.join(format!("dashscope-{version}.lock"));
    make_once(&lock, has_sdk, || create(&environment, &python, version))?;
    Ok(python)
}

fn create(environment: &Path, python: &Path, version: &str) -> Result<()> {
    eprintln!("xtask: installing dashscope {version} into {}", environment.display());
    let make = || {
        let program = find_on_path("python3").context("python3 is missing")?;
        process::run(Command::new(program).args(["-m", "venv", "--clear"]).arg(environment))
    };
    if make().is_err() {
        apt::install(tools::PYTHON_PACKAGES)?;
        make()?;
    }
    let package = format!("dashscope=={version}");
    let installed = process::run(Command::new(python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &package,
    ]));
    if installed.is_err() {
        // Half an environment would look like a whole one to a reader.
        fs::remove_dir_all(environment).ok();
    }
    installed
}
