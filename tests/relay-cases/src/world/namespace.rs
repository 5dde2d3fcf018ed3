//! A network of our own: every address is on its loopback device, so a relay that connects to the wrong place is
//! seen there, and nothing gets out.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::places;

/// A command that runs `program` in new user, network and mount namespaces, and kills it when we die.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--net", "--mount", "--kill-child", "--fork"]).arg(program);
    command
}

/// Fails with a sentence that says what this machine lacks.
pub(crate) fn ensure_available() -> Result<()> {
    let output = command("ip").args(["link", "show", "lo"]).stdin(Stdio::null()).output();
    let why = match output {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    bail!("cannot run here: no network namespace (needs util-linux, iproute2 and user namespaces): {why}")
}

/// Makes every address local and puts our name server into place. Only for a process that `command` started.
pub(crate) fn prepare(scratch: &Path) -> Result<()> {
    if fs::read_dir("/sys/class/net").is_ok_and(|devices| devices.count() > 1) && !only_loopback() {
        bail!("this is not a network namespace of its own");
    }
    ip(&["link", "set", "lo", "up"])?;
    ip(&["route", "add", "local", "0.0.0.0/0", "dev", "lo"])?;
    ip(&["-6", "route", "add", "local", "::/0", "dev", "lo"])?;
    // So that clients may come from any address of a network.
    fs::write("/proc/sys/net/ipv6/ip_nonlocal_bind", "1").context("let clients have any IPv6 address")?;
    // Thousands of short connections: their ports must be free again at once.
    fs::write("/proc/sys/net/ipv4/ip_local_port_range", "1025 65000").context("widen the port range")?;
    let resolver = scratch.join("resolv.conf");
    fs::write(&resolver, format!("nameserver {}\n", places::NAME_SERVER))?;
    run("mount", &["--bind".as_ref(), resolver.as_os_str(), "/etc/resolv.conf".as_ref()])
}

/// A small disk of its own at `folder`, so that it can be filled.
pub(crate) fn mount_small_disk(folder: &Path, bytes: u64) -> Result<()> {
    let size = format!("size={bytes},mode=0700");
    let arguments = ["-t", "tmpfs", "-o", &size, "tmpfs"].map(OsStr::new);
    run("mount", &[&arguments[..], &[folder.as_os_str()]].concat())
}

/// Lets nothing be written below `folder` any more. Nothing there may be open for writing.
pub(crate) fn make_read_only(folder: &Path) -> Result<()> {
    run("mount", &["--bind".as_ref(), folder.as_os_str(), folder.as_os_str()])?;
    run("mount", &["-o".as_ref(), "remount,bind,ro".as_ref(), folder.as_os_str()])
}

pub(crate) fn unmount(folder: &Path) -> Result<()> {
    run("umount", &["--lazy".as_ref(), folder.as_os_str()])
}

/// `/sys` may show the devices of the namespace we came from; this file never does.
fn only_loopback() -> bool {
    let devices = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    let names = devices.lines().skip(2).filter_map(|line| line.split_once(':'));
    names
        .map(|(name, _)| name.trim())
        .all(|name| name == "lo" || name.contains("tun") || name.contains("gre"))
}

fn ip(arguments: &[&str]) -> Result<()> {
    run("ip", &arguments.iter().map(OsStr::new).collect::<Vec<_>>())
}

fn run(program: &str, arguments: &[&OsStr]) -> Result<()> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("start {program}"))?;
    if !output.status.success() {
        bail!("{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
