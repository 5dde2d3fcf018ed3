//! Installing Debian packages, where that is possible without asking anybody.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, setup};

/// Installs `packages`, or says what the developer has to type.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if setup::find_on_path("apt-get").is_none() {
        bail!("install {list} (these are the Debian names)");
    }
    if !is_root() {
        bail!("run: sudo apt-get install {list}");
    }
    eprintln!("xtask: installing {list}");
    let apt = |args: &[&str]| {
        process::run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(args))
    };
    // A stale list may still have the packages; the install decides.
    apt(&["update"]).ok();
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

/// Unpacks a package into a folder without installing it. Needs no rights; what it depends on must be there.
pub(crate) fn unpack(package: &str, folder: &Path) -> Result<()> {
    if setup::find_on_path("apt-get").is_none() || setup::find_on_path("dpkg").is_none() {
        bail!("install {package} (this is the Debian name)");
    }
    eprintln!("xtask: unpacking {package} into {}", folder.display());
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    let download =
        || process::run(Command::new("apt-get").current_dir(folder).args(["-qq", "download"]).arg(package));
    if download().is_err() {
        // A stale list names files that are gone.
        process::run(Command::new("apt-get").args(["-qq", "update"])).ok();
        download()?;
    }
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            process::run(Command::new("dpkg").arg("-x").arg(&path).arg(folder))?;
            fs::remove_file(&path).ok();
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
