//! Who may depend on whom, between our packages and inside the studio.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace::{Package, Workspace};

/// One package and what it may see of ours.
struct Layer {
    package: &'static str,
    may_use: &'static [&'static str],
    /// Tests may start servers the package itself must not know.
    tests_may_use: &'static [&'static str],
}

const fn layer(package: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { package, may_use, tests_may_use: &[] }
}

const LAYERS: &[Layer] = &[
    // Its tests switch on its own features.
    Layer { package: "qwen-edit-api", may_use: &[], tests_may_use: &["qwen-edit-api"] },
    layer("qwen-edit-client", &["qwen-edit-api"]),
    layer("qwen-edit-code", &["qwen-edit-api"]),
    layer("qwen-edit-web", &["qwen-edit-api", "qwen-edit-client"]),
    layer("qwen-edit-wasm", &["qwen-edit-api", "qwen-edit-client"]),
    layer("qwen-edit-sim", &["qwen-edit-api"]),
    layer("relay-policy", &[]),
    Layer { package: "relay-server", may_use: &["relay-policy"], tests_may_use: &["qwen-edit-sim"] },
    Layer {
        package: "contract-tests",
        may_use: &[],
        tests_may_use: &["qwen-edit-api", "qwen-edit-web", "qwen-edit-sim", "relay-policy", "relay-server"],
    },
    // Black box: not even its tests know what they test.
    layer("relay-cases", &[]),
    layer("relay-trials", &[]),
    layer("xtask", &[]),
];

/// Packages that decide and compute only: they know no browser, no runtime, no clock, no chance.
const PURE: &[&str] = &["qwen-edit-api", "relay-policy"];
const IMPURE: &[&str] = &[
    "wasm-bindgen",
    "js-sys",
    "web-sys",
    "gloo",
    "leptos",
    "tokio",
    "hyper",
    "reqwest",
    "chrono",
    "time",
    "rand",
];

/// Two versions of one of these compile, and then share no context or do not link.
const ONCE: &[&str] = &["leptos", "wasm-bindgen", "js-sys", "web-sys"];

/// Everything that breaks a layer rule, one sentence each.
pub(crate) fn violations(workspace: &Workspace) -> Result<Vec<String>> {
    let mut found: Vec<String> = workspace.packages.iter().flat_map(package_violations).collect();
    for name in ONCE {
        let versions = workspace.locked_versions(name)?;
        if versions.len() > 1 {
            found.push(format!("Cargo.lock has {name} more than once: {}", versions.join(", ")));
        }
    }
    found.extend(studio_violations(&workspace.root.join("web/src"))?);
    Ok(found)
}

fn package_violations(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some(layer) = LAYERS.iter().find(|layer| layer.package == name) else {
        return vec![format!("{name} has no layer yet: add it to LAYERS in xtask/src/layers.rs")];
    };
    let is_ours = |dependency: &str| LAYERS.iter().any(|layer| layer.package == dependency);
    let mut found = Vec::new();
    for dependency in &package.dependencies {
        let used = dependency.name.as_str();
        let allowed = layer.may_use.contains(&used) || dependency.dev && layer.tests_may_use.contains(&used);
        if is_ours(used) && !allowed {
            found.push(format!("{name} must not depend on {used}"));
        }
        if PURE.contains(&name) && !dependency.dev && is_impure(used) {
            found.push(format!("{name} is pure and must not depend on {used}"));
        }
    }
    found
}

/// `gloo` stands for the whole `gloo-*` family, and so on.
fn is_impure(dependency: &str) -> bool {
    IMPURE.iter().any(|impure| {
        dependency.strip_prefix(impure).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// Components get props and give callbacks; features know no other feature.
fn studio_violations(source: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in rust_files(source)? {
        let place = file.strip_prefix(source).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        found.extend(studio_file_violations(&place, &text));
    }
    Ok(found)
}

/// `place` is relative to `web/src`.
fn studio_file_violations(place: &str, text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut found = Vec::new();
    if place.starts_with("components/") {
        for forbidden in ["crate::state", "crate::features", "qwen_edit_client"] {
            if code.iter().any(|line| line.contains(forbidden)) {
                found.push(format!("web/src/{place} is a component and must not use {forbidden}"));
            }
        }
    }
    if let Some(feature) = place.strip_prefix("features/").and_then(|rest| rest.split(['/', '.']).next()) {
        let used = code.iter().flat_map(|line| line.split("features::").skip(1)).map(first_name);
        for other in used.filter(|other| *other != feature && feature != "mod") {
            found.push(format!("web/src/{place} must not use the feature {other}"));
        }
    }
    found
}

fn first_name(path: &str) -> &str {
    let end = path.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(path.len());
    &path[..end]
}

fn rust_files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let files = crate::compress::files(folder)?;
    Ok(files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(name: &str, dependency: &str, dev: bool) -> Package {
        let dependencies = vec![Dependency { name: dependency.to_owned(), dev }];
        Package { name: name.to_owned(), dependencies }
    }

    #[test]
    fn this_workspace_keeps_its_layers() {
        let found = violations(&Workspace::load().unwrap()).unwrap();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    #[test]
    fn the_api_may_not_know_the_client() {
        assert_eq!(package_violations(&package("qwen-edit-api", "qwen-edit-client", false)).len(), 1);
        assert!(package_violations(&package("qwen-edit-client", "qwen-edit-api", false)).is_empty());
    }

    #[test]
    fn only_the_relays_tests_may_know_the_simulator() {
        assert!(package_violations(&package("relay-server", "qwen-edit-sim", true)).is_empty());
        assert_eq!(package_violations(&package("relay-server", "qwen-edit-sim", false)).len(), 1);
    }

    #[test]
    fn a_pure_package_knows_no_browser() {
        assert_eq!(package_violations(&package("relay-policy", "gloo-net", false)).len(), 1);
        assert!(package_violations(&package("relay-policy", "timeless", false)).is_empty());
    }

    #[test]
    fn a_new_package_must_be_given_a_layer() {
        assert_eq!(package_violations(&package("newcomer", "serde", false)).len(), 1);
    }

    #[test]
    fn a_component_knows_no_state() {
        assert_eq!(studio_file_violations("components/button.rs", "use crate::state::Session;").len(), 1);
        assert!(studio_file_violations("components/button.rs", "//! unlike crate::state, …").is_empty());
    }

    #[test]
    fn a_feature_knows_no_other_feature() {
        let text = "use crate::features::results::Grid;";
        assert_eq!(studio_file_violations("features/composer/mod.rs", text).len(), 1);
        assert!(studio_file_violations("features/results.rs", text).is_empty());
        assert!(studio_file_violations("app.rs", text).is_empty());
    }
}
