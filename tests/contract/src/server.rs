//! One of the built servers as a child process, which never outlives the test that started it.

use std::env;
use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A debug build on a busy machine starts within a second; more than this is a hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Dropping it kills the process.
#[derive(Debug)]
pub struct Server {
    name: &'static str,
    child: Child,
    guard: Guard,
    /// Lines of stdout, as they come.
    announcements: Receiver<String>,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts `name`, found in the environment variable `variable`, else where `cargo build` puts it.
    pub fn start(name: &'static str, variable: &str, configure: impl FnOnce(&mut Command)) -> Self {
        let program = program(name, variable);
        let mut command = Command::new(&program);
        configure(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!(
                "{}: {error}\nBuild it (cargo build -p {name}) or give its path in {variable}.",
                program.display()
            )
        });
        let guard = Guard::of(&child);
        let output = Arc::new(Mutex::new(String::new()));
        let (sender, announcements) = mpsc::channel();
        let readers = vec![
            // Nobody may be waiting for a line any more; the pipe still needs to be emptied.
            read_lines(child.stdout.take(), &output, move |line| drop(sender.send(line.to_owned()))),
            read_lines(child.stderr.take(), &output, |_| {}),
        ];
        Self { name, child, guard, announcements, output, readers }
    }

    /// Waits for a line `<key> <value>` on stdout and gives the value.
    pub fn announced(&self, key: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.announcements.recv_timeout(left) else {
                panic!("{} did not print \"{key} …\"; it printed:\n{}", self.name, self.output());
            };
            if let Some(value) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(' ')) {
                return value.trim().to_owned();
            }
        }
    }

    /// Ends the server and gives everything it wrote, stdout and stderr together.
    pub fn stop(mut self) -> String {
        self.kill();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        self.output()
    }

    /// Asks the server to end in good order.
    pub fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success(), "kill: {status}");
    }

    /// Waits until the server has ended by itself; true when it says that all went well.
    pub fn ended_well(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(Instant::now() < deadline, "{} does not end", self.name);
            thread::yield_now();
        }
    }

    /// A number of kilobytes from the process's status, for example `VmRSS` or `VmHWM` (its peak). Linux only.
    pub fn kilobytes(&self, field: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Whether the server has ended by itself already.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it wrote so far, stdout and stderr together.
    pub fn output(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn kill(&mut self) {
        // First the guard, or it could kill whoever gets the number next.
        self.guard.dismiss();
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn program(name: &str, variable: &str) -> PathBuf {
    match env::var_os(variable) {
        Some(path) => path.into(),
        None => {
            let built = format!("../../target/debug/{name}{}", env::consts::EXE_SUFFIX);
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(built)
        }
    }
}

fn read_lines(
    pipe: Option<impl Read + Send + 'static>,
    output: &Arc<Mutex<String>>,
    mut tell: impl FnMut(&str) + Send + 'static,
) -> JoinHandle<()> {
    let pipe = pipe.expect("the pipe was asked for");
    let output = Arc::clone(output);
    thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
            let text = String::from_utf8_lossy(&line);
            output.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
            tell(text.trim_end());
            line.clear();
        }
    })
}

/// Kills the server when this process dies without running destructors. It waits on a pipe that only we hold.
#[derive(Debug)]
struct Guard(Option<Child>);

impl Guard {
    fn of(server: &Child) -> Self {
        if !cfg!(unix) {
            return Self(None);
        }
        let guard = Command::new("sh")
            .args(["-c", "read -r _; kill -9 \"$0\"", &server.id().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(Some(guard.expect("a shell")))
    }

    fn dismiss(&mut self) {
        if let Some(mut guard) = self.0.take() {
            let _ = guard.kill();
            let _ = guard.wait();
        }
    }
}
