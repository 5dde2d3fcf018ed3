//! The queue's end of a worker.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::options::Options;
use crate::procedures::Verdict;
use crate::worker::{Job, Outcome};
use crate::world::namespace;

const READY_WITHIN: Duration = Duration::from_secs(30);

/// A worker that waits for its next job. Dropping it ends it.
pub(super) struct Link {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    _scratch: TempDir,
}

impl Link {
    /// Starts a worker in a network of its own.
    pub(super) fn start(options: &Options) -> Result<Self> {
        let scratch = tempfile::Builder::new().prefix("relay-cases-").tempdir()?;
        let mut command = namespace::command(std::env::current_exe()?);
        command.arg("worker").arg("--scratch").arg(scratch.path());
        for file in &options.cases {
            command.arg("--cases").arg(file);
        }
        let tested = &options.under_test;
        command.arg("--relay").arg(&tested.relay);
        if let Some(clock) = &tested.clock {
            command.arg("--clock").arg(clock);
        }
        if tested.slow {
            command.arg("--slow").arg("--soak").arg(tested.soak.to_string());
        }
        for key in &tested.without {
            command.arg("--without").arg(key);
        }
        // SAFETY: between fork and exec only async-signal-safe calls are allowed; this is one system call.
        unsafe {
            command.pre_exec(|| {
                rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
                Ok(())
            });
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("start a worker")?;
        let input = child.stdin.take().context("a worker's input")?;
        let output = child.stdout.take().context("a worker's output")?;
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let link = Self { child, input, lines, _scratch: scratch };
        match link.lines.recv_timeout(READY_WITHIN) {
            Ok(line) if line == "ready" => Ok(link),
            _ => bail!("a worker does not become ready; what it says stands above"),
        }
    }

    /// Hands over a job. A worker that dies or does not come to an end is not given back.
    pub(super) fn carry_out(mut self, job: &Job, patience: Duration) -> (Outcome, Option<Self>) {
        let started = Instant::now();
        let failed = |why: String| {
            (Outcome { verdict: Verdict::Failed(why), seconds: started.elapsed().as_secs_f64() }, None)
        };
        let told = serde_json::to_string(job).map_err(std::io::Error::from);
        if let Err(error) =
            told.and_then(|job| writeln!(self.input, "{job}").and_then(|()| self.input.flush()))
        {
            return failed(format!("could not be run: {error}"));
        }
        match self.lines.recv_timeout(patience) {
            Ok(line) => match serde_json::from_str(&line) {
                Ok(outcome) => (outcome, Some(self)),
                Err(error) => failed(format!("could not be run: {error}")),
            },
            Err(RecvTimeoutError::Timeout) => failed(format!("did not end within {} s", patience.as_secs())),
            Err(RecvTimeoutError::Disconnected) => failed("could not be run: the worker ended".to_owned()),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // An error means that it has ended already. Its relays end with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
