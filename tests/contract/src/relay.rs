//! The relay: its configuration written to a file, its process, and requests to its routes.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use toml::Table;
use ureq::http::{Request, request};
use url::form_urlencoded;

use crate::http::{self, Answer};
use crate::server::Server;
use crate::sim::GENERATION;

/// A page the relay of these tests lets in.
pub const ALLOWED_PAGE: &str = "https://app.example";
/// The key these tests pay with.
pub const KEY: &str = "sk-contract-tests";

/// What one test wants different from the relay's defaults.
#[derive(Debug)]
pub struct RelayConfig {
    table: Table,
    log: Option<&'static str>,
}

impl RelayConfig {
    /// A relay with one region, `demo`, in front of `upstream`.
    pub fn before(upstream: &str) -> Self {
        let mut region = Table::new();
        region.insert("upstream".to_owned(), upstream.into());
        region.insert("result_origins".to_owned(), vec![upstream].into());
        let mut regions = Table::new();
        regions.insert("demo".to_owned(), region.into());
        let mut table = Table::new();
        table.insert("listen".to_owned(), "127.0.0.1:0".into());
        table.insert("allowed_origins".to_owned(), vec!["self", ALLOWED_PAGE].into());
        table.insert("regions".to_owned(), regions.into());
        Self { table, log: None }
    }

    /// Sets one of `[limits]`.
    #[must_use]
    pub fn limit(mut self, name: &str, value: impl Into<toml::Value>) -> Self {
        let limits = self.table.entry("limits").or_insert_with(|| Table::new().into());
        limits.as_table_mut().unwrap().insert(name.to_owned(), value.into());
        self
    }

    /// Serves the files of a folder as the studio.
    #[must_use]
    pub fn studio(mut self, folder: &Path) -> Self {
        self.table.insert("static_dir".to_owned(), folder.to_str().unwrap().into());
        self
    }

    /// Sets `RUST_LOG`.
    #[must_use]
    pub fn log(mut self, filter: &'static str) -> Self {
        self.log = Some(filter);
        self
    }
}

/// A running relay.
#[derive(Debug)]
pub struct Relay {
    /// Its process.
    pub server: Server,
    /// Its own origin, for example `http://127.0.0.1:40124`.
    pub url: String,
    _folder: TempDir,
}

impl Relay {
    /// Starts a relay on a port of its own.
    pub fn start(config: &RelayConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("relay.toml");
        fs::write(&file, config.table.to_string()).unwrap();
        let server = Server::start("relay-server", "QWEN_EDIT_RELAY_BIN", |command| {
            // Settings of the developer's own shell would change what is tested.
            let own = std::env::vars_os().map(|(name, _)| name);
            for name in own.filter(|name| name.to_string_lossy().starts_with("QWEN_EDIT_RELAY_")) {
                command.env_remove(name);
            }
            command.arg("--config").arg(&file).env("RUST_LOG", config.log.unwrap_or("info"));
        });
        let url = server.announced("listening");
        Self { server, url, _folder: folder }
    }

    /// The base URL the vendor's SDK is given.
    pub fn sdk_base(&self) -> String {
        format!("{}/relay/demo/api/v1", self.url)
    }

    /// A paid call, ready to be sent with a JSON body.
    pub fn generation(&self) -> request::Builder {
        Request::post(format!("{}/relay/demo{GENERATION}", self.url))
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "application/json")
    }

    /// Makes a paid call.
    pub fn generate(&self, body: &Value) -> Answer {
        http::send_body(self.generation(), body.to_string().as_bytes())
    }

    /// Fetches a path.
    pub fn get(&self, path: &str) -> Answer {
        http::get(&format!("{}{path}", self.url))
    }

    /// The address of a result picture behind the relay.
    pub fn image_url(&self, link: &str, name: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("url", link);
        if let Some(name) = name {
            query.append_pair("name", name);
        }
        format!("{}/relay/image?{}", self.url, query.finish())
    }

    /// Fetches a result picture through the relay.
    pub fn image(&self, link: &str) -> Answer {
        http::get(&self.image_url(link, None))
    }
}
