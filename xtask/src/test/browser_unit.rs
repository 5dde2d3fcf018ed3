//! Units of client and studio that need a real browser, without any server.

use anyhow::Result;

use super::Outcome;
use super::native;
use super::stage::Stage;
use crate::browser;

pub(super) fn run(stage: &mut Stage<'_>) -> Result<Outcome> {
    let browser = match browser::find_or_install() {
        Ok(browser) => browser,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let tools = stage.web_tools()?;
    // Never --quiet: cargo would hand it to the wasm runner, which does not know it.
    let mut command =
        stage.workspace.cargo(&["test", "--no-fail-fast", "--target", "wasm32-unknown-unknown"]);
    command
        .args(["-p", "qwen-edit-client", "-p", "qwen-edit-web"])
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", stage.workspace.root.join("tests/webdriver.json"));
    native::run(tools.equip(&mut command)?)
}
