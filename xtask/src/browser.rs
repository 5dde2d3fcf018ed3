//! The browser and its driver, for tests.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::setup::find_on_path;
use crate::{apt, tools};

/// Names the browser goes by, the exact build the driver belongs to first.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Chromium and chromedriver.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds both, or installs them where nobody has to be asked.
/// `QWEN_EDIT_CHROMIUM` and `CHROMEDRIVER` name others.
pub(crate) fn find_or_install() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    apt::install(tools::BROWSER_PACKAGES)?;
    match find() {
        Some(browser) => Ok(browser),
        None => {
            bail!("no chromium and chromedriver on PATH; name them in QWEN_EDIT_CHROMIUM and CHROMEDRIVER")
        }
    }
}

fn find() -> Option<Browser> {
    let named = |variable| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let installed = || NAMES.iter().find_map(|name| find_on_path(name));
    let mac = || Some(Path::new(MAC).to_owned()).filter(|path| path.is_file());
    Some(Browser {
        chromium: named("QWEN_EDIT_CHROMIUM").or_else(installed).or_else(mac)?,
        driver: named("CHROMEDRIVER").or_else(|| find_on_path("chromedriver"))?,
    })
}
