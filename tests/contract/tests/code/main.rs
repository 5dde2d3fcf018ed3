//! Requests as programs: carried out, they send what the page sends.

#![expect(clippy::unwrap_used, reason = "a setup that fails is a test that fails")]

mod cases;
mod curl;
mod java;
mod javascript;
mod program;
mod python;
mod rust;
