//! The command line. Every setting can be given by file, environment or flag; the later one wins.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use toml::{Table, Value};

use super::error::{self, ConfigError, without_value};
use super::settings::{self, Settings};

/// A CORS relay for the Qwen image editing API.
#[derive(Debug, Parser)]
#[command(name = "relay-server", version, about)]
pub struct Cli {
    /// The configuration file (TOML).
    #[arg(long, env = "QWEN_EDIT_RELAY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen; port 0 lets the system choose [default: 127.0.0.1:8787].
    #[arg(long, env = "QWEN_EDIT_RELAY_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where to listen for /readyz and /metrics.
    #[arg(long, env = "QWEN_EDIT_RELAY_ADMIN_LISTEN", value_name = "ADDRESS")]
    admin_listen: Option<String>,
    /// The origin people use, for example https://edit.example.
    #[arg(long, env = "QWEN_EDIT_RELAY_PUBLIC_URL", value_name = "ORIGIN")]
    public_url: Option<String>,
    /// A page that may call; "self" is the relay's own origin. Repeat or separate by commas [default: self].
    #[arg(long, env = "QWEN_EDIT_RELAY_ALLOWED_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    allowed_origins: Option<Vec<String>>,
    /// A directory to serve as the studio.
    #[arg(long, env = "QWEN_EDIT_RELAY_STATIC_DIR", value_name = "DIR")]
    static_dir: Option<String>,
    /// Where jobs, budgets and kept pictures survive a restart [default: memory only].
    #[arg(long, env = "QWEN_EDIT_RELAY_STATE_DIR", value_name = "DIR")]
    state_dir: Option<String>,
    /// Certificate authorities (PEM) to trust besides the public ones.
    #[arg(long, env = "QWEN_EDIT_RELAY_CA_FILE", value_name = "FILE")]
    ca_file: Option<String>,
    /// A proxy in front of the relay, or a network of them. Repeat or separate by commas [default: none].
    #[arg(long, env = "QWEN_EDIT_RELAY_TRUSTED_PROXIES", value_name = "ADDRESS", value_delimiter = ',')]
    trusted_proxies: Option<Vec<String>>,
    /// Fetch the pictures of paid answers at once, and keep them.
    #[arg(long, env = "QWEN_EDIT_RELAY_KEEP_PICTURES", value_name = "BOOL", num_args = 0..=1)]
    #[arg(require_equals = true, default_missing_value = "true")]
    keep_pictures: Option<bool>,
    /// Refuse paid calls without an Idempotency-Key.
    #[arg(long, env = "QWEN_EDIT_RELAY_REQUIRE_IDEMPOTENCY_KEY", value_name = "BOOL", num_args = 0..=1)]
    #[arg(require_equals = true, default_missing_value = "true")]
    require_idempotency_key: Option<bool>,
    #[command(subcommand)]
    command: Option<Command>,
    /// How log lines look: text or json [default: text]. What is logged: RUST_LOG [default: info].
    #[arg(long, env = "QWEN_EDIT_RELAY_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<String>,
    /// Any setting, as a line of the file: --set 'regions.demo.upstream = "http://127.0.0.1:8788"'. Repeat, or
    /// one per line in the environment.
    #[arg(long, env = "QWEN_EDIT_RELAY_SET", value_name = "KEY = VALUE", value_delimiter = '\n')]
    set: Vec<String>,
}

/// What to do instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an invite: prints its token, and the line for [access] in the configuration.
    Invite {
        /// A name for logs and for the budget's book.
        name: String,
    },
    /// Reads the configuration, and says what is wrong with it.
    Check,
    /// Asks the relay that runs with this configuration whether it is ready; for containers without a shell.
    Healthcheck,
}

impl Cli {
    /// What to do instead of serving.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        self.command.as_ref()
    }

    /// Where the relay with this configuration tells whether it is ready. Nothing else is looked at: whoever asks need
    /// not be able to read its keys.
    ///
    /// # Errors
    /// [`ConfigError`] when the settings cannot be read, or say nothing about it.
    pub fn admin_address(&self) -> Result<SocketAddr, ConfigError> {
        let missing =
            || ConfigError::invalid("admin_listen", "is needed to ask the relay whether it is ready");
        self.settings()?.admin_listen.ok_or_else(missing)
    }

    /// File, environment and flags as one.
    pub(super) fn settings(&self) -> Result<Settings, ConfigError> {
        let mut table = match &self.config {
            Some(path) => read_file(path)?,
            None => Table::new(),
        };
        for line in self.set.iter().filter(|line| !line.trim().is_empty()) {
            merge(&mut table, parse(line, "--set")?);
        }
        table.extend(self.top_level());
        settings::read(table, "")
    }

    fn top_level(&self) -> impl Iterator<Item = (String, Value)> {
        let text = [
            ("listen", &self.listen),
            ("admin_listen", &self.admin_listen),
            ("public_url", &self.public_url),
            ("static_dir", &self.static_dir),
            ("state_dir", &self.state_dir),
            ("ca_file", &self.ca_file),
            ("log_format", &self.log_format),
        ];
        let text = text.into_iter().filter_map(|(key, value)| Some((key, Value::String(value.clone()?))));
        let lists = [("allowed_origins", &self.allowed_origins), ("trusted_proxies", &self.trusted_proxies)];
        let lists = lists.into_iter().filter_map(|(key, list)| Some((key, Value::from(list.clone()?))));
        let switches = [
            ("keep_pictures", self.keep_pictures),
            ("require_idempotency_key", self.require_idempotency_key),
        ];
        let switches = switches.into_iter().filter_map(|(key, is_on)| Some((key, Value::from(is_on?))));
        text.chain(lists).chain(switches).map(|(key, value)| (key.to_owned(), value))
    }
}

fn read_file(path: &PathBuf) -> Result<Table, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|problem| ConfigError::invalid("--config", format!("{}: {problem}", error::path(path))))?;
    parse(&text, &path.display().to_string())
}

/// The parser's own rendering quotes the line, which may hold a key put there by mistake: only its number and
/// the reason are kept.
fn parse(text: &str, source: &str) -> Result<Table, ConfigError> {
    text.parse::<Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.lines().count().max(1);
        ConfigError::invalid(source, format!("line {line}: {}", without_value(error.message())))
    })
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}
