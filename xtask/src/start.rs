//! `cargo xtask start`: the whole product on one origin of this machine.

use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use anyhow::Result;
use clap::Args;

use crate::local_stack::{self, RelayConfig};
use crate::process::{self, Server};
use crate::workspace::Workspace;
use crate::{build, setup};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The port of the page, on this machine only
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,
    /// Do not open the browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// A page elsewhere that may call the relay too, for example http://localhost:3000; can be repeated
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow: Vec<String>,
}

/// Runs until Ctrl-C, or until one of the servers ends.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    local_stack::ensure_free(options.port)?;
    let dist = build::dist(workspace, &setup::web_tools(workspace)?)?;
    let servers = build::servers(workspace)?;

    let origin = local_stack::origin(options.port);
    let simulator = local_stack::start_simulator(&servers, &[])?;
    let config = RelayConfig {
        port: options.port,
        origin: &origin,
        allow: &options.allow,
        dist: Some(&dist),
        simulator: &simulator.upstream,
    };
    let relay = local_stack::start_relay(&servers, &workspace.scratch("start")?, &config)?;
    announce(&origin, !options.no_open)?;
    keep_running(&mut [simulator.server, relay])
}

/// Prints the one line that scripts wait for, and opens the page if asked to.
pub(crate) fn announce(origin: &str, open: bool) -> Result<()> {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "ready {origin}")?;
    stdout.flush()?;
    eprintln!("xtask: Ctrl-C ends it");
    if open {
        open_in_browser(origin);
    }
    Ok(())
}

/// Waits until one of the servers ends, which is an error. Ctrl-C ends us before that.
pub(crate) fn keep_running(servers: &mut [Server]) -> Result<ExitCode> {
    loop {
        for server in servers.iter_mut() {
            server.ensure_running()?;
        }
        thread::sleep(process::POLL);
    }
}

/// The browser is the developer's and stays when we end. A machine without one is no error.
fn open_in_browser(url: &str) {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", "", url]);
        command
    } else {
        let mut command = Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" });
        command.arg(url);
        command
    };
    if command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_err() {
        eprintln!("xtask: open {url} in a browser");
    }
}
