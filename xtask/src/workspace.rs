//! Where things are: the repository, its target directory, its packages and locked versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The workspace as `cargo metadata` describes it.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The repository's top folder.
    pub(crate) root: PathBuf,
    /// Cargo's target directory, wherever the developer put it.
    pub(crate) target: PathBuf,
    /// The version all our packages share.
    pub(crate) version: String,
    pub(crate) packages: Vec<Package>,
}

/// One package of ours.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A direct dependency of one of our packages.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// True when only tests, examples and benches see it.
    pub(crate) dev: bool,
}

impl Workspace {
    /// Asks cargo. Fails when a manifest cannot be read.
    pub(crate) fn load() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
            .arg(manifest)
            .output()
            .context("cargo metadata")?;
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let packages = array(&metadata, "packages").iter().map(Package::from_metadata).collect();
        Ok(Self {
            root: text(&metadata, "workspace_root")?.into(),
            target: text(&metadata, "target_directory")?.into(),
            version: text(&metadata["packages"][0], "version")?.to_owned(),
            packages,
        })
    }

    /// A folder for what a command writes. Inside the repository, also when the target directory is elsewhere:
    /// cargo, started there by Trunk, then finds our `.cargo/config.toml` and `rust-toolchain.toml`.
    pub(crate) fn scratch(&self, command: &str) -> Result<PathBuf> {
        let folder = self.root.join("target/xtask").join(command);
        std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        Ok(folder)
    }

    /// All versions of `package` in Cargo.lock.
    pub(crate) fn locked_versions(&self, package: &str) -> Result<Vec<String>> {
        let path = self.root.join("Cargo.lock");
        let lock = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let lock: toml::Table = lock.parse().context("parse Cargo.lock")?;
        let packages =
            lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock has no packages")?;
        let is_it = |entry: &&toml::Value| entry.get("name").and_then(toml::Value::as_str) == Some(package);
        let version = |entry: &toml::Value| entry.get("version")?.as_str().map(str::to_owned);
        Ok(packages.iter().filter(is_it).filter_map(version).collect())
    }

    /// A `cargo` command that runs in the repository.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.root).args(args);
        command
    }
}

impl Package {
    fn from_metadata(package: &Value) -> Self {
        let dependencies = array(package, "dependencies").iter().map(|dependency| Dependency {
            name: dependency["name"].as_str().unwrap_or_default().to_owned(),
            dev: dependency["kind"].as_str() == Some("dev"),
        });
        Self {
            name: package["name"].as_str().unwrap_or_default().to_owned(),
            dependencies: dependencies.collect(),
        }
    }
}

/// The cargo that started us, so that a toolchain chosen with `cargo +…` stays chosen.
fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("cargo metadata has no {key}"))
}
