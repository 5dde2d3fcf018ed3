//! One relay: a process, and the next one on the same state after a kill or a restart.

use std::net::{IpAddr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;

use super::log::Log;
use super::profile::{Places, Profile};
use super::{KEY_VARIABLE, Site, StatePlace, memory};
use crate::fill::Secrets;
use crate::world::{namespace, places, wait_until, write_private};

/// A debug build on a busy machine is ready within a second or two.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// Where a relay is reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address {
    pub(crate) ip: IpAddr,
    pub(crate) port: u16,
    pub(crate) admin: SocketAddr,
}

impl Address {
    /// Host and port as callers write them.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", places::RELAY_NAME, self.port)
    }

    pub(crate) fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.ip, self.port)
    }
}

/// A relay with its profile, state and log. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Relay {
    pub(crate) profile: Profile,
    pub(crate) address: Address,
    site: Site,
    secrets: Secrets,
    folder: PathBuf,
    state_dir: PathBuf,
    log: Log,
    child: Child,
    ended: bool,
}

impl Relay {
    /// Starts a relay with a new state.
    pub(crate) async fn start(site: &Site, secrets: &Secrets, profile: Profile, number: u16) -> Result<Self> {
        let folder = site.scratch.join(format!("relay-{number}"));
        let state_dir = folder.join("state");
        std::fs::create_dir_all(&state_dir)?;
        if let StatePlace::SmallDisk(bytes) = profile.state {
            namespace::mount_small_disk(&state_dir, bytes)?;
        }
        let (port, admin_port) = (18_000 + 2 * number, 18_001 + 2 * number);
        let text = profile.text(site, secrets, &Places { port, admin_port, state_dir: &state_dir });
        write_private(&folder.join("relay.toml"), &text)?;
        let ip = if profile.is_over_ipv6() { places::RELAY_IP6.into() } else { places::RELAY_IP.into() };
        let address = Address { ip, port, admin: SocketAddr::from(([127, 0, 0, 1], admin_port)) };
        let mut log = Log::create(folder.join("log"))?;
        let child = spawn(site, secrets, &folder, &mut log, None)?;
        let (site, secrets) = (site.clone(), secrets.clone());
        let mut relay = Self { profile, address, site, secrets, folder, state_dir, log, child, ended: false };
        relay.wait_until_ready().await?;
        Ok(relay)
    }

    /// Starts the next process on the same state, perhaps some seconds in the future.
    pub(crate) async fn start_again(&mut self, ahead: Option<Duration>) -> Result<()> {
        self.kill()?;
        self.child = spawn(&self.site, &self.secrets, &self.folder, &mut self.log, ahead)?;
        self.ended = false;
        self.wait_until_ready().await
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) -> Result<()> {
        if !self.ended {
            self.child.kill().context("kill the relay")?;
            self.child.wait().context("wait for the relay")?;
            self.ended = true;
        }
        Ok(())
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("process id")?;
        kill_process(pid, signal).context("signal the relay")
    }

    /// Waits for the process to end by itself; `None` when it does not in time.
    pub(crate) async fn end(&mut self, patience: Duration) -> Option<ExitStatus> {
        let mut status = None;
        wait_until(patience, || {
            status = self.child.try_wait().ok().flatten();
            status.is_some()
        })
        .await;
        self.ended |= status.is_some();
        status
    }

    pub(crate) fn is_running(&mut self) -> bool {
        !self.ended && matches!(self.child.try_wait(), Ok(None))
    }

    pub(crate) fn resident_mb(&self) -> Option<f64> {
        memory::resident_mb(self.child.id())
    }

    pub(crate) fn peak_mb(&self) -> Option<f64> {
        memory::peak_mb(self.child.id())
    }

    pub(crate) fn reset_peak(&self) {
        memory::reset_peak(self.child.id());
    }

    pub(crate) fn open_files(&self) -> Option<usize> {
        memory::open_files(self.child.id())
    }

    /// What was given to the program on its command line.
    pub(crate) fn command_line(&self) -> Result<String> {
        let bytes = std::fs::read(format!("/proc/{}/cmdline", self.child.id()))?;
        Ok(String::from_utf8_lossy(&bytes).replace('\0', " "))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// The configuration file, to be changed before a SIGHUP.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.folder.join("relay.toml")
    }

    /// Everything the relay has written so far.
    pub(crate) fn log_text(&self) -> String {
        self.log.text()
    }

    pub(crate) fn new_leaks(&mut self) -> Result<Vec<&'static str>> {
        self.log.new_leaks(&self.secrets)
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while TcpStream::connect(self.address.socket()).await.is_err() {
            self.ended = !matches!(self.child.try_wait(), Ok(None));
            if self.ended {
                let said = self.log.text();
                bail!("the relay ended at start-up: {}", said.lines().last().unwrap_or("without a word"));
            }
            if Instant::now() > deadline {
                bail!("the relay does not listen; its log is {}", self.log.path().display());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.kill();
        if matches!(self.profile.state, StatePlace::SmallDisk(_)) {
            let _ = namespace::unmount(&self.state_dir);
        }
    }
}

fn spawn(
    site: &Site,
    secrets: &Secrets,
    folder: &Path,
    log: &mut Log,
    ahead: Option<Duration>,
) -> Result<Child> {
    let mut command = Command::new(&site.binary);
    command.arg("--config").arg(folder.join("relay.toml"));
    environment(&mut command, secrets);
    if let Some(ahead) = ahead {
        let clock = site.clock.as_ref().context("no library for another clock")?;
        command.env("LD_PRELOAD", clock).env("SHIFTED_CLOCK_SECONDS", ahead.as_secs().to_string());
    }
    command.stdin(Stdio::null()).stdout(log.writer()?).stderr(log.writer()?);
    end_with_us(&mut command);
    command.spawn().with_context(|| format!("start {}", site.binary.display()))
}

/// The relay's own key; full logs, so that a leak shows; and a proxy it must not use.
pub(super) fn environment(command: &mut Command, secrets: &Secrets) {
    command.env_clear().env("RUST_LOG", "trace").env(KEY_VARIABLE, &secrets.server_key);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env(name, format!("http://{}:8080", places::EVIL_NAME));
    }
}

/// No relay outlives the worker that started it.
pub(super) fn end_with_us(command: &mut Command) {
    // SAFETY: between fork and exec only async-signal-safe calls are allowed; this is one system call.
    unsafe {
        command.pre_exec(|| {
            rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
            Ok(())
        });
    }
}
