//! Starting a relay only to see whether it starts.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::Site;
use super::process::{end_with_us, environment};
use crate::fill::Secrets;
use crate::world::wait_until;

/// What a relay that does not run says and does.
#[derive(Debug, Clone)]
pub(crate) struct StartUp {
    /// `None` when it was still running after some seconds.
    pub(crate) exit_code: Option<i32>,
    /// Standard output and error.
    pub(crate) output: String,
}

impl StartUp {
    /// True when the relay ended with an error of its own, not by a signal or a panic.
    pub(crate) fn was_refused(&self) -> bool {
        self.exit_code.is_some_and(|code| code != 0 && code != 101)
    }
}

/// Starts the relay with these arguments, and ends it if it runs.
pub(crate) async fn try_start(site: &Site, secrets: &Secrets, arguments: &[&str]) -> Result<StartUp> {
    let output_file = site.scratch.join("start-up.log");
    let output = std::fs::File::create(&output_file)?;
    let mut command = Command::new(&site.binary);
    command.args(arguments).current_dir(&site.scratch);
    environment(&mut command, secrets);
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    end_with_us(&mut command);
    let mut child = command.spawn().with_context(|| format!("start {}", site.binary.display()))?;

    let mut status = None;
    wait_until(Duration::from_secs(10), || {
        status = child.try_wait().ok().flatten();
        status.is_some() || read(&output_file).contains("listening http")
    })
    .await;
    if status.is_none() {
        child.kill()?;
        child.wait()?;
    }
    // A process ended by a signal has no code; it did not refuse anything in good order.
    let exit_code = status.map(|status| status.code().unwrap_or(101));
    Ok(StartUp { exit_code, output: read(&output_file) })
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
}
