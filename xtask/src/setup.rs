//! Getting the tools the studio is built with: from PATH when they fit, else built once into the user's cache.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::tools::{self, NpmTool, Tool, Version};
use crate::workspace::Workspace;

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Folders to search before the developer's PATH.
#[derive(Debug, Clone, Default)]
pub(crate) struct Toolbox {
    folders: Vec<PathBuf>,
    /// Whether wasm-opt is among the tools.
    pub(crate) can_optimise: bool,
    /// Whether esbuild is.
    pub(crate) can_minify: bool,
}

impl Toolbox {
    /// Lets `command` find our tools.
    pub(crate) fn equip<'a>(&self, command: &'a mut Command) -> Result<&'a mut Command> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(env::split_paths(&path));
        let path: OsString = env::join_paths(folders).context("a folder on PATH has a colon in its name")?;
        Ok(command.env("PATH", path))
    }

    /// Whether the tool is there now. Without it the studio is larger, and works.
    fn take_from_npm(&mut self, tool: &NpmTool) -> bool {
        match ensure_from_npm(tool) {
            Ok(folder) => {
                self.folders.extend(folder);
                true
            }
            Err(why) => {
                eprintln!("xtask: no {}: the studio works, but is larger ({why:#})", tool.program);
                false
            }
        }
    }

    /// A `trunk` command. It asks nobody whether there is a newer one, and reports a relay that does not run in
    /// a few lines instead of a stack of Trunk's own functions.
    pub(crate) fn trunk(&self, args: &[&str]) -> Result<Command> {
        let mut trunk = Command::new("trunk");
        trunk.args(args).env("TRUNK_SKIP_VERSION_CHECK", "true").env("RUST_BACKTRACE", "0");
        self.equip(&mut trunk)?;
        Ok(trunk)
    }
}

/// The wasm target, trunk, wasm-bindgen, and what makes the studio smaller, if it can be had.
pub(crate) fn web_tools(workspace: &Workspace) -> Result<Toolbox> {
    ensure_wasm_target(workspace)?;
    let mut toolbox = toolbox(workspace, &[&tools::TRUNK, &tools::WASM_BINDGEN])?;
    toolbox.can_optimise = toolbox.take_from_npm(&tools::WASM_OPT);
    toolbox.can_minify = toolbox.take_from_npm(&tools::ESBUILD);
    Ok(toolbox)
}

/// Makes sure of all `wanted` tools.
pub(crate) fn toolbox(workspace: &Workspace, wanted: &[&Tool]) -> Result<Toolbox> {
    let mut folders = Vec::new();
    for tool in wanted {
        folders.extend(ensure(workspace, tool)?);
    }
    Ok(Toolbox { folders, ..Toolbox::default() })
}

/// The first program of this name on PATH.
pub(crate) fn find_on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&path).map(|folder| folder.join(&file)).find(|candidate| candidate.is_file())
}

/// The cache all clones share: `$XDG_CACHE_HOME/qwen-edit`, or `.cache/qwen-edit` at home.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(base) => PathBuf::from(base),
        None => env::home_dir().context("no home folder: set XDG_CACHE_HOME")?.join(".cache"),
    };
    Ok(base.join("qwen-edit"))
}

/// Runs `make` unless `is_there`; of several processes only one makes, the others wait for it.
pub(crate) fn make_once(
    lock: &Path,
    is_there: impl Fn() -> bool,
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    if is_there() {
        return Ok(());
    }
    if let Some(folder) = lock.parent() {
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    }
    let file = File::create(lock).with_context(|| format!("create {}", lock.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("xtask: waiting for another process that holds {}", lock.display());
            file.lock().with_context(|| format!("lock {}", lock.display()))?;
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("lock {}", lock.display()));
        }
    }
    if is_there() { Ok(()) } else { make() }
}

fn ensure_wasm_target(workspace: &Workspace) -> Result<()> {
    let output = Command::new("rustc")
        .current_dir(&workspace.root)
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .output()
        .context("rustc")?;
    let libraries = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && Path::new(&libraries).is_dir() {
        return Ok(());
    }
    if find_on_path("rustup").is_none() {
        bail!("the Rust target {WASM_TARGET} is missing: install it, or use rustup (https://rustup.rs)");
    }
    process::run(Command::new("rustup").current_dir(&workspace.root).args(["target", "add", WASM_TARGET]))
}

/// Gives the folder to put on PATH, or nothing when PATH has the tool already.
fn ensure(workspace: &Workspace, tool: &Tool) -> Result<Option<PathBuf>> {
    let version = version_of(workspace, tool)?;
    if tool.programs.iter().all(|program| reports(Path::new(program), &version)) {
        return Ok(None);
    }
    let cache = cache()?.join("tools");
    let name = format!("{}-{version}", tool.name);
    let root = cache.join(&name);
    let folder = root.join("bin");
    let is_there = || tool.programs.iter().all(|program| reports(&folder.join(program), &version));
    make_once(&cache.join(format!("{name}.lock")), is_there, || build(workspace, tool, &version, &root))?;
    if !is_there() {
        bail!("{} was built, but {} has no working {:?}", name, folder.display(), tool.programs);
    }
    Ok(Some(folder))
}

/// Gives the folder to put on PATH, or nothing when PATH has the tool already.
fn ensure_from_npm(tool: &NpmTool) -> Result<Option<PathBuf>> {
    if reports(Path::new(tool.program), tool.release) {
        return Ok(None);
    }
    let cache = cache()?.join("tools");
    let name = format!("{}-{}", tool.package, tool.release);
    let folder = cache.join(&name).join("node_modules/.bin");
    let is_there = || reports(&folder.join(tool.program), tool.release);
    make_once(&cache.join(format!("{name}.lock")), is_there, || {
        let npm = find_on_path("npm").context("install Node.js 20 or newer: npm is missing")?;
        let package = format!("{}@{}", tool.package, tool.version);
        let mut command = Command::new(npm);
        command.args(["install", "--no-audit", "--no-fund", &package, "--prefix"]).arg(cache.join(&name));
        process::run(&mut command)
    })?;
    if is_there() { Ok(Some(folder)) } else { bail!("{name} was installed, but does not run") }
}

fn build(workspace: &Workspace, tool: &Tool, version: &str, root: &Path) -> Result<()> {
    eprintln!("xtask: building {} {version} once into {} (some minutes)", tool.name, root.display());
    let mut scratch = root.as_os_str().to_owned();
    scratch.push(".build");
    let mut command = workspace.cargo(&["install", tool.name, "--version", version, "--root"]);
    command.arg(root).arg("--target-dir").arg(&scratch);
    // Nobody ships these programs: minutes of link-time optimisation would buy nothing.
    command.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    if tool.locked {
        command.arg("--locked");
    }
    process::run(&mut command)?;
    // Only disk space is lost when this fails.
    fs::remove_dir_all(&scratch).ok();
    Ok(())
}

fn version_of(workspace: &Workspace, tool: &Tool) -> Result<String> {
    match tool.version {
        Version::Exact(version) => Ok(version.to_owned()),
        Version::OfLibrary(library) => match workspace.locked_versions(library)?.as_slice() {
            [version] => Ok(version.clone()),
            found => bail!("Cargo.lock must hold {library} exactly once, not {found:?}"),
        },
    }
}

/// Whether `<program> --version` prints exactly this version.
fn reports(program: &Path, version: &str) -> bool {
    let output = Command::new(program).arg("--version").output();
    output.is_ok_and(|output| {
        output.status.success()
            && String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == version)
    })
}
