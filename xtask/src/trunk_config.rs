//! Trunk.toml with other backends, so that a run of our own never meets servers that happen to run already.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::{Table, Value};

/// The project's Trunk.toml, to be changed and written elsewhere.
#[derive(Debug)]
pub(crate) struct TrunkConfig {
    table: Table,
}

impl TrunkConfig {
    /// Reads the project's Trunk.toml. Its paths become absolute, because Trunk takes them from the file's folder.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join("Trunk.toml")).context("read Trunk.toml")?;
        Self::parse(&text, root)
    }

    fn parse(text: &str, root: &Path) -> Result<Self> {
        let mut table: Table = text.parse().context("parse Trunk.toml")?;
        for (section, key) in [("build", "target"), ("watch", "watch"), ("watch", "ignore")] {
            if let Some(value) = table.get_mut(section).and_then(|section| section.get_mut(key)) {
                make_absolute(value, root);
            }
        }
        Ok(Self { table })
    }

    /// Where the built page goes.
    pub(crate) fn set_dist(&mut self, dist: &Path) {
        let build = self.table.entry("build").or_insert_with(|| Table::new().into());
        if let Some(build) = build.as_table_mut() {
            build.insert("dist".to_owned(), dist.to_string_lossy().into_owned().into());
        }
    }

    /// Replaces the text `from` in every proxy's backend by `to`.
    pub(crate) fn move_backend(&mut self, from: &str, to: &str) {
        let proxies = self.table.get_mut("proxy").and_then(Value::as_array_mut);
        for proxy in proxies.into_iter().flatten() {
            if let Some(Value::String(backend)) = proxy.get_mut("backend") {
                *backend = backend.replace(from, to);
            }
        }
    }

    /// Sends all relay routes to one relay, which is to see the page's own host name.
    pub(crate) fn proxy_only_to(&mut self, relay: &str, host: &str) {
        let mut headers = Table::new();
        headers.insert("host".to_owned(), host.into());
        let mut proxy = Table::new();
        proxy.insert("rewrite".to_owned(), "/relay/".into());
        proxy.insert("backend".to_owned(), format!("{relay}/relay/").into());
        proxy.insert("request_headers".to_owned(), headers.into());
        self.table.insert("proxy".to_owned(), vec![Value::Table(proxy)].into());
    }

    /// Writes it into `folder` and gives the path, for `trunk --config`.
    pub(crate) fn write(&self, folder: &Path) -> Result<PathBuf> {
        let path = folder.join("Trunk.toml");
        fs::write(&path, self.table.to_string()).with_context(|| format!("write {}", path.display()))?;
        Ok(path)
    }
}

fn make_absolute(value: &mut Value, root: &Path) {
    match value {
        Value::String(path) => *path = root.join(&*path).to_string_lossy().into_owned(),
        Value::Array(paths) => paths.iter_mut().for_each(|path| make_absolute(path, root)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECT: &str = r#"
        [build]
        target = "index.html"
        [watch]
        watch = ["web"]
        [[proxy]]
        rewrite = "/relay/beijing/"
        backend = "https://vendor.example/"
        [[proxy]]
        rewrite = "/relay/demo/"
        backend = "http://127.0.0.1:8788/"
    "#;

    #[test]
    fn paths_are_taken_from_the_project_not_from_the_copy() {
        let config = TrunkConfig::parse(PROJECT, Path::new("/project")).unwrap();
        assert_eq!(config.table["build"]["target"].as_str(), Some("/project/index.html"));
        assert_eq!(config.table["watch"]["watch"][0].as_str(), Some("/project/web"));
    }

    #[test]
    fn only_the_named_backend_moves() {
        let mut config = TrunkConfig::parse(PROJECT, Path::new("/project")).unwrap();
        config.move_backend("http://127.0.0.1:8788", "http://127.0.0.1:40123");
        assert_eq!(config.table["proxy"][0]["backend"].as_str(), Some("https://vendor.example/"));
        assert_eq!(config.table["proxy"][1]["backend"].as_str(), Some("http://127.0.0.1:40123/"));
    }

    #[test]
    fn one_relay_takes_all_routes_and_sees_the_pages_host() {
        let mut config = TrunkConfig::parse(PROJECT, Path::new("/project")).unwrap();
        config.proxy_only_to("http://127.0.0.1:40123", "127.0.0.1:8080");
        let proxies = config.table["proxy"].as_array().unwrap();
        assert_eq!(proxies.len(), 1);
        assert_eq!(proxies[0]["backend"].as_str(), Some("http://127.0.0.1:40123/relay/"));
        assert_eq!(proxies[0]["request_headers"]["host"].as_str(), Some("127.0.0.1:8080"));
    }
}
