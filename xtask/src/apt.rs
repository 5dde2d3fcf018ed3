//! Installing Debian packages, where that is possible without asking anybody.

use std::process::Command;

use anyhow::{Result, bail};

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

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
