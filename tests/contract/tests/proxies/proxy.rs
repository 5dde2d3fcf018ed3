//! A reverse proxy that runs its recipe from `deploy/`. Only what belongs to one machine is changed: ports, files, the
//! relay's address. The recipe must have each of these places, so it cannot drift away from its test.

use std::env;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use contract_tests::relay::{Relay, RelayConfig};
use contract_tests::server::Server;
use contract_tests::sim::Sim;
use tempfile::TempDir;

/// The host name of the recipes.
pub(crate) const HOST: &str = "edit.example";
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes one test of each scenario for each proxy. A scenario is a `fn(Kind)` beside it.
macro_rules! with_each_proxy {
    ($($scenario:ident),+ $(,)?) => {
        mod nginx {
            $(#[test] fn $scenario() { $crate::proxy::run($crate::proxy::Kind::Nginx, super::$scenario); })+
        }
        mod caddy {
            $(#[test] fn $scenario() { $crate::proxy::run($crate::proxy::Kind::Caddy, super::$scenario); })+
        }
    };
}
pub(crate) use with_each_proxy;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    Caddy,
}

/// Runs a scenario with a proxy. Without the program there is nothing to test: that is said, and with `CI=true` it is
/// a failure.
pub(crate) fn run(kind: Kind, scenario: impl FnOnce(Kind)) {
    match kind.check_is_there() {
        Ok(()) => scenario(kind),
        Err(why) if env::var("CI").is_ok_and(|value| value == "true") => panic!("{why}"),
        Err(why) => println!("skipped: {why}"),
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Self::Nginx => "QWEN_EDIT_NGINX",
            Self::Caddy => "QWEN_EDIT_CADDY",
        }
    }

    fn check_is_there(self) -> Result<(), String> {
        let variable = self.variable();
        let is_there = env::var_os(variable).is_some_and(|path| Path::new(&path).is_file());
        let advice = "`cargo xtask test --only proxies` finds it and says where it is";
        is_there.then_some(()).ok_or_else(|| format!("{variable} names no program; {advice}"))
    }
}

/// Simulator, relay and proxy, one in front of the other; they end with this value.
pub(crate) struct Site {
    pub(crate) sim: Sim,
    pub(crate) relay: Option<Relay>,
    /// Where it speaks TLS.
    pub(crate) port: u16,
    /// Where it does not.
    pub(crate) plain_port: u16,
    folder: TempDir,
    proxy: Server,
}

impl Site {
    pub(crate) fn start(kind: Kind) -> Self {
        Self::with(kind, |config| config, |recipe| recipe)
    }

    /// With what `change` makes of the relay's settings, and `spoil` of the recipe.
    pub(crate) fn with(
        kind: Kind,
        change: impl FnOnce(RelayConfig) -> RelayConfig,
        spoil: impl FnOnce(String) -> String,
    ) -> Self {
        let sim = Sim::start();
        let config = RelayConfig::before(&sim.url)
            .set("public_url", format!("https://{HOST}"))
            .set("trusted_proxies", vec!["127.0.0.1"])
            .set("admin_listen", "127.0.0.1:0");
        let relay = Relay::start(&change(config));
        let folder = tempfile::tempdir().unwrap();
        let ports = [free_port(), free_port()];
        let proxy = start(kind, folder.path(), ports, relay.url.strip_prefix("http://").unwrap(), spoil);
        let [port, plain_port] = ports;
        let mut site = Self { sim, relay: Some(relay), port, plain_port, folder, proxy };
        site.wait_until_ready();
        site
    }

    pub(crate) fn relay(&self) -> &Relay {
        self.relay.as_ref().unwrap()
    }

    /// A file of this site.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How many files the proxy has open that are gone from their folder: that is where bodies are buffered. Linux only.
    pub(crate) fn buffered_files(&self) -> usize {
        let open = fs::read_dir(format!("/proc/{}/fd", self.proxy.id())).unwrap().flatten();
        let names = open.filter_map(|entry| fs::read_link(entry.path()).ok());
        names.filter(|name| name.to_string_lossy().ends_with("(deleted)")).count()
    }

