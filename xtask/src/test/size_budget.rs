//! The size budget as a test.

use anyhow::Result;

use super::Outcome;
use super::counts::Counts;
use super::stage::Stage;
use crate::sizes;

pub(super) fn run(stage: &mut Stage<'_>) -> Result<Outcome> {
    let report = sizes::measure(stage.dist()?)?;
    eprint!("{}", report.text());
    let passed = u64::from(report.is_within_budget());
    Ok(Outcome::Ran(Counts { passed, failed: 1 - passed, skipped: 0 }))
}
