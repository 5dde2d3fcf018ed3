#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a harness that fails is a test that fails")]

pub mod digest;
pub mod edit;
pub mod http;
pub mod raw;
pub mod relay;
pub mod sdk;
pub mod server;
pub mod sim;
pub mod stack;
pub mod tap;