    /// Everything the proxy wrote into logs.
    pub(crate) fn logs(&self) -> String {
        let files = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let logs = files.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
        let written: String = logs.map(|path| fs::read_to_string(path).unwrap()).collect();
        written + &self.proxy.output()
    }

    fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let is_open = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
        while !is_open(self.port) || !is_open(self.plain_port) {
            let gave_up = self.proxy.has_ended() || Instant::now() > deadline;
            assert!(!gave_up, "no proxy: {}", self.logs());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn start(
    kind: Kind,
    folder: &Path,
    ports: [u16; 2],
    relay: &str,
    spoil: impl FnOnce(String) -> String,
) -> Server {
    write_certificate(folder);
    let recipe = match kind {
        Kind::Nginx => nginx(folder, ports, relay),
        Kind::Caddy => caddy(folder, ports, relay),
    };
    fs::write(folder.join("recipe"), spoil(recipe)).unwrap();
    Server::start(kind.name(), kind.variable(), |command| match kind {
        Kind::Nginx => {
            command.arg("-c").arg(nginx_main(folder)).arg("-e").arg(folder.join("start.log"));
        }
        Kind::Caddy => {
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("recipe"));
            command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        }
    })
}

fn write_certificate(folder: &Path) {
    let made = rcgen::generate_simple_self_signed(vec![HOST.to_owned()]).unwrap();
    fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
}

/// A place of the recipe with something else in it.
fn replaced(recipe: &str, from: &str, to: &str) -> String {
    assert!(recipe.contains(from), "the recipe has no {from:?}");
    recipe.replace(from, to)
}

fn recipe(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name)).unwrap()
}

fn nginx(folder: &Path, [port, plain]: [u16; 2], relay: &str) -> String {
    let text = recipe("nginx.conf");
    let text = replaced(&text, "server 127.0.0.1:8787;", &format!("server {relay};"));
    let text = replaced(&text, "listen 80;", &format!("listen 127.0.0.1:{plain};"));
    let text = replaced(&text, "listen [::]:80;", "");
    let text = replaced(&text, "listen 443 ssl http2;", &format!("listen 127.0.0.1:{port} ssl http2;"));
    let text = replaced(&text, "listen [::]:443 ssl http2;", "");
    let folder = folder.display();
    let text =
        replaced(&text, "/etc/letsencrypt/live/edit.example/fullchain.pem", &format!("{folder}/cert.pem"));
    let text =
        replaced(&text, "/etc/letsencrypt/live/edit.example/privkey.pem", &format!("{folder}/key.pem"));
    replaced(&text, "/var/log/nginx/", &format!("{folder}/"))
}

/// What a distribution's nginx.conf has around the recipe.
fn nginx_main(folder: &Path) -> PathBuf {
    let file = folder.join("nginx.conf");
    let shown = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {shown}/{};\n", kind.trim_start_matches("client_")))
        .collect();
    let main = format!(
        "daemon off;\nmaster_process off;\npid {shown}/nginx.pid;\nerror_log {shown}/main.log;\n\
         events {{}}\nhttp {{\n{temporary}include {shown}/recipe;\n}}\n"
    );
    fs::write(&file, main).unwrap();
    file
}

fn caddy(folder: &Path, [port, plain]: [u16; 2], relay: &str) -> String {
    let text = recipe("Caddyfile");
    let own = format!(
        "{{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\thttp_port {plain}\n\thttps_port {port}\n\t# Errors"
    );
    let text = replaced(&text, "{\n\t# Errors", &own);
    // In the recipe, certificates come by themselves.
    let (from, to) = ("#tls cert.pem key.pem", format!("tls {0}/cert.pem {0}/key.pem", folder.display()));
    let text = replaced(&text, from, &to);
    let text = replaced(&text, "reverse_proxy 127.0.0.1:8787", &format!("reverse_proxy {relay}"));
    replaced(&text, "/var/log/caddy/", &format!("{}/", folder.display()))
}
