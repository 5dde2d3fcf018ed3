//! Many edits in one page of a real browser, against relay and simulator: memory of JavaScript and wasm after each
//! fifty. The measuring and judging is `tests/packaging/memory.spec.ts`, of which the suite `packaging` runs a short one.

use std::fs;

use anyhow::{Context, Result};

use super::{Measured, Options};
use crate::process;
use crate::test::playwright;
use crate::test::stage::Stage;

/// The test's tag.
const TAG: &str = "@bench-edits";
/// The one page it needs; the others take minutes to make.
const FIXTURE: &str = "plain";

pub(super) fn run(stage: &mut Stage<'_>, options: &Options) -> Result<Measured> {
    let folder = stage.workspace.root.join("tests/packaging");
    let browser = playwright::tools_or_reason(&folder)?;
    let servers = stage.servers()?;
    let package = stage.package()?;
    let report = stage.workspace.scratch("bench")?.join("edits.md");
    // An earlier one must not pass for ours.
    fs::remove_file(&report).ok();
    let mut command = playwright::command(&folder, &browser);
    command.args(["memory.spec.ts", "--grep", TAG]);
    command.env("QWEN_EDIT_TEST_RELAY", &servers.relay).env("QWEN_EDIT_SIM_BIN", &servers.sim);
    command.env("QWEN_EDIT_TARBALL", &package.tarball).env("QWEN_EDIT_FIXTURES", FIXTURE);
    command.env("QWEN_EDIT_BENCH_EDITS", options.edits.to_string()).env("QWEN_EDIT_BENCH_REPORT", &report);
    let status = process::run_reading(&mut command, |_| ())?;
    let report = fs::read_to_string(&report).context("the edits did not come to their end, see above")?;
    Ok(Measured { report, is_good: status.success() })
}
