//! Shorter scripts: the glue of wasm-bindgen is half comments and long names.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::setup::Toolbox;
use crate::{compress, process};

/// Rewrites every script in `dist`. Names that other files see stay.
pub(crate) fn minify(tools: &Toolbox, dist: &Path) -> Result<()> {
    for file in compress::files(dist)? {
        if file.extension().is_some_and(|extension| extension == "js") {
            let mut esbuild = Command::new("esbuild");
            esbuild.args(["--minify", "--format=esm", "--log-level=warning", "--allow-overwrite"]);
            let mut outfile = std::ffi::OsString::from("--outfile=");
            outfile.push(&file);
            esbuild.arg(&file).arg(outfile);
            process::run(tools.equip(&mut esbuild)?)?;
        }
    }
    Ok(())
}
