//! The simulator and a relay in front of it, on this machine, for one page's origin.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::build::Servers;
use crate::process::Server;

/// The vendor's hosts, by our region names.
const VENDOR: &[(&str, &str)] =
    &[("beijing", "https://dashscope.aliyuncs.com"), ("singapore", "https://dashscope-intl.aliyuncs.com")];
const KEY_VARIABLE: &str = "DASHSCOPE_API_KEY";
const PATIENCE: Duration = Duration::from_secs(30);

/// A running simulator.
#[derive(Debug)]
pub(crate) struct Simulator {
    pub(crate) server: Server,
    /// Where it answers like the vendor, for example `http://127.0.0.1:40123`.
    pub(crate) upstream: String,
    /// Where tests tell it what to do.
    pub(crate) control: String,
}

/// Starts a simulator on ports of its own.
pub(crate) fn start_simulator(servers: &Servers, more: &[&str]) -> Result<Simulator> {
    let mut command = Command::new(&servers.sim);
    command.args(["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"]).args(more);
    let server = Server::start("sim", &mut command)?;
    let upstream = server.announced("listening", PATIENCE)?;
    let control = server.announced("control", PATIENCE)?;
    Ok(Simulator { server, upstream, control })
}

/// Starts a relay that listens on `listen` and serves the page of `origin`.
pub(crate) fn start_relay(servers: &Servers, folder: &Path, config: &RelayConfig<'_>) -> Result<Server> {
    let path = folder.join("relay.toml");
    let text = config.to_toml(env::var_os(KEY_VARIABLE).is_some_and(|key| !key.is_empty()));
    fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    let server = Server::start("relay", Command::new(&servers.relay).arg("--config").arg(&path))?;
    server.announced("listening", PATIENCE)?;
    Ok(server)
}

/// What differs between our commands; everything else is the relay's own default.
#[derive(Debug)]
pub(crate) struct RelayConfig<'a> {
    /// Loopback only: with a key from the environment the relay must not be reachable from elsewhere.
    pub(crate) port: u16,
    /// The page's origin as the browser sees it.
    pub(crate) origin: &'a str,
    /// Other pages that may call. The relay says what is wrong with an origin.
    pub(crate) allow: &'a [String],
    /// The studio's folder, when the relay serves it too.
    pub(crate) dist: Option<&'a Path>,
    pub(crate) simulator: &'a str,
}

impl RelayConfig<'_> {
    fn to_toml(&self, has_key: bool) -> String {
        let mut config = Table::new();
        let mut set = |key: &str, value: Value| drop(config.insert(key.to_owned(), value));
        set("listen", loopback(self.port).to_string().into());
        set("public_url", self.origin.into());
        let mut allowed = vec!["self".to_owned()];
        allowed.extend_from_slice(self.allow);
        set("allowed_origins", allowed.into());
        if let Some(dist) = self.dist {
            set("static_dir", dist.to_string_lossy().into_owned().into());
        }
        let mut regions = Table::new();
        regions.insert("demo".to_owned(), self.demo().into());
        for (name, upstream) in VENDOR {
            regions.insert((*name).to_owned(), vendor(upstream, has_key).into());
        }
        set("regions", regions.into());
        format!("# Written by xtask; the next run writes it again.\n{config}")
    }

    fn demo(&self) -> Table {
        let mut region = Table::new();
        region.insert("upstream".to_owned(), self.simulator.into());
        region.insert("result_origins".to_owned(), vec![self.simulator].into());
        region.insert("free".to_owned(), true.into());
        region
    }
}

fn vendor(upstream: &str, has_key: bool) -> Table {
    let mut region = Table::new();
    region.insert("upstream".to_owned(), upstream.into());
    if has_key {
        region.insert("key".to_owned(), "server".into());
        region.insert("key_env".to_owned(), KEY_VARIABLE.into());
    } else {
        region.insert("key".to_owned(), "passthrough".into());
    }
    region
}

/// Fails with a hint when somebody else listens on `port`.
pub(crate) fn ensure_free(port: u16) -> Result<()> {
    match TcpListener::bind(loopback(port)) {
        Ok(_) => Ok(()),
        Err(error) => bail!("port {port} cannot be used ({error}); choose another one with --port"),
    }
}

/// A port nobody listens on at the moment of asking.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(loopback(0)).context("find a free port")?;
    Ok(listener.local_addr()?.port())
}

pub(crate) fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// The origin of a page on this machine's `port`.
pub(crate) fn origin(port: u16) -> String {
    format!("http://{}", loopback(port))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: RelayConfig<'_> = RelayConfig {
        port: 8080,
        origin: "http://127.0.0.1:8080",
        allow: &[],
        dist: None,
        simulator: "http://127.0.0.1:8788",
    };

    #[test]
    fn without_a_key_the_real_regions_take_the_users_own() {
        let config: Table = CONFIG.to_toml(false).parse().unwrap();
        assert_eq!(config["regions"]["beijing"]["key"].as_str(), Some("passthrough"));
    }

    #[test]
    fn only_pages_that_were_named_may_call_besides_the_own_one() {
        let allowed = |config: &RelayConfig<'_>| {
            let table: Table = config.to_toml(true).parse().unwrap();
            table["allowed_origins"].clone()
        };
        assert_eq!(allowed(&CONFIG), vec!["self"].into());
        let page = ["http://localhost:3000".to_owned()];
        assert_eq!(
            allowed(&RelayConfig { allow: &page, ..CONFIG }),
            vec!["self", "http://localhost:3000"].into()
        );
    }

    #[test]
    fn the_file_names_the_variable_and_never_holds_the_key() {
        let config: Table = CONFIG.to_toml(true).parse().unwrap();
        assert_eq!(config["regions"]["singapore"]["key_env"].as_str(), Some("DASHSCOPE_API_KEY"));
        assert_eq!(config["regions"]["demo"].get("key"), None);
        assert_eq!(config["listen"].as_str(), Some("127.0.0.1:8080"));
    }

    #[test]
    fn a_taken_port_is_an_error_that_names_the_option() {
        let taken = TcpListener::bind(loopback(0)).unwrap();
        let error = ensure_free(taken.local_addr().unwrap().port()).unwrap_err();
        assert!(error.to_string().contains("--port"), "{error}");
    }
}
