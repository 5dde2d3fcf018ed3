//! Building what runs: the studio into `dist/`, and the two servers.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::setup::Toolbox;
use crate::workspace::Workspace;
use crate::{compress, process, scripts, styles};

/// The profile of the studio's wasm, see Cargo.toml.
const WASM_PROFILE: &str = "wasm-release";

/// The two servers' programs.
#[derive(Debug, Clone)]
pub(crate) struct Servers {
    pub(crate) relay: PathBuf,
    pub(crate) sim: PathBuf,
}

/// Builds the studio as it is published into `dist/`. Gives that folder.
pub(crate) fn dist(workspace: &Workspace, tools: &Toolbox) -> Result<PathBuf> {
    let dist = workspace.root.join("dist");
    studio(workspace, tools, &dist)?;
    Ok(dist)
}

/// Builds the studio as it is published into `dist`: optimised, minified, compressed.
pub(crate) fn studio(workspace: &Workspace, tools: &Toolbox, dist: &Path) -> Result<()> {
    // A release build of Trunk would download the wasm-opt it does not find, and fail where it cannot. The
    // other options are the same build without that step.
    let mode: &[&str] = if tools.can_optimise { &["--release"] } else { &["--cargo-profile", WASM_PROFILE] };
    let mut trunk = tools.trunk(&["build", "--minify"])?;
    process::run(trunk.args(mode).arg("--dist").arg(dist).current_dir(&workspace.root))?;
    styles::bundle(dist)?;
    if tools.can_minify {
        scripts::minify(tools, dist)?;
    }
    compress::folder(dist)
}

/// Builds relay and simulator with cargo's profile `dev`, which optimises what works on pictures: 38 MB go through
/// both in 0.7 s. Tests use the same programs, so nobody waits for a second build of everything.
pub(crate) fn servers(workspace: &Workspace) -> Result<Servers> {
    let [relay, sim] = programs(workspace, Profile::Dev, ["relay-server", "qwen-edit-sim"])?;
    Ok(Servers { relay, sim })
}

/// Cargo's profiles for native programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// What operators run.
    Release,
}

/// Builds the programs of these packages.
pub(crate) fn programs<const N: usize>(
    workspace: &Workspace,
    profile: Profile,
    packages: [&str; N],
) -> Result<[PathBuf; N]> {
    let (options, folder): (&[&str], _) = match profile {
        Profile::Dev => (&[], "debug"),
        Profile::Release => (&["--release"], "release"),
    };
    let mut command = workspace.cargo(&["build"]);
    command.args(options).args(packages.iter().flat_map(|package| ["-p", package]));
    process::run(&mut command)?;
    let folder = workspace.target.join(folder);
    Ok(packages.map(|name| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))))
}
