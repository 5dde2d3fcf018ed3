//! Black-box cases against the relay.

use anyhow::{Result, bail};

use super::Outcome;
use super::counts::Counts;
use super::stage::Stage;
use crate::{process, relay_cases};

/// The project's own cases, and those from outside where they are.
pub(super) fn run(stage: &mut Stage<'_>) -> Result<Outcome> {
    let relay = stage.servers()?.relay;
    let files = relay_cases::all_files(stage.workspace);
    let mut command = relay_cases::runner(stage.workspace, &relay, &files)?;
    let mut counted = None;
    let mut reason = None;
    process::run_reading(&mut command, |line| {
        counted = relay_cases::closing_line(line).or(counted);
        reason = relay_cases::cannot_run_here(line).map(str::to_owned).or(reason.take());
    })?;
    match (counted, reason) {
        (Some([passed, failed, skipped]), _) => Ok(Outcome::Ran(Counts { passed, failed, skipped })),
        (None, Some(reason)) => Ok(Outcome::Skipped(reason)),
        (None, None) => bail!("the runner ended without its closing line: see its output above"),
    }
}
