//! Relay and simulator, asked over plain and raw HTTP.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

mod advice;
mod bodies;
mod description;
mod jobs;
mod money;
mod origins;
mod pictures;
mod refusals;
mod secrets;
mod shutdown;
