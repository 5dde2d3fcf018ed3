//! The memory of a process, as Linux counts it.

use std::fs;

/// Megabytes of memory in use now.
pub(super) fn resident_mb(pid: u32) -> Option<f64> {
    field(pid, "VmRSS")
}

/// The most megabytes in use since [`reset_peak`].
pub(super) fn peak_mb(pid: u32) -> Option<f64> {
    field(pid, "VmHWM")
}

pub(super) fn reset_peak(pid: u32) {
    // 5 means: begin the peak anew. Without it the peak is that of the whole life, and a case fails rather than passes.
    let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

/// Open files.
pub(super) fn open_files(pid: u32) -> Option<usize> {
    fs::read_dir(format!("/proc/{pid}/fd")).ok().map(Iterator::count)
}

fn field(pid: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
