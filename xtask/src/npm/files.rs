//! What goes into the package: written by hand, generated, and licences.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::compress;
use crate::workspace::Workspace;

/// The wasm file's name in the package.
pub(crate) const WASM: &str = "qwen-edit.wasm";
/// The wasm that writes programs, loaded when somebody asks for one.
pub(crate) const CODE_WASM: &str = "qwen-edit-code.wasm";
const LICENCES: &[&str] = &["LICENSE-MIT", "LICENSE-APACHE"];

/// Fills `package` anew: nothing of an earlier build may stay.
pub(crate) fn assemble(workspace: &Workspace, generated: &Path, package: &Path) -> Result<()> {
    if fs::exists(package)? {
        fs::remove_dir_all(package).with_context(|| format!("empty {}", package.display()))?;
    }
    let by_hand = workspace.root.join("crates/qwen-edit-wasm/npm");
    for file in compress::files(&by_hand)? {
        copy(&file, &package.join(file.strip_prefix(&by_hand)?))?;
    }
    let codec = workspace.root.join("crates/qwen-edit-client/js");
    for file in compress::files(&codec)? {
        copy(&file, &package.join("codec").join(file.strip_prefix(&codec)?))?;
    }
    for licence in LICENCES {
        copy(&workspace.root.join(licence), &package.join(licence))?;
    }
    for glue in ["glue", "code-glue"] {
        copy(&generated.join(format!("{glue}_bg.js")), &package.join(format!("{glue}.js")))?;
    }
    for wasm in [WASM, CODE_WASM] {
        copy(&generated.join(wasm), &package.join(wasm))?;
    }
    write_inline(&package.join(WASM), &package.join("wasm-base64.js"))?;
    write_inline(&package.join(CODE_WASM), &package.join("code-base64.js"))?;
    set_version(&package.join("package.json"), &workspace.version)
}

/// The wasm as a module of JavaScript.
fn write_inline(wasm: &Path, module: &Path) -> Result<()> {
    let base64 = STANDARD.encode(fs::read(wasm).with_context(|| format!("read {}", wasm.display()))?);
    fs::write(module, format!("export default \"{base64}\";\n"))
        .with_context(|| format!("write {}", module.display()))
}

/// The workspace's version is the only one.
fn set_version(manifest: &Path, version: &str) -> Result<()> {
    let text = fs::read_to_string(manifest).with_context(|| format!("read {}", manifest.display()))?;
    let stated: Value =
        serde_json::from_str(&text).with_context(|| format!("parse {}", manifest.display()))?;
    let stated = format!("\"version\": {}", stated["version"]);
    // In the text, so that the order of the fields stays: conditions of `exports` depend on it.
    fs::write(manifest, text.replace(&stated, &format!("\"version\": \"{version}\"")))
        .with_context(|| format!("write {}", manifest.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    }
    fs::copy(from, to).with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
