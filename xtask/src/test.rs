//! `cargo xtask test`: every suite in order, then a table and one closing line.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

mod browser_unit;
mod codec;
mod contract;
mod counts;
mod e2e;
mod kill_test;
mod native;
mod packaging;
pub(crate) mod playwright;
mod relay_cases;
mod size_budget;
pub(crate) mod stage;
mod summary;

use counts::Counts;
use stage::Stage;
use summary::Summary;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Run this suite alone; may be given several times
    #[arg(long, value_name = "SUITE")]
    only: Vec<String>,
    /// Name the suites and end
    #[arg(long)]
    list: bool,
}

/// One kind of test.
struct Suite {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Stage<'_>) -> Result<Outcome>,
}

/// How a suite ended. A suite that cannot count its tests fails with an error instead.
enum Outcome {
    Ran(Counts),
    /// A tool is missing and cannot be installed; the text says which and how to get it.
    Skipped(String),
}

const SUITES: &[Suite] = &[
    Suite { name: "native", about: "unit and integration tests, layers and house rules", run: native::tests },
    Suite { name: "doc", about: "examples in the documentation", run: native::doc_tests },
    Suite { name: "browser-unit", about: "units of the client in a real browser", run: browser_unit::run },
    Suite { name: "codec", about: "headers of pictures, as the page reads them", run: codec::run },
    Suite { name: "contract", about: "relay and simulator over raw HTTP", run: contract::http },
    Suite { name: "sdk", about: "the vendor's Python SDK through relay and simulator", run: contract::sdk },
    Suite { name: "code", about: "requests as curl, Python, Java, JavaScript and Rust", run: contract::code },
    Suite { name: "relay-cases", about: "black-box cases against the relay", run: relay_cases::run },
    Suite { name: "kill-test", about: "eight rounds of `kill -9` under running jobs", run: kill_test::run },
    Suite { name: "proxies", about: "the recipes for nginx and Caddy, with both", run: contract::proxies },
    Suite { name: "e2e", about: "journeys through the studio in a real browser", run: e2e::studio },
    Suite { name: "packaging", about: "the npm package in pages of every kind", run: packaging::run },
    Suite {
        name: "package-lint",
        about: "what others' tools say of the npm package, and its sizes",
        run: packaging::lint,
    },
    Suite { name: "start", about: "`cargo xtask start` as a newcomer types it", run: e2e::start },
    Suite { name: "trunk-serve", about: "the page of `trunk serve` alone", run: e2e::trunk_serve },
    Suite { name: "sizes", about: "what a first visit downloads, against the budget", run: size_budget::run },
];

/// Runs the suites asked for. Fails when a test fails, and with `CI=true` also when a suite is skipped.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    if options.list {
        for suite in SUITES {
            println!("{:<13} {}", suite.name, suite.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut stage = Stage::new(workspace);
    let mut summary = Summary::default();
    for suite in chosen(&options.only)? {
        eprintln!("\nxtask: {} ({})", suite.name, suite.about);
        let started = Instant::now();
        let outcome = (suite.run)(&mut stage);
        process::park_if_stopping();
        summary.add(suite.name, outcome, started.elapsed());
    }
    let skips_fail = std::env::var("CI").is_ok_and(|value| value == "true");
    print!("{}", summary.text());
    Ok(if summary.is_success(skips_fail) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(only: &[String]) -> Result<Vec<&'static Suite>> {
    if only.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    let names = || SUITES.iter().map(|suite| suite.name).collect::<Vec<_>>().join(", ");
    let find = |name: &String| match SUITES.iter().find(|suite| suite.name == name) {
        Some(suite) => Ok(suite),
        None => bail!("--only {name}: no such suite; there are {}", names()),
    };
    only.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_suite_is_an_error_that_lists_the_known_ones() {
        let error = chosen(&["nativ".to_owned()]).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("native, doc"), "{error}");
    }

    #[test]
    fn without_a_choice_all_suites_run() {
        assert_eq!(chosen(&[]).unwrap().len(), SUITES.len());
    }
}
