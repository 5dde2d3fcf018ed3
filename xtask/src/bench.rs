//! `cargo xtask bench`: what a user's machine feels of the package, measured, and judged where nothing but our code can
//! change it.

mod edits;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;

use crate::process;
use crate::test::stage::Stage;
use crate::workspace::Workspace;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Run these alone
    #[arg(value_name = "BENCHMARK")]
    benchmarks: Vec<String>,
    /// Name the benchmarks and end
    #[arg(long)]
    list: bool,
    /// How many edits `edits` makes
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(30..))]
    edits: u32,
}

struct Benchmark {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Stage<'_>, &Options) -> Result<Measured>,
}

/// What came of a benchmark that could be carried out.
struct Measured {
    /// Tables in Markdown, and what they say.
    report: String,
    /// Whether it keeps what it promises; a benchmark that promises nothing always does.
    is_good: bool,
}

const BENCHMARKS: &[Benchmark] = &[Benchmark {
    name: "edits",
    about: "many edits in one page: memory is back at its plateau",
    run: edits::run,
}];

/// Runs the benchmarks asked for, one after the other. Fails when one breaks its promise, or cannot run.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    if options.list {
        for benchmark in BENCHMARKS {
            println!("{:<13} {}", benchmark.name, benchmark.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut stage = Stage::new(workspace);
    let mut all_good = true;
    for benchmark in chosen(&options.benchmarks)? {
        eprintln!("\nxtask: {} ({})", benchmark.name, benchmark.about);
        let measured = (benchmark.run)(&mut stage, options)?;
        process::park_if_stopping();
        println!("\n{}\n\n{}", benchmark.name, measured.report.trim_end());
        all_good &= measured.is_good;
    }
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(names: &[String]) -> Result<Vec<&'static Benchmark>> {
    if names.is_empty() {
        return Ok(BENCHMARKS.iter().collect());
    }
    let known = || BENCHMARKS.iter().map(|benchmark| benchmark.name).collect::<Vec<_>>().join(", ");
    let find = |name: &String| match BENCHMARKS.iter().find(|benchmark| benchmark.name == name) {
        Some(benchmark) => Ok(benchmark),
        None => bail!("{name}: no such benchmark; there are {}", known()),
    };
    names.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_benchmark_is_an_error_that_lists_the_known_ones() {
        let error = chosen(&["edit".to_owned()]).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("there are edits"), "{error}");
    }

    #[test]
    fn without_a_choice_all_benchmarks_run() {
        assert_eq!(chosen(&[]).unwrap().len(), BENCHMARKS.len());
    }
}
