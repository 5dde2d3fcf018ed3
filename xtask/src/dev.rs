//! `cargo xtask dev`: the page from `trunk serve`, which rebuilds and reloads it, before a real relay.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use crate::local_stack::{self, RelayConfig};
use crate::process::Server;
use crate::setup::{self, Toolbox};
use crate::trunk_config::TrunkConfig;
use crate::workspace::Workspace;
use crate::{build, ready, start};

pub(crate) use crate::start::Options;

/// The first build of the page compiles everything.
const BUILD_PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Runs until Ctrl-C, or until one of the servers ends.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    local_stack::ensure_free(options.port)?;
    let tools = setup::web_tools(workspace)?;
    let servers = build::servers(workspace)?;
    let folder = workspace.scratch("dev")?;

    let origin = local_stack::origin(options.port);
    let simulator = local_stack::start_simulator(&servers, &[])?;
    let relay_port = local_stack::free_port()?;
    let config = RelayConfig {
        port: relay_port,
        origin: &origin,
        allow: &options.allow,
        dist: None,
        simulator: &simulator.upstream,
    };
    let relay = local_stack::start_relay(&servers, &folder, &config)?;

    let mut config = TrunkConfig::read(&workspace.root)?;
    config.set_dist(&folder.join("dist"));
    config.proxy_only_to(&local_stack::origin(relay_port), &local_stack::loopback(options.port).to_string());
    let trunk = serve_page(&tools, &config.write(&folder)?, options.port)?;
    start::announce(&origin, !options.no_open)?;
    start::keep_running(&mut [simulator.server, relay, trunk])
}

/// Starts `trunk serve` and waits until the page is there.
pub(crate) fn serve_page(tools: &Toolbox, config: &Path, port: u16) -> Result<Server> {
    let mut trunk = tools.trunk(&["serve", "--port", &port.to_string(), "--config"])?;
    let mut server = Server::start("trunk", trunk.arg(config))?;
    ready::wait_for_page(local_stack::loopback(port), BUILD_PATIENCE, || server.ensure_running())?;
    Ok(server)
}
