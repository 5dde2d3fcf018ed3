//! Building wasm with a standard library of its own making.
//!
//! The one that comes with the compiler is made for speed and words every panic; a page pays for both and gets nothing:
//! nobody reads the text of a panic that ends the instance. Made from source for size, with panics that only trap, it is a
//! tenth less of the npm package. Cargo calls that unstable (`-Zbuild-std`), so the compiler is told to allow it; the
//! source comes with rustup.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::setup::find_on_path;
use crate::workspace::Workspace;

/// For rustc; beside the flags that a build has anyway.
pub(crate) const RUSTFLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort";

/// Lets a build of cargo make the standard library, too.
pub(crate) fn for_size(workspace: &Workspace, cargo: &mut Command) -> Result<()> {
    ensure_source(workspace)?;
    cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
    cargo.env("RUSTC_BOOTSTRAP", "1");
    Ok(())
}

fn ensure_source(workspace: &Workspace) -> Result<()> {
    if source(workspace)?.is_dir() {
        return Ok(());
    }
    if find_on_path("rustup").is_none() {
        bail!("the source of the Rust standard library is missing: use rustup (https://rustup.rs)");
    }
    let mut rustup = Command::new("rustup");
    process::run(rustup.current_dir(&workspace.root).args(["component", "add", "rust-src"]))
}

fn source(workspace: &Workspace) -> Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    let output = rustc.current_dir(&workspace.root).args(["--print", "sysroot"]).output().context("rustc")?;
    let sysroot = String::from_utf8(output.stdout).context("rustc --print sysroot")?;
    Ok(PathBuf::from(sysroot.trim()).join("lib/rustlib/src/rust/library"))
}
