//! A program under trial: started, listened to, ended in both ways.

use std::collections::VecDeque;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// A program on a busy machine starts within seconds; more than this is a hang.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// Running calls may take a while to end in good order.
const END_PATIENCE: Duration = Duration::from_secs(60);
/// The last lines are enough to say what went wrong.
const KEPT_LINES: usize = 200;

/// A running program. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Program {
    name: &'static str,
    child: Child,
    id: u32,
    lines: UnboundedReceiver<String>,
    output: Arc<Mutex<Output>>,
}

/// What the program wrote.
#[derive(Debug, Default)]
struct Output {
    last: VecDeque<String>,
    complaints: Vec<String>,
}

impl Output {
    fn add(&mut self, line: &str) {
        if line.contains("panicked at") || line.contains(" ERROR ") {
            self.complaints.push(line.to_owned());
        }
        if self.last.len() == KEPT_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line.to_owned());
    }
}

impl Program {
    /// Starts the program of `command`.
    pub(crate) fn start(name: &'static str, mut command: Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("start {name}"))?;
        let id = child.id().with_context(|| format!("{name} ended at once"))?;
        let output = Arc::default();
        let (sender, lines) = unbounded_channel();
        read_lines(child.stdout.take(), &output, sender.clone());
        read_lines(child.stderr.take(), &output, sender);
        Ok(Self { name, child, id, lines, output })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Waits for a line `<key> <value>` and gives the value.
    pub(crate) async fn announced(&mut self, key: &str) -> Result<String> {
        let found = timeout(START_PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                if let Some(value) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(' ')) {
                    return Some(value.trim().to_owned());
                }
            }
            None
        });
        match found.await {
            Ok(Some(value)) => Ok(value),
            Ok(None) => bail!("{} ended before it was ready; it wrote:\n{}", self.name, self.output()),
            Err(_) => bail!("{} did not print \"{key} …\"; it wrote:\n{}", self.name, self.output()),
        }
    }

    /// `kill -9`: the process gets no chance to do anything. Returns when it is gone.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.with_context(|| format!("kill {}", self.name))
    }

    /// SIGTERM, which asks for an orderly end. Returns how it ended.
    pub(crate) async fn terminate(&mut self) -> Result<ExitStatus> {
        let status = Command::new("kill").args(["-TERM", &self.id.to_string()]).status().await?;
        if !status.success() {
            bail!("kill -TERM: {status}");
        }
        match timeout(END_PATIENCE, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => bail!("{} does not end after SIGTERM; it wrote:\n{}", self.name, self.output()),
        }
    }

    /// Lines that tell of a panic or an error.
    pub(crate) fn complaints(&self) -> Vec<String> {
        lock(&self.output).complaints.clone()
    }

    fn output(&self) -> String {
        lock(&self.output).last.iter().map(|line| format!("  {line}\n")).collect()
    }
}

fn lock(output: &Mutex<Output>) -> MutexGuard<'_, Output> {
    output.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read_lines(
    pipe: Option<impl AsyncRead + Unpin + Send + 'static>,
    output: &Arc<Mutex<Output>>,
    sender: UnboundedSender<String>,
) {
    let Some(pipe) = pipe else { return };
    let output = Arc::clone(output);
    tokio::spawn(async move {
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            lock(&output).add(&line);
            // Nobody may be waiting for a line any more; the pipe still needs to be emptied.
            let _ = sender.send(line);
        }
    });
}
