//! What several suites need, made when first asked for.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::build::{self, Servers};
use crate::npm::{self, Package};
use crate::setup::{self, Toolbox};
use crate::workspace::Workspace;

/// The workspace with the things built for this run.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) workspace: &'a Workspace,
    web_tools: Option<Toolbox>,
    servers: Option<Servers>,
    dist: Option<PathBuf>,
    package: Option<Package>,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(workspace: &'a Workspace) -> Self {
        Self { workspace, web_tools: None, servers: None, dist: None, package: None }
    }

    /// Trunk, wasm-bindgen and the wasm target.
    pub(crate) fn web_tools(&mut self) -> Result<Toolbox> {
        let tools = match self.web_tools.take() {
            Some(tools) => tools,
            None => setup::web_tools(self.workspace)?,
        };
        Ok(self.web_tools.insert(tools).clone())
    }

    /// Relay and simulator.
    pub(crate) fn servers(&mut self) -> Result<Servers> {
        let servers = match self.servers.take() {
            Some(servers) => servers,
            None => build::servers(self.workspace)?,
        };
        Ok(self.servers.insert(servers).clone())
    }

    /// The studio as it is published, in a folder of its own: `trunk serve` may be writing `dist/` meanwhile.
    pub(crate) fn dist(&mut self) -> Result<&Path> {
        let dist = match self.dist.take() {
            Some(dist) => dist,
            None => {
                let dist = self.workspace.scratch("test")?.join("dist");
                build::studio(self.workspace, &self.web_tools()?, &dist)?;
                dist
            }
        };
        Ok(self.dist.insert(dist))
    }

    /// The npm package as it is published.
    pub(crate) fn package(&mut self) -> Result<Package> {
        let package = match self.package.take() {
            Some(package) => package,
            None => npm::build(self.workspace, &self.web_tools()?)?,
        };
        Ok(self.package.insert(package).clone())
    }
}
