//! The relay under trial, and requests to it.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use http::request::Builder;
use http::{Method, Request};
use tokio::process::Command;
use toml::{Table, Value};

use crate::process::Program;

const GENERATION: &str = "/relay/demo/api/v1/services/aigc/multimodal-generation/generation";
/// The page that calls.
const PAGE: &str = "https://app.example";
/// What the trials pay with; the relay passes it on.
const AUTHORIZATION: &str = "Bearer sk-relay-trials";

/// A running relay.
#[derive(Debug)]
pub(crate) struct Relay {
    pub(crate) program: Program,
    pub(crate) address: SocketAddr,
}

impl Relay {
    /// Starts a relay with one region in front of `upstream`; its state is in `folder`, its limits are its own.
    pub(crate) async fn start(program: &Path, folder: &Path, upstream: &str) -> Result<Self> {
        let file = folder.join("relay.toml");
        std::fs::write(&file, configuration(folder, upstream))
            .with_context(|| format!("write {}", file.display()))?;
        let mut command = Command::new(program);
        // Settings of the developer's own shell would change what is tried.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("QWEN_EDIT_RELAY_") {
                command.env_remove(name);
            }
        }
        command.arg("--config").arg(&file).env("RUST_LOG", "info");
        let mut program = Program::start("the relay", command)?;
        let url = program.announced("listening").await?;
        let address = url.strip_prefix("http://").and_then(|address| address.parse().ok());
        Ok(Self { program, address: address.with_context(|| format!("no address: {url}"))? })
    }
}

fn configuration(folder: &Path, upstream: &str) -> String {
    let mut region = Table::new();
    region.insert("upstream".to_owned(), upstream.into());
    region.insert("result_origins".to_owned(), vec![upstream].into());
    let mut config = Table::new();
    config.insert("listen".to_owned(), "127.0.0.1:0".into());
    config.insert("allowed_origins".to_owned(), vec![PAGE].into());
    config.insert("state_dir".to_owned(), folder.join("state").to_string_lossy().into_owned().into());
    config.insert("regions".to_owned(), Table::from_iter([("demo".to_owned(), Value::from(region))]).into());
    config.to_string()
}

/// A paid call whose body has `length` bytes; with a key it is a job, and `202` is its first answer.
pub(crate) fn call(key: Option<&str>, length: usize) -> Builder {
    let request = Request::builder()
        .method(Method::POST)
        .uri(GENERATION)
        .header("origin", PAGE)
        .header("authorization", AUTHORIZATION)
        .header("content-type", "application/json")
        .header("content-length", length);
    match key {
        Some(key) => request.header("idempotency-key", key).header("prefer", "respond-async"),
        None => request,
    }
}

/// Asks for a job, and waits up to `wait` seconds for its end.
pub(crate) fn job(key: &str, wait: u32) -> Builder {
    Request::builder()
        .uri(format!("/relay/jobs/{key}"))
        .header("origin", PAGE)
        .header("authorization", AUTHORIZATION)
        .header("prefer", format!("wait={wait}"))
}

/// Asks whether the relay is alive.
pub(crate) fn health() -> Builder {
    Request::builder().uri("/relay/healthz")
}

/// A key nobody used before.
pub(crate) fn new_key(random: &mut fastrand::Rng) -> String {
    format!("{:016x}{:016x}", random.u64(..), random.u64(..))
}
