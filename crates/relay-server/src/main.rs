//! The relay as a program: command line in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;
use relay_server::config::{Cli, Config};
use relay_server::{Server, logging};

/// Bad configuration; the same code the command line parser uses.
const EXIT_CONFIG: u8 = 2;

fn main() -> ExitCode {
    let config = match Config::load(&Cli::parse(), |name| std::env::var(name).ok()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("relay-server: {error}");
            return ExitCode::from(EXIT_CONFIG);
        }
    };
    logging::start(config.log_format);
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relay-server: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::bind(config).await?;
    let stop = relay_server::signal()?;
    // Tools that start the relay wait for this line.
    println!("listening {}://{}", server.scheme(), server.address());
    server.run(stop).await;
    Ok(())
}
