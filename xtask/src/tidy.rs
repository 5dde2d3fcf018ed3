//! House rules that no linter knows.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::Workspace;

const MAX_LINES: usize = 400;
const CODE: &[&str] = &["rs", "ts", "js", "mjs", "css", "html"];
const TEXT: &[&str] = &["toml", "md", "json", "sh", "yml", "yaml", "txt"];

/// Never left in code. In two halves each, so that this file does not break its own rule.
const LEFTOVERS: &[(&str, &str)] = &[
    ("console", ".log"),
    ("dbg", "!("),
    ("todo", "!("),
    ("unimplemented", "!("),
    ("TO", "DO"),
    ("FIX", "ME"),
    ("#[ig", "nore"),
    ("test.sk", "ip("),
];

/// Folders that exist on one machine only.
const HOMES: &[(&str, &str)] = &[("/ho", "me/"), ("/Us", "ers/"), ("/ro", "ot/")];

/// Where npm packages come from; a lock file must not name a mirror.
const NPM_REGISTRY: &str = "https://registry.npmjs.org/";

/// Everything that breaks a house rule, one sentence each.
pub(crate) fn violations(workspace: &Workspace) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for place in project_files(&workspace.root)? {
        let extension = Path::new(&place).extension().and_then(|extension| extension.to_str());
        let extension = extension.unwrap_or_default();
        if !CODE.contains(&extension) && !TEXT.contains(&extension) {
            continue;
        }
        let path = workspace.root.join(&place);
        let text = fs::read_to_string(&path).with_context(|| format!("read {place}"))?;
        found.extend(file_violations(&place, extension, &text));
        match place.rsplit('/').next() {
            Some("package.json") => found.extend(version_violation(&place, &text, &workspace.version)?),
            Some("package-lock.json") => found.extend(lock_violation(&place, &text)),
            _ => {}
        }
    }
    Ok(found)
}

/// Files of the project that git knows or would add; deleted ones left out.
fn project_files(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("git ls-files")?;
    if !output.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    }
    let names = String::from_utf8(output.stdout).context("a file name that is not UTF-8")?;
    let there = |name: &&str| !name.is_empty() && root.join(name).is_file();
    Ok(names.split('\0').filter(there).map(str::to_owned).collect())
}

fn file_violations(place: &str, extension: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_code = CODE.contains(&extension);
    let has_header = text.starts_with("//!") || text.starts_with("#![doc");
    // A name that ends in tests.rs says it all.
    if extension == "rs" && !has_header && !place.ends_with("tests.rs") {
        found.push(format!("{place}: must start with a //! header that says what the module is for"));
    }
    let lines = text.lines().count();
    if is_code && lines > MAX_LINES {
        found.push(format!(
            "{place}: {lines} lines, at most {MAX_LINES}: which two concepts share this file?"
        ));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let mut report = |what: &str| found.push(format!("{place}:{number}: {what}"));
        if line.ends_with([' ', '\t']) {
            report("space at the end of the line");
        }
        for (left, right) in LEFTOVERS.iter().filter(|_| is_code) {
            let leftover = [*left, *right].concat();
            if line.contains(&leftover) {
                report(&format!("{leftover} must not stay"));
            }
        }
        if HOMES.iter().any(|(left, right)| line.contains(&[*left, *right].concat())) {
            report("a path that exists on one machine only");
        }
    }
    found
}

fn version_violation(place: &str, text: &str, version: &str) -> Result<Option<String>> {
    let package: Value = serde_json::from_str(text).with_context(|| format!("parse {place}"))?;
    let stated = package["version"].as_str().unwrap_or_default();
    Ok((stated != version)
        .then(|| format!("{place}: version {stated:?} must equal Cargo.toml's {version:?}")))
}

fn lock_violation(place: &str, text: &str) -> Option<String> {
    let names_mirror = |line: &&str| line.contains("\"resolved\"") && !line.contains(NPM_REGISTRY);
    text.lines().find(names_mirror).map(|line| format!("{place}: names a mirror: {}", line.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(place: &str, text: &str) -> usize {
        let extension = place.rsplit('.').next().unwrap();
        file_violations(place, extension, text).len()
    }

    #[test]
    fn this_project_keeps_its_house_rules() {
        let found = violations(&Workspace::load().unwrap()).unwrap();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    #[test]
    fn a_module_without_a_header_is_found() {
        assert_eq!(found("a.rs", "fn a() {}\n"), 1);
        assert_eq!(found("a.rs", "//! A.\nfn a() {}\n"), 0);
        assert_eq!(found("a/tests.rs", "use super::*;\n"), 0);
    }

    #[test]
    fn the_line_after_the_last_allowed_one_is_found() {
        assert_eq!(found("a.css", &"a {}\n".repeat(MAX_LINES)), 0);
        assert_eq!(found("a.css", &"a {}\n".repeat(MAX_LINES + 1)), 1);
    }

    #[test]
    fn leftovers_count_in_code_and_not_in_prose() {
        let leftover = ["console", ".log(1)\n"].concat();
        assert_eq!(found("a.js", &leftover), 1);
        assert_eq!(found("a.md", &leftover), 0);
    }

    #[test]
    fn a_space_at_the_end_of_a_line_is_found() {
        assert_eq!(found("a.md", "a \n"), 1);
    }

    #[test]
    fn somebodys_home_is_found() {
        assert_eq!(found("a.toml", &["path = \"/ho", "me/me/x\"\n"].concat()), 1);
    }

    #[test]
    fn another_version_is_found() {
        assert!(version_violation("package.json", r#"{"version":"0.2.0"}"#, "0.1.0").unwrap().is_some());
        assert!(version_violation("package.json", r#"{"version":"0.1.0"}"#, "0.1.0").unwrap().is_none());
    }

    #[test]
    fn a_mirror_in_a_lock_file_is_found() {
        assert!(lock_violation("l", r#""resolved": "https://mirror.example/a.tgz""#).is_some());
        assert!(lock_violation("l", r#""resolved": "https://registry.npmjs.org/a.tgz""#).is_none());
    }
}
