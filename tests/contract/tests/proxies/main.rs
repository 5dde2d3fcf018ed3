//! The recipes in `deploy/` for nginx and Caddy, run by the real programs in front of relay and simulator.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

mod caller;
mod journeys;
mod limits;
mod proxy;
mod streaming;
