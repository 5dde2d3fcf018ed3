//! What a page downloads for each entry of the package, against the budgets and beside the peers.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Package;
use super::files::{CODE_WASM, WASM};
use super::peers::PEERS;
use crate::table::{self, row};
use crate::workspace::Workspace;
use crate::{compress, process};

const KIB: u64 = 1024;
/// Wasm and JavaScript of the core, brotli.
const CORE_BUDGET: u64 = 45 * KIB;
/// What the element adds to the core, brotli.
const ELEMENT_BUDGET: u64 = 40 * KIB;

/// An entry as a bundler makes it: minified JavaScript, and the wasm file where it is one of its own.
struct Entry {
    module: &'static str,
    with_wasm: bool,
}

const CORE: Entry = Entry { module: "index.js", with_wasm: true };
const ELEMENT: Entry = Entry { module: "element.js", with_wasm: true };
const ENTRIES: &[Entry] = &[
    CORE,
    Entry { module: "slim.js", with_wasm: true },
    Entry { module: "inline.js", with_wasm: false },
    ELEMENT,
    Entry { module: "react.js", with_wasm: true },
];

/// What is loaded later: with the first picture, for formats that browsers do not read, and for programs.
const LATER: &[(&str, &[&str])] = &[
    (
        "picture codec",
        &[
            "codec/picture-codec-host.js",
            "codec/picture-codec.js",
            "codec/picture-codec-worker.js",
            "codec/inspect.js",
            "codec/headers.js",
            "codec/exif.js",
            "codec/jpeg.js",
            "codec/pieces.js",
            "codec/svg-raster.js",
            "codec/worker-line.js",
            "codec/served.js",
        ],
    ),
    ("TIFF decoder", &["codec/decoders/tiff.js", "codec/decoders/tiff-worker.js"]),
    ("HEIC decoder", &["codec/decoders/heic.js", "codec/decoders/heic-worker.js"]),
    ("toCode", &["code.js", "code-glue.js", CODE_WASM]),
];

#[derive(Debug, Clone, Copy, Default)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// The sizes of one package.
#[derive(Debug)]
pub(crate) struct Report {
    rows: Vec<(String, Size)>,
    core: u64,
    element: u64,
}

/// Bundles every entry and every peer.
pub(crate) fn measure(workspace: &Workspace, package: &Package) -> Result<Report> {
    let scratch = workspace.scratch("npm-sizes")?;
    let wasm = size_of(&fs::read(package.folder.join(WASM)).context("read the wasm file")?)?;
    let mut rows = vec![(WASM.to_owned(), wasm)];
    let (mut core, mut element) = (0, 0);
    for entry in ENTRIES {
        let script = bundle(package, &package.folder.join(entry.module), &scratch)?;
        rows.push((format!("{} (script)", entry.module), script));
        let all = if entry.with_wasm { script.plus(wasm) } else { script };
        match entry.module {
            module if module == CORE.module => core = all.brotli,
            module if module == ELEMENT.module => element = all.brotli,
            _ => {}
        }
    }
    for (name, files) in LATER {
        rows.push(((*name).to_owned(), sent(&package.folder, files)?));
    }
    for peer in PEERS {
        // Beside the peers' packages, so that they are found.
        let module = package.tools.folder().join(format!("measure-{}.js", peer.name.replace(['@', '/'], "")));
        fs::write(&module, peer.source).with_context(|| format!("write {}", module.display()))?;
        rows.push((peer.name.to_owned(), bundle(package, &module, &scratch)?));
    }
    Ok(Report { rows, core, element: element.saturating_sub(core) })
}

fn bundle(package: &Package, module: &Path, scratch: &Path) -> Result<Size> {
    let out = scratch.join("bundle.js");
    let mut command = package.tools.program("esbuild");
    command.arg(module).args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--platform=browser",
        "--target=es2022",
    ]);
    // The picture codec is loaded with the first picture, and what writes programs when asked: not with the page.
    command.args(["--external:react", "--external:./codec/*", "--external:./code*.js", "--log-level=error"]);
    process::run(command.arg(format!("--outfile={}", out.display())))?;
    size_of(&fs::read(&out).with_context(|| format!("read {}", out.display()))?)
}

/// Files that are sent one by one.
fn sent(folder: &Path, files: &[&str]) -> Result<Size> {
    files.iter().try_fold(Size::default(), |sum, file| {
        let bytes = fs::read(folder.join(file)).with_context(|| format!("read {file}"))?;
        Ok(sum.plus(size_of(&bytes)?))
    })
}

fn size_of(bytes: &[u8]) -> Result<Size> {
    let (gzip, brotli) = (compress::gzip(bytes)?, compress::brotli(bytes)?);
    Ok(Size { raw: bytes.len() as u64, gzip: gzip.len() as u64, brotli: brotli.len() as u64 })
}

impl Size {
    /// Two files, compressed each for itself.
    fn plus(self, other: Size) -> Size {
        Size { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

impl Report {
    pub(crate) fn is_within_budget(&self) -> bool {
        self.core <= CORE_BUDGET && self.element <= ELEMENT_BUDGET
    }

    /// The table and the verdicts.
    pub(crate) fn text(&self) -> String {
        let mut rows = vec![row!["file", "raw", "gzip", "brotli"]];
        rows.extend(self.rows.iter().map(|(name, size)| row![name, size.raw, size.gzip, size.brotli]));
        let verdict = |what: &str, size: u64, budget: u64| {
            let word = if size <= budget { "within" } else { "OVER" };
            format!("{what}: {size} of {budget}, {word} the budget\n")
        };
        [
            table::render(&rows),
            verdict("\ncore, wasm and script, brotli", self.core, CORE_BUDGET),
            verdict("element beyond the core, brotli", self.element, ELEMENT_BUDGET),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(core: u64, element: u64) -> Report {
        Report { rows: Vec::new(), core, element }
    }

    #[test]
    fn each_budget_is_kept_for_itself() {
        assert!(report(CORE_BUDGET, ELEMENT_BUDGET).is_within_budget());
        assert!(!report(CORE_BUDGET + 1, 0).is_within_budget());
        assert!(!report(0, ELEMENT_BUDGET + 1).is_within_budget());
        assert!(report(CORE_BUDGET + 1, 0).text().contains("OVER the budget"));
    }
}
