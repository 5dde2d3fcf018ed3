//! The relay: its configuration written to a file, its process, and requests to its routes.

use std::cell::OnceCell;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use toml::Table;
use ureq::http::{Request, request};
use url::form_urlencoded;

use crate::digest::sha256;
use crate::http::{self, Answer};
use crate::server::Server;
use crate::sim::GENERATION;

/// A page the relay of these tests lets in.
pub const ALLOWED_PAGE: &str = "https://app.example";
/// The key these tests pay with.
pub const KEY: &str = "sk-contract-tests";
/// The key that a relay of these tests holds.
pub const HELD_KEY: &str = "sk-held-canary-5b1f0c9d2e";
const HELD_KEY_VARIABLE: &str = "CONTRACT_TESTS_HELD_KEY";

/// What one test wants different from the relay's defaults.
#[derive(Debug)]
pub struct RelayConfig {
    table: Table,
    log: Option<&'static str>,
    credential: &'static str,
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
        Self { table, log: None, credential: KEY }
    }

    /// Sets one setting, named as `--set` names it: `limits.body_bytes`.
    #[must_use]
    pub fn set(mut self, path: &str, value: impl Into<toml::Value>) -> Self {
        let mut names: Vec<&str> = path.split('.').collect();
        let last = names.pop().unwrap();
        let table = names.into_iter().fold(&mut self.table, |table, name| {
            table.entry(name).or_insert_with(|| Table::new().into()).as_table_mut().unwrap()
        });
        table.insert(last.to_owned(), value.into());
        self
    }

    /// Sets one of `[limits]`.
    #[must_use]
    pub fn limit(self, name: &str, value: impl Into<toml::Value>) -> Self {
        self.set(&format!("limits.{name}"), value)
    }

    /// Lets the relay hold the key of its region, for whoever has this token.
    #[must_use]
    pub fn invite(self, token: &'static str, images_per_day: u32) -> Self {
        let mut invite = Table::new();
        invite.insert("name".to_owned(), "guest".into());
        invite.insert("token_sha256".to_owned(), sha256(token.as_bytes()).into());
        invite.insert("images_per_day".to_owned(), images_per_day.into());
        let config = self
            .set("regions.demo.key", "server")
            .set("regions.demo.key_env", HELD_KEY_VARIABLE)
            .set("access.invites", vec![invite]);
        Self { credential: token, ..config }
    }

    /// Serves the files of a folder as the studio.
    #[must_use]
    pub fn studio(self, folder: &Path) -> Self {
        self.set("static_dir", folder.to_str().unwrap())
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
    /// What callers send: an API key, or an invite's token.
    pub credential: &'static str,
    admin: OnceCell<String>,
    _folder: TempDir,
}

impl Relay {
    /// Starts a relay on a port of its own.
    pub fn start(config: &RelayConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("relay.toml");
        fs::write(&file, config.table.to_string()).unwrap();
        let server = Server::start("relay-server", "QWEN_EDIT_TEST_RELAY", |command| {
            // Settings of the developer's own shell would change what is tested.
            let own = std::env::vars_os().map(|(name, _)| name);
            for name in own.filter(|name| name.to_string_lossy().starts_with("QWEN_EDIT_RELAY_")) {
                command.env_remove(name);
            }
            command.arg("--config").arg(&file).env("RUST_LOG", config.log.unwrap_or("info"));
            command.env(HELD_KEY_VARIABLE, HELD_KEY);
        });
        let url = server.announced("listening");
        Self { server, url, credential: config.credential, admin: OnceCell::new(), _folder: folder }
    }

    /// The base URL the vendor's SDK is given.
    pub fn sdk_base(&self) -> String {
        format!("{}/relay/demo/api/v1", self.url)
    }

    /// A paid call, ready to be sent with a JSON body.
    pub fn generation(&self) -> request::Builder {
        Request::post(format!("{}/relay/demo{GENERATION}", self.url))
            .header("authorization", self.bearer())
            .header("content-type", "application/json")
    }

    /// A request for an address below the relay with the usual credential.
    pub fn asking(&self, url: &str) -> request::Builder {
        Request::get(url).header("authorization", self.bearer())
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.credential)
    }

    /// Makes a paid call.
    pub fn generate(&self, body: &Value) -> Answer {
        http::send_body(self.generation(), body.to_string().as_bytes())
    }

    /// One figure of `/metrics`; the configuration must have an `admin_listen`.
    pub fn metric(&self, series: &str) -> u64 {
        let text = http::get(&format!("{}/metrics", self.admin())).text();
        let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{series} in {text}"))
    }

    fn admin(&self) -> &str {
        self.admin.get_or_init(|| self.server.announced("admin"))
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
        http::send(self.asking(&self.image_url(link, None)))
    }
}
