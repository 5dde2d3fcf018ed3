//! nginx, Caddy and curl, for the tests of the recipes in `deploy/`.
//!
//! A server that apt installs starts by itself and takes port 80, which nobody asked for: where one is missing, its
//! package is only unpacked, into the cache that all clones share.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::setup::{cache, find_on_path, make_once};
use crate::{apt, tools};

/// Where the programs are. curl is found by its name.
#[derive(Debug)]
pub(crate) struct Proxies {
    pub(crate) nginx: PathBuf,
    pub(crate) caddy: PathBuf,
}

/// Finds all three, or gets them where nobody has to be asked.
pub(crate) fn find_or_unpack() -> Result<Proxies> {
    if find_on_path("curl").is_none() {
        apt::install(&["curl"])?;
    }
    Ok(Proxies { nginx: program(&tools::NGINX)?, caddy: program(&tools::CADDY)? })
}

fn program(package: &tools::Package) -> Result<PathBuf> {
    let name = package.name;
    // Servers are often not on the path of ordinary users.
    let usual = Path::new("/").join(package.program);
    if let Some(found) = find_on_path(name).or_else(|| Some(usual).filter(|path| path.is_file())) {
        return Ok(found);
    }
    let folder = cache()?.join("packages").join(name);
    let unpacked = folder.join(package.program);
    let lock = folder.with_extension("lock");
    make_once(&lock, || unpacked.is_file(), || apt::unpack(name, &folder))
        .with_context(|| format!("{name} is missing"))?;
    Ok(unpacked)
}
