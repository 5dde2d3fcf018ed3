//! The vendor's own Python SDK, unchanged, through relay and simulator.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

mod examples;
mod failures;
mod invites;
mod money;
mod pictures;
mod uploads;
