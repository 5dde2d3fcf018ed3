//! The relay as a program: command line in, exit code out.

use std::io::Write as _;
use std::process::ExitCode;

use relay_server::config::{Cli, Command, Config, ConfigError, NotStarted};
use relay_server::{Reloader, Server, healthcheck, logging};

/// Bad configuration; the same code the command line parser uses.
const EXIT_CONFIG: u8 = 2;
/// Threads that read and write files. Each keeps some memory, and a burst of jobs, which all ask the store at one time,
/// would start one for each.
const FILE_THREADS: usize = 16;

fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os(), std::env::vars_os().map(|(name, _)| name)) {
        Ok(cli) => cli,
        Err(NotStarted::Refused(error)) => return refuse(&error),
        Err(NotStarted::Asked(text)) => {
            // Whoever reads it may have closed the pipe.
            let _ = std::io::stdout().write_all(text.as_bytes());
            return ExitCode::SUCCESS;
        }
    };
    match cli.command() {
        Some(Command::Invite { name }) => return print_invite(name),
        Some(Command::Healthcheck) => return print_health(&cli),
        Some(Command::Check) | None => {}
    }
    let config = match load(&cli) {
        Ok(config) => config,
        Err(error) => return refuse(&error),
    };
    if cli.command().is_some() {
        for warning in config.warnings() {
            eprintln!("relay-server: warning: {warning}");
        }
        println!("the configuration is valid");
        return ExitCode::SUCCESS;
    }
    logging::start(config.log_format);
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
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

fn print_health(cli: &Cli) -> ExitCode {
    let address = match cli.admin_address() {
        Ok(address) => address,
        Err(error) => return refuse(&error),
    };
    match healthcheck(address) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("relay-server: not ready: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli, config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().max_blocking_threads(FILE_THREADS).build()?.block_on(serve(cli, config))
}

async fn serve(cli: Cli, config: Config) -> Result<(), Box<dyn std::error::Error>> {
    // Before anything else: a SIGHUP that nobody listens for ends the program, and opening a large store takes a while.
    let hangups = hangups();
    let server = Server::bind(config).await?;
    let stop = relay_server::signal()?;
    if let Some(hangups) = hangups {
        tokio::spawn(reload_on(hangups, cli, server.reloader()));
    }
    announce(&server);
    server.run(stop).await;
    Ok(())
}

/// Tools that start the relay wait for these lines. One that has read enough may have closed the pipe.
fn announce(server: &Server) {
    let mut lines = format!("listening {}://{}\n", server.scheme(), server.address());
    if let Some(address) = server.admin_address() {
        lines += &format!("admin http://{address}\n");
    }
    let mut stdout = std::io::stdout();
    let _ = stdout.write_all(lines.as_bytes()).and_then(|()| stdout.flush());
}

#[cfg(unix)]
type Hangups = tokio::signal::unix::Signal;
#[cfg(not(unix))]
type Hangups = std::convert::Infallible;

#[cfg(unix)]
fn hangups() -> Option<Hangups> {
    use tokio::signal::unix::{SignalKind, signal};
    let opened = signal(SignalKind::hangup());
    opened.inspect_err(|error| tracing::warn!(%error, "SIGHUP will not reload the invites")).ok()
}

#[cfg(not(unix))]
fn hangups() -> Option<Hangups> {
    None
}

/// SIGHUP reads the configuration again and takes over who may call. A configuration with a fault changes nothing.
#[cfg(unix)]
async fn reload_on(mut hangups: Hangups, cli: Cli, reloader: Reloader) {
    while hangups.recv().await.is_some() {
        match load(&cli).and_then(|config| reloader.apply(&config).map(|()| config)) {
            Ok(config) => {
                let invites = config.access.as_ref().map_or(0, |access| access.invites.len());
                tracing::info!(invites, "reloaded [access]; other settings change with a restart");
            }
            Err(error) => tracing::error!(%error, "[access] stays as it was; other settings need a restart"),
        }
    }
}

#[cfg(not(unix))]
async fn reload_on(hangups: Hangups, _: Cli, _: Reloader) {
    match hangups {}
}
