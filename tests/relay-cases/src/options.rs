//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::case_file::KeyMode;

#[derive(Debug, Parser)]
#[command(name = "relay-cases", about = "Black-box cases against a built relay")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Carry out cases and print a table
    Run(Options),
    /// One worker, started by `run` in a network of its own
    #[command(hide = true)]
    Worker(WorkerOptions),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// A file of cases; repeat for more
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) cases: Vec<PathBuf>,
    /// Only these: ids, beginnings of ids, or groups, separated by commas
    #[arg(long, value_name = "ID,GROUP", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    #[command(flatten)]
    pub(crate) under_test: UnderTest,
    /// Only one of the key modes
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<Mode>,
    /// Workers side by side; most of their time is waiting
    #[arg(long, default_value_t = 4)]
    pub(crate) workers: usize,
}

/// What `run` hands on to its workers.
#[derive(Debug, Clone, Args)]
pub(crate) struct UnderTest {
    /// The relay to test
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) relay: PathBuf,
    /// The library that shows a relay another day
    #[arg(long, value_name = "LIBRARY")]
    pub(crate) clock: Option<PathBuf>,
    /// Cases of many minutes too
    #[arg(long)]
    pub(crate) slow: bool,
    /// How long the soak goes on, in minutes; the first ten do not count
    #[arg(long, value_name = "MINUTES", default_value_t = 120)]
    pub(crate) soak: u32,
    /// Leave settings out of the relay's configuration: the beginning of their key
    #[arg(long, hide = true, value_name = "KEY", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerOptions {
    #[arg(long, required = true)]
    pub(crate) cases: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) under_test: UnderTest,
    /// A folder of its own
    #[arg(long)]
    pub(crate) scratch: PathBuf,
}

/// Who brings the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Mode {
    Passthrough,
    ServerKey,
}

impl Mode {
    pub(crate) fn key_mode(self) -> KeyMode {
        match self {
            Self::Passthrough => KeyMode::Passthrough,
            Self::ServerKey => KeyMode::ServerKey,
        }
    }
}
