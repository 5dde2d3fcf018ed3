//! `cargo xtask npm`: the npm package `qwen-edit`, as it is published, in `target/npm/`.

pub(crate) mod files;
mod peers;
pub(crate) mod sizes;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::npm_tools::{self, NpmTools};
use crate::setup::{self, Toolbox};
use crate::workspace::Workspace;
use crate::{codec, process, std_from_source, tools};

/// A crate that becomes a wasm file and its glue.
struct Module {
    package: &'static str,
    /// What cargo is asked for, and how it calls the file.
    target: &'static str,
    artifact: &'static str,
    /// The glue's name, without its ending.
    glue: &'static str,
    /// The file in the package.
    wasm: &'static str,
}

const MODULES: [Module; 2] = [
    Module {
        package: "qwen-edit-wasm",
        target: "--lib",
        artifact: "qwen_edit_wasm.wasm",
        glue: "glue",
        wasm: files::WASM,
    },
    Module {
        package: "qwen-edit-code",
        target: "--bins",
        artifact: "qwen-edit-code.wasm",
        glue: "code-glue",
        wasm: files::CODE_WASM,
    },
];

/// A built package.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// What is in the tarball, as a folder.
    pub(crate) folder: PathBuf,
    pub(crate) tarball: PathBuf,
    pub(crate) tools: NpmTools,
}

/// Builds the package and prints its sizes beside those of its peers. Fails when one is over its budget.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let package = build(workspace, &setup::web_tools(workspace)?)?;
    let report = sizes::measure(workspace, &package)?;
    print!("{}", report.text());
    println!("{}", package.tarball.display());
    Ok(if report.is_within_budget() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds the wasm once and puts everything that is published into a folder and a tarball.
pub(crate) fn build(workspace: &Workspace, toolbox: &Toolbox) -> Result<Package> {
    if !toolbox.can_optimise {
        bail!("the package is published optimised only, and there is no wasm-opt: see above why");
    }
    let tools = npm_tools::ensure(&tools::PACKAGE_TOOLS)?;
    let scratch = workspace.scratch("npm")?;
    for module in MODULES {
        module.build(workspace, toolbox, &scratch)?;
    }
    let npm = workspace.root.join("target/npm");
    let folder = npm.join("package");
    files::assemble(workspace, &scratch, &folder)?;
    for module in MODULES {
        minify(&tools, &folder.join(module.glue()))?;
    }
    codec::publish(workspace, toolbox, &folder.join("codec"))?;
    let tarball = pack(workspace, &npm, &folder)?;
    Ok(Package { folder, tarball, tools })
}

impl Module {
    fn glue(&self) -> String {
        format!("{}.js", self.glue)
    }

    /// Rust to glue and wasm, optimised.
    fn build(&self, workspace: &Workspace, toolbox: &Toolbox, scratch: &Path) -> Result<()> {
        let (target, profile) = ("wasm32-unknown-unknown", "wasm-release");
        let package = ["build", "-p", self.package, self.target];
        let mut cargo = workspace.cargo(&package);
        cargo.args(["--target", target, "--profile", profile]);
        std_from_source::for_size(workspace, &mut cargo, &without_our_paths()?)?;
        process::run(&mut cargo)?;
        let built =
            workspace.target.join(std_from_source::TARGET).join(target).join(profile).join(self.artifact);
        let mut bindgen = Command::new("wasm-bindgen");
        // Without the loading, which is npm/load.js.
        bindgen.args(["--target", "bundler", "--no-typescript", "--remove-producers-section"]);
        bindgen.args(["--out-name", self.glue, "--out-dir"]);
        process::run(toolbox.equip(bindgen.arg(scratch).arg(built))?)?;
        let mut optimise = Command::new("wasm-opt");
        // Measured with brotli: the order of the passes, and that functions with one caller stay functions, is 1.5 kB.
        optimise.args(["--flatten", "--rereloop", "-Oz", "-Oz", "--one-caller-inline-max-function-size=0"]);
        optimise.arg("--strip-target-features");
        optimise.arg(scratch.join(format!("{}_bg.wasm", self.glue))).arg("-o").arg(scratch.join(self.wasm));
        process::run(toolbox.equip(&mut optimise)?)
    }
}

/// Panics name the source file. Where the sources lie on this machine is nobody's business, and every build should
/// give the same bytes.
fn without_our_paths() -> Result<String> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir().context("no home folder: set CARGO_HOME")?.join(".cargo"),
    };
    let registries = home.join("registry/src");
    let mut flags = Vec::new();
    for registry in fs::read_dir(&registries).with_context(|| format!("read {}", registries.display()))? {
        flags.push(format!("--remap-path-prefix={}/=", registry?.path().display()));
    }
    Ok(flags.join(" "))
}

/// Generated code that nobody reads; a page without a bundler loads it as it is.
fn minify(tools: &NpmTools, file: &Path) -> Result<()> {
    let mut command = tools.program("esbuild");
    command.arg(file).args(["--minify", "--format=esm", "--log-level=warning", "--allow-overwrite"]);
    process::run(command.arg(format!("--outfile={}", file.display())))
}

fn pack(workspace: &Workspace, npm: &Path, folder: &Path) -> Result<PathBuf> {
    let program = setup::find_on_path("npm").context("install Node.js 20 or newer: npm is missing")?;
    let mut command = Command::new(program);
    command.current_dir(folder).args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(npm);
    process::run(&mut command)?;
    let tarball = npm.join(format!("qwen-edit-{}.tgz", workspace.version));
    if !fs::exists(&tarball)? {
        bail!("npm pack made no {}", tarball.display());
    }
    Ok(tarball)
}
