//! `cargo xtask …`: everything a developer or a build server runs. `cargo xtask help` lists the commands.

mod apt;
mod bench;
mod browser;
mod build;
mod check;
mod codec;
mod compress;
mod dev;
mod fuzz;
mod layers;
mod local_stack;
mod npm;
mod npm_packages;
mod npm_tools;
mod process;
mod proxies;
mod python;
mod ready;
mod relay_cases;
mod scripts;
mod setup;
mod sizes;
mod start;
mod std_from_source;
mod styles;
mod table;
mod test;
mod tidy;
mod tools;
mod trials;
mod trunk_config;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Run, test and build Qwen Edit", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build and run everything on one origin, and open it in the browser
    Start(start::Options),
    /// The same with live reload, for working on the studio
    Dev(dev::Options),
    /// Run every test, browser ones included
    Test(test::Options),
    /// Formatting, lints, documentation, dependencies, layer rules, house rules
    Check,
    /// Carry out black-box cases against the built relay
    RelayCases(relay_cases::Options),
    /// Feed the relay's readers with generated input; needs a nightly compiler
    Fuzz(fuzz::Options),
    /// Kill the relay at random moments, and look for every job and every paid answer
    KillTest(trials::KillOptions),
    /// Let many calls wait at one time: errors, memory, and how fast the relay answers others
    HoldTest(trials::HoldOptions),
    /// Many large uploads at one time: memory of each, and processor time with and without a key
    UploadTest(trials::UploadOptions),
    /// Measure the npm package in a real browser; tables in Markdown
    Bench(bench::Options),
    /// Build the studio into dist/, optimised and compressed
    Build,
    /// Build the npm package into target/npm/, with its sizes against the budgets
    Npm,
    /// What a first visit downloads, against the budget
    Sizes,
    /// Only install what is missing: wasm target, trunk, wasm-bindgen
    Setup,
}

fn main() -> ExitCode {
    let result = process::stop_children_on_signals().and_then(|()| run(&Cli::parse().command));
    // The signal handler is ending our children; their deaths are no errors, and it ends us too.
    process::park_if_stopping();
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: &Command) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    match command {
        Command::Start(options) => start::run(&workspace, options),
        Command::Dev(options) => dev::run(&workspace, options),
        Command::Test(options) => test::run(&workspace, options),
        Command::Check => check::run(&workspace),
        Command::RelayCases(options) => relay_cases::run(&workspace, options),
        Command::Fuzz(options) => fuzz::run(&workspace, options),
        Command::KillTest(options) => trials::kill(&workspace, options),
        Command::HoldTest(options) => trials::hold(&workspace, options),
        Command::UploadTest(options) => trials::upload(&workspace, options),
        Command::Bench(options) => bench::run(&workspace, options),
        Command::Build => build::dist(&workspace, &setup::web_tools(&workspace)?).map(|_| ExitCode::SUCCESS),
        Command::Npm => npm::run(&workspace),
        Command::Sizes => sizes::run(&workspace),
        Command::Setup => setup::web_tools(&workspace).map(|_| ExitCode::SUCCESS),
    }
}
