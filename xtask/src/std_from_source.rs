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

/// The folder of such builds in the target folder. Apart, because build scripts notice what the compiler is allowed, and
/// would be made anew by turns.
pub(crate) const TARGET: &str = "std-from-source";

/// Lets a build of cargo make the standard library, too. `flags` are further ones for rustc; none from the environment,
/// which would replace these.
pub(crate) fn for_size(workspace: &Workspace, cargo: &mut Command, flags: &str) -> Result<()> {
    let source = ensure_source(workspace)?;
    cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
    cargo.arg("--target-dir").arg(workspace.target.join(TARGET));
    cargo.env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    // Where it lies on this machine is nobody's business.
    let remap = format!("--remap-path-prefix={}=/std", source.display());
    let flags = ["-Zunstable-options -Cpanic=immediate-abort", &remap, flags].join(" ");
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    Ok(())
}

fn ensure_source(workspace: &Workspace) -> Result<PathBuf> {
    let source = source(workspace)?;
    if source.is_dir() {
        return Ok(source);
    }
    if find_on_path("rustup").is_none() {
        bail!("the source of the Rust standard library is missing: use rustup (https://rustup.rs)");
    }
    let mut rustup = Command::new("rustup");
    process::run(rustup.current_dir(&workspace.root).args(["component", "add", "rust-src"]))?;
    Ok(source)
}

fn source(workspace: &Workspace) -> Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    let output = rustc.current_dir(&workspace.root).args(["--print", "sysroot"]).output().context("rustc")?;
    let sysroot = String::from_utf8(output.stdout).context("rustc --print sysroot")?;
    Ok(PathBuf::from(sysroot.trim()).join("lib/rustlib/src/rust/library"))
}
