//! A relay in this process, on a port of its own.

use std::net::SocketAddr;

use bytes::Bytes;
use clap::Parser as _;
use relay_server::config::{Cli, Config};
use relay_server::{Reloader, Server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::client::{self, Answer};
use super::upstream::Upstream;
use super::{BODY, GENERATION, JSON, KEY, PAGE};

pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) reloader: Reloader,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Reads settings the way the program does, each a line of the file.
pub(crate) fn config(lines: &[&str]) -> Config {
    let arguments = ["relay-server", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
    let set = lines.iter().flat_map(|line| ["--set", line]);
    Config::load(&Cli::parse_from(arguments.into_iter().chain(set)), |_| None).unwrap()
}

impl Relay {
    /// A relay whose region `demo` is `upstream`, for the page [`PAGE`], with more settings.
    pub(crate) async fn start(upstream: &Upstream, lines: &[&str]) -> Self {
        let origin = upstream.origin();
        let demo = [
            "allowed_origins = [\"self\", \"https://app.example\"]".to_owned(),
            format!("regions.demo.upstream = \"{origin}\""),
            format!("regions.demo.result_origins = [\"{origin}\"]"),
        ];
        let lines: Vec<&str> = demo.iter().map(String::as_str).chain(lines.iter().copied()).collect();
        Self::run(config(&lines)).await
    }

    pub(crate) async fn run(config: Config) -> Self {
        let server = Server::bind(config).await.unwrap();
        let (address, admin) = (server.address(), server.admin_address().unwrap());
        let reloader = server.reloader();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { address, admin, reloader, stop, task }
    }

    /// Asks the relay to stop; the task ends when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.task
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let request = client::request(self.address, method, path, headers, body);
        client::complete(client::open(self.address, request).await.unwrap()).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[KEY], "").await
    }

    /// A complete, allowed paid call.
    pub(crate) async fn generate(&self) -> Answer {
        self.send("POST", GENERATION, &[PAGE, KEY, JSON], BODY).await
    }

    /// The picture at `path` of the trusted upstream.
    pub(crate) async fn picture(&self, upstream: &Upstream, path: &str) -> Answer {
        self.get(&picture_path(upstream, path)).await
    }
}

/// The relay's path for a picture of the trusted upstream.
pub(crate) fn picture_path(upstream: &Upstream, path: &str) -> String {
    format!("/relay/image?url={}", super::encoded(&format!("{}{path}", upstream.origin())))
}
