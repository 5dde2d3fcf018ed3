//! `cargo xtask sizes`: what a first visit downloads, against the budget.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::table::row;
use crate::workspace::Workspace;
use crate::{build, compress, setup, table};

const KIB: u64 = 1024;
/// All files of the first load, brotli. The closest comparable page, in React, needs 104 KiB; Gradio several MB.
const BUDGET: u64 = 200 * KIB;
const AIM: u64 = 150 * KIB;

/// Builds the studio and measures it. Fails when the first load is over the budget.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let dist = build::dist(workspace, &setup::web_tools(workspace)?)?;
    let report = measure(&dist)?;
    print!("{}", report.text());
    Ok(if report.is_within_budget() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The sizes of one built studio.
#[derive(Debug)]
pub(crate) struct Report {
    files: Vec<FileSize>,
}

#[derive(Debug)]
struct FileSize {
    name: String,
    /// Named by index.html, so every first visit loads it.
    first_load: bool,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Reads the sizes of all files in `dist`, with the compressed copies the relay sends.
pub(crate) fn measure(dist: &Path) -> Result<Report> {
    let page = fs::read_to_string(dist.join("index.html")).context("read dist/index.html")?;
    // Minified HTML has no quotes around most values.
    let ends_value = ['"', '\'', '=', '<', '>', ' ', '\n'];
    let named: HashSet<&str> = page.split(ends_value).map(|value| value.trim_start_matches('/')).collect();
    let mut files = Vec::new();
    for path in compress::files(dist)? {
        let name = path.strip_prefix(dist).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let raw = fs::metadata(&path)?.len();
        // A file without a compressed copy is sent as it is.
        let sent =
            |extension| fs::metadata(compress::beside(&path, extension)).map_or(raw, |copy| copy.len());
        let first_load = name == "index.html" || named.contains(name.as_str());
        files.push(FileSize { first_load, raw, gzip: sent("gz"), brotli: sent("br"), name });
    }
    Ok(Report { files })
}

impl Report {
    fn first_load(&self) -> u64 {
        self.files.iter().filter(|file| file.first_load).map(|file| file.brotli).sum()
    }

    pub(crate) fn is_within_budget(&self) -> bool {
        self.first_load() <= BUDGET
    }

    /// The table and one line with the verdict.
    pub(crate) fn text(&self) -> String {
        let mut rows = vec![row!["file", "raw", "gzip", "brotli", "first load"]];
        let mark = |yes| if yes { "yes" } else { "" };
        rows.extend(self.files.iter().map(|f| row![f.name, f.raw, f.gzip, f.brotli, mark(f.first_load)]));
        let verdict = if self.is_within_budget() { "within" } else { "OVER" };
        format!(
            "{}\nfirst load, brotli: {} of {}, {verdict} the budget (aim {})\n",
            table::render(&rows),
            kib(self.first_load()),
            kib(BUDGET),
            kib(AIM)
        )
    }
}

fn kib(bytes: u64) -> String {
    let tenths = bytes * 10 / KIB;
    format!("{}.{} KiB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(wasm: u64) -> Report {
        let file = |name: &str, first_load, brotli| FileSize {
            name: name.to_owned(),
            first_load,
            raw: brotli * 3,
            gzip: brotli * 2,
            brotli,
        };
        Report { files: vec![file("app.wasm", true, wasm), file("lazy.js", false, BUDGET)] }
    }

    #[test]
    fn a_lazy_file_does_not_count() {
        assert!(report(BUDGET).is_within_budget());
    }

    #[test]
    fn one_byte_too_many_is_over_the_budget() {
        assert!(!report(BUDGET + 1).is_within_budget());
        assert!(report(BUDGET + 1).text().contains("OVER the budget"));
    }
}
