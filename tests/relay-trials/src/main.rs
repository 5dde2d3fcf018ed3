//! Trials of the built relay as a process of its own. `cargo xtask kill-test`, `hold-test` and `upload-test` run
//! them; the tables go to stdout, what happens meanwhile to stderr.

mod client;
mod hold;
mod kill;
mod process;
mod relay;
mod sim;
mod table;
mod upload;
mod usage;
mod waiting_upstream;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about)]
struct Cli {
    /// The relay's program
    #[arg(long, value_name = "FILE")]
    relay: PathBuf,
    #[command(subcommand)]
    trial: Trial,
}

#[derive(Subcommand)]
enum Trial {
    /// `kill -9` again and again, and then look for every job
    Kill(kill::Options),
    /// Many calls waiting at one time
    Hold(hold::Options),
    /// Large uploads at one time
    Upload(upload::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // A thousand calls need two descriptors each; where the limit stays low, the trial says what it missed.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let (name, result) = match &cli.trial {
        Trial::Kill(options) => ("kill-test", kill::run(&cli.relay, options).await),
        Trial::Hold(options) => ("hold-test", hold::run(&cli.relay, options).await),
        Trial::Upload(options) => ("upload-test", upload::run(&cli.relay, options).await),
    };
    match result {
        Ok(true) => {
            println!("{name}: ok");
            ExitCode::SUCCESS
        }
        Ok(false) => {
            println!("{name}: FAILED");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            println!("{name}: FAILED");
            ExitCode::FAILURE
        }
    }
}
