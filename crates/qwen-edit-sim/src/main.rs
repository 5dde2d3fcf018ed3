//! The `qwen-edit-sim` program.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use qwen_edit_sim::{Settings, Simulator};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Settings::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs until Ctrl-C. The two lines on stdout tell a waiting script that both ports answer, and where.
async fn run(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::start(settings).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening {}", simulator.url())?;
    writeln!(stdout, "control {}", simulator.control_url())?;
    stdout.flush()?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
