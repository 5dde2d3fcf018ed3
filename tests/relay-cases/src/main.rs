//! Runs black-box cases against a built relay; see README.md.

#[cfg(target_os = "linux")]
mod case_file;
#[cfg(target_os = "linux")]
mod client;
#[cfg(target_os = "linux")]
mod fill;
#[cfg(target_os = "linux")]
mod http2;
#[cfg(target_os = "linux")]
mod judge;
#[cfg(target_os = "linux")]
mod mock_script;
#[cfg(target_os = "linux")]
mod options;
#[cfg(target_os = "linux")]
mod procedures;
#[cfg(target_os = "linux")]
mod queue;
#[cfg(target_os = "linux")]
mod relay;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod wire;
#[cfg(target_os = "linux")]
mod worker;
#[cfg(target_os = "linux")]
mod world;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use clap::Parser as _;

    let result = match options::Cli::parse().command {
        options::Command::Run(options) => queue::run(&options),
        options::Command::Worker(options) => worker::run(&options),
    };
    result.unwrap_or_else(|error| {
        eprintln!("relay-cases: {error:#}");
        ExitCode::from(2)
    })
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("relay-cases: cannot run here: needs network namespaces, which only Linux has");
    ExitCode::from(2)
}
