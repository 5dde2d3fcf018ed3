//! The relay as a program: command line in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;
use relay_server::config::{Cli, Config, ConfigError};
use relay_server::{Reloader, Server, logging};

/// Bad configuration; the same code the command line parser uses.
const EXIT_CONFIG: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(name) = cli.invitee() {
        return print_invite(name);
    }
    let config = match load(&cli) {
        Ok(config) => config,
        Err(error) => return refuse(&error),
    };
    logging::start(config.log_format);
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    match run(cli, config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relay-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn load(cli: &Cli) -> Result<Config, ConfigError> {
    Config::load(cli, |name| std::env::var(name).ok())
}

fn refuse(error: &ConfigError) -> ExitCode {
    eprintln!("relay-server: {error}");
    ExitCode::from(EXIT_CONFIG)
}

fn print_invite(name: &str) -> ExitCode {
    match relay_server::invite(name) {
        Ok(made) => {
            println!(
                "The token for {name}; it is stored nowhere, so hand it over now:\n\n  {}\n",
                made.token
            );
            println!(
                "The line for the list access.invites in relay.toml; set the limits, then reload with SIGHUP:\n"
            );
            println!("  {}", made.config_line);
            ExitCode::SUCCESS
        }
        Err(error) => refuse(&error),
    }
}

#[tokio::main]
async fn run(cli: Cli, config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::bind(config).await?;
    let stop = relay_server::signal()?;
    tokio::spawn(reload_on_signal(cli, server.reloader()));
    // Tools that start the relay wait for this line.
    println!("listening {}://{}", server.scheme(), server.address());
    server.run(stop).await;
    Ok(())
}

/// SIGHUP reads the configuration again and takes over who may call. A configuration with a fault changes nothing.
#[cfg(unix)]
async fn reload_on_signal(cli: Cli, reloader: Reloader) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = match signal(SignalKind::hangup()) {
        Ok(hangups) => hangups,
        Err(error) => return tracing::warn!(%error, "SIGHUP will not reload the invites"),
    };
    while hangups.recv().await.is_some() {
        match load(&cli) {
            Ok(config) => {
                let invites = config.access.as_ref().map_or(0, |access| access.invites.len());
                reloader.apply(&config);
                tracing::info!(invites, "reloaded [access]; other settings change with a restart");
            }
            Err(error) => tracing::error!(%error, "the configuration was not reloaded"),
        }
    }
}

#[cfg(not(unix))]
async fn reload_on_signal(_: Cli, _: Reloader) {}
