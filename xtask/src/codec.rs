//! The picture codec as it is published: scripts minified, the lazily loaded decoders bundled with their libraries.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{compress, npm, process, setup};

/// What browsers do not read by themselves. Each becomes one file, loaded when the first such picture is given.
const DECODERS: [&str; 2] = ["decoders/heic.js", "decoders/tiff.js"];

/// Turns a copy of the client's `js/` in `folder` into what is published. Without npm it works as it is, except that
/// HEIC and TIFF are refused by browsers that do not read them.
pub(crate) fn publish(workspace: &Workspace, folder: &Path) -> Result<()> {
    let client = workspace.root.join("crates/qwen-edit-client");
    if setup::find_on_path("npm").is_none() {
        eprintln!(
            "xtask: npm is missing; the page will not read HEIC and TIFF (install Node.js 20 or newer)"
        );
        return Ok(());
    }
    npm::install(&client)?;
    for file in
        compress::files(folder)?.into_iter().filter(|file| file.extension().is_some_and(|it| it == "js"))
    {
        let name = file.strip_prefix(folder).unwrap_or(&file);
        let bundle = DECODERS.iter().any(|decoder| name == Path::new(decoder));
        let mut esbuild = Command::new(client.join("node_modules/.bin/esbuild"));
        esbuild.current_dir(&client).arg(Path::new("js").join(name));
        esbuild.args(["--minify", "--format=esm", "--log-level=error"]);
        if bundle {
            esbuild.args(["--bundle", "--external:../picture-codec.js"]);
        }
        let mut out = std::ffi::OsString::from("--outfile=");
        out.push(&file);
        process::run(esbuild.arg(out).arg("--allow-overwrite"))?;
    }
    Ok(())
}
