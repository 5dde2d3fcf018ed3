//! Tools from npm that work together, in one folder of the user's cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::setup::{self, find_on_path, make_once};

/// Packages to install side by side, each as `name@version`.
#[derive(Debug)]
pub(crate) struct NpmSet {
    /// Names the folder; changes when a version changes.
    pub(crate) name: &'static str,
    pub(crate) packages: &'static [&'static str],
}

/// An installed set.
#[derive(Debug, Clone)]
pub(crate) struct NpmTools(PathBuf);

/// Installs the set, unless a process before us did.
pub(crate) fn ensure(set: &NpmSet) -> Result<NpmTools> {
    let cache = setup::cache()?.join("tools");
    let folder = cache.join(format!("{}-{:08x}", set.name, fingerprint(set.packages)));
    // npm writes it last.
    let is_there = || folder.join("node_modules/.package-lock.json").is_file();
    let mut lock = folder.clone().into_os_string();
    lock.push(".lock");
    make_once(Path::new(&lock), is_there, || {
        let npm = find_on_path("npm").context("install Node.js 20 or newer: npm is missing")?;
        let mut command = Command::new(npm);
        command.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]).arg(&folder);
        process::run(command.args(set.packages))
    })?;
    if is_there() { Ok(NpmTools(folder)) } else { bail!("npm installed nothing into {}", folder.display()) }
}

impl NpmTools {
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// A command of one of the packages.
    pub(crate) fn program(&self, name: &str) -> Command {
        let extension = if cfg!(windows) { ".cmd" } else { "" };
        Command::new(self.0.join("node_modules/.bin").join(format!("{name}{extension}")))
    }
}

/// FNV-1a: stable across compilers, unlike the standard library's hash.
fn fingerprint(packages: &[&str]) -> u32 {
    let bytes = packages.iter().flat_map(|package| package.bytes().chain([b'\n']));
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn another_version_is_another_folder() {
        assert_ne!(fingerprint(&["a@1.0.0", "b@1.0.0"]), fingerprint(&["a@1.0.0", "b@1.0.1"]));
    }
}
