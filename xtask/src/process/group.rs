//! Process groups, where the system has them.

use std::process::Command;
use std::time::Duration;

/// Lets what our children leave behind become our own children, so that we can wait for it. Elsewhere than on
/// Linux the system's first process does that.
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    // Without it only the end of a stubborn group takes longer.
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).ok();
}

/// Makes the command's process lead a new group, and end when we are killed outright.
#[cfg(unix)]
pub(super) fn lead_own(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
    #[cfg(target_os = "linux")]
    // SAFETY: between fork and exec only async-signal-safe calls are allowed; this is one system call.
    unsafe {
        command.pre_exec(|| {
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))?;
            Ok(())
        });
    }
}

/// Asks all groups to end, waits up to `grace`, then kills what is left.
#[cfg(unix)]
pub(super) fn end_all(groups: &[u32], grace: Duration) {
    use std::time::Instant;

    use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpgid};

    const POLL: Duration = Duration::from_millis(20);

    let groups: Vec<Pid> =
        groups.iter().filter_map(|id| i32::try_from(*id).ok().and_then(Pid::from_raw)).collect();
    let send = |signal| {
        for group in &groups {
            // An error means: no such group any more.
            kill_process_group(*group, signal).ok();
        }
    };
    let gone = |group: &Pid| {
        // A process that ended but was not waited for still counts as a member.
        while let Ok(Some(_)) = waitpgid(*group, WaitOptions::NOHANG) {}
        test_kill_process_group(*group).is_err()
    };

    send(Signal::TERM);
    let deadline = Instant::now() + grace;
    while !groups.iter().all(gone) {
        if Instant::now() > deadline {
            send(Signal::KILL);
            return;
        }
        std::thread::sleep(POLL);
    }
}

/// Without groups a child is ended alone, and only by its owner.
#[cfg(not(unix))]
pub(super) fn lead_own(_: &mut Command) {}

#[cfg(not(unix))]
pub(super) fn end_all(_: &[u32], _: Duration) {}
