//! The picture codec as it is published: the lazily loaded decoders bundled with their libraries.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::setup::Toolbox;
use crate::workspace::Workspace;
use crate::{npm_packages, process};

/// What browsers do not read by themselves. Each becomes one file, loaded when the first such picture is given.
const DECODERS: [&str; 2] = ["decoders/heic.js", "decoders/tiff.js"];

/// Puts the decoders into `folder`, a copy of the client's `js/`. Without them all else works, but HEIC and TIFF are
/// refused by browsers that do not read them.
pub(crate) fn publish(workspace: &Workspace, tools: &Toolbox, folder: &Path) -> Result<()> {
    let client = workspace.root.join("crates/qwen-edit-client");
    npm_packages::install(&client)?;
    for decoder in DECODERS {
        let mut outfile = OsString::from("--outfile=");
        outfile.push(folder.join(decoder));
        let mut esbuild = Command::new("esbuild");
        esbuild.current_dir(&client).arg(Path::new("js").join(decoder)).arg(outfile);
        esbuild.args(["--bundle", "--external:../picture-codec.js", "--minify", "--format=esm"]);
        // Emscripten asks whether there is a `__filename`. webpack answers yes in advance, also where there is none, and
        // the worker dies of it.
        esbuild.arg("--define:__filename=undefined");
        process::run(tools.equip(esbuild.args(["--log-level=error", "--allow-overwrite"]))?)?;
    }
    Ok(())
}
