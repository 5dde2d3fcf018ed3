//! Child processes that never outlive us.
//!
//! Every child leads a process group of its own. When it ends, when we end, or when a signal ends us, the
//! whole group goes, so servers that a test runner started go too.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

mod group;

/// How long a child may take to end in good order before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// How often we look whether a child has ended.
pub(crate) const POLL: Duration = Duration::from_millis(200);
/// What a shell reports for a program ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

static GROUPS: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static STOPPING: AtomicBool = AtomicBool::new(false);

/// From now on SIGINT, SIGTERM and SIGHUP end all children first, then us.
pub(crate) fn stop_children_on_signals() -> Result<()> {
    group::adopt_orphans();
    ctrlc::set_handler(|| {
        let groups = {
            let groups = groups();
            STOPPING.store(true, Ordering::SeqCst);
            groups.clone()
        };
        group::end_all(&groups, GRACE);
        std::process::exit(INTERRUPTED);
    })
    .context("install the signal handler")
}

/// Waits for the end when a signal is already ending us; otherwise returns at once.
pub(crate) fn park_if_stopping() {
    while STOPPING.load(Ordering::SeqCst) {
        thread::park();
    }
}

/// Runs a command to its end, its output going where ours goes. Fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    // Our stdout is for results alone.
    command.stdout(std::io::stderr());
    let what = describe(command);
    let status = Running::spawn(command)?.wait()?;
    if status.success() { Ok(()) } else { bail!("{what}: {status}") }
}

/// Runs a command to its end; what it prints is our result.
pub(crate) fn show(command: &mut Command) -> Result<ExitStatus> {
    Running::spawn(command)?.wait()
}

/// Runs a command to its end, showing its output and handing each line to `read`.
pub(crate) fn run_reading(command: &mut Command, mut read: impl FnMut(&str)) -> Result<ExitStatus> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running::spawn(command)?;
    let lines = lines_of(&mut running.child);
    loop {
        match lines.recv_timeout(POLL) {
            Ok(line) => {
                eprintln!("{line}");
                read(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // Something the child left behind may hold its pipes open.
            Err(RecvTimeoutError::Timeout) if running.child.try_wait()?.is_some() => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    running.wait()
}

/// A server of ours. Ends with this value.
#[derive(Debug)]
pub(crate) struct Server {
    name: &'static str,
    running: Running,
    lines: Receiver<String>,
}

impl Server {
    /// Starts it; its output goes to our stderr, marked with `name`.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Running::spawn(command)?;
        let (sender, lines) = mpsc::channel();
        let output = lines_of(&mut running.child);
        thread::spawn(move || {
            for line in output {
                eprintln!("{name}: {line}");
                // Nobody may be waiting for a line any more; the server still needs its pipe emptied.
                sender.send(line).ok();
            }
        });
        Ok(Self { name, running, lines })
    }

    /// Waits for a line `<key> <value>` and gives the value.
    pub(crate) fn announced(&self, key: &str, patience: Duration) -> Result<String> {
        let deadline = Instant::now() + patience;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    if let Some(value) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(' ')) {
                        return Ok(value.trim().to_owned());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    bail!("{} did not print \"{key} …\" within {patience:?}", self.name)
                }
                Err(RecvTimeoutError::Disconnected) => bail!("{} ended before it was ready", self.name),
            }
        }
    }

    /// Fails when the server has ended.
    pub(crate) fn ensure_running(&mut self) -> Result<()> {
        match self.running.child.try_wait().with_context(|| self.name)? {
            Some(status) => bail!("{} ended by itself ({status})", self.name),
            None => Ok(()),
        }
    }
}

/// A child and its group.
#[derive(Debug)]
struct Running {
    child: Child,
}

impl Running {
    fn spawn(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null());
        group::lead_own(command);
        // Held until the child is on the list, so that a signal cannot slip in between.
        let mut groups = groups();
        if STOPPING.load(Ordering::SeqCst) {
            bail!("stopping");
        }
        let child = command.spawn().with_context(|| format!("start {}", describe(command)))?;
        groups.push(child.id());
        Ok(Self { child })
    }

    fn wait(mut self) -> Result<ExitStatus> {
        self.child.wait().context("wait for a child")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let id = self.child.id();
        group::end_all(&[id], GRACE);
        // Where groups are unknown; an error means that it has ended already.
        self.child.kill().ok();
        self.child.wait().ok();
        groups().retain(|group| *group != id);
    }
}

/// All lines of a child's stdout and stderr, as they come.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    let pipes = [
        child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ];
    for pipe in pipes.into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                    return;
                }
            }
        });
    }
    lines
}

fn groups() -> MutexGuard<'static, Vec<u32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The command as one would type it; arguments only, never the environment, which may hold a key.
fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn is_running(process: &str) -> bool {
        let id = process.parse().ok().and_then(rustix::process::Pid::from_raw);
        id.is_some_and(|id| rustix::process::test_kill_process(id).is_ok())
    }

    #[test]
    fn a_server_ends_with_its_value_and_so_does_what_it_started() {
        group::adopt_orphans();
        let script = "sleep 300 & echo grandchild $!; echo listening http://here; wait";
        let server = Server::start("test", &mut shell(script)).unwrap();
        let grandchild = server.announced("grandchild", PATIENCE).unwrap();
        assert_eq!(server.announced("listening", PATIENCE).unwrap(), "http://here");
        assert!(is_running(&grandchild));
        drop(server);
        assert!(!is_running(&grandchild));
    }

    #[test]
    fn a_server_that_ends_too_early_is_an_error() {
        let mut server = Server::start("test", &mut shell("echo no luck; exit 3")).unwrap();
        let error = server.announced("listening", PATIENCE).unwrap_err();
        assert!(error.to_string().contains("ended before"), "{error}");
        // Its pipes close a moment before it has ended.
        let deadline = Instant::now() + PATIENCE;
        while server.ensure_running().is_ok() {
            assert!(Instant::now() < deadline, "it has ended, but seems to run");
            thread::yield_now();
        }
    }

    #[test]
    fn a_silent_server_is_an_error_that_says_what_was_missing() {
        let server = Server::start("test", &mut shell("sleep 300")).unwrap();
        let error = server.announced("listening", Duration::from_millis(50)).unwrap_err();
        assert!(error.to_string().contains("\"listening …\""), "{error}");
    }

    #[test]
    fn a_failing_command_is_named() {
        let error = run(&mut shell("exit 7")).unwrap_err();
        assert!(error.to_string().contains("sh -c exit 7"), "{error}");
    }

    #[test]
    fn every_line_is_read_from_both_outputs() {
        let mut lines = Vec::new();
        let status =
            run_reading(&mut shell("echo out; echo err >&2"), |line| lines.push(line.to_owned())).unwrap();
        lines.sort();
        assert!(status.success());
        assert_eq!(lines, ["err", "out"]);
    }
}
