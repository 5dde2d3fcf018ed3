//! Memory and processor time of a process, as Linux shows them.

use std::fs;

use anyhow::{Context, Result};

/// `/proc` counts processor time in hundredths of a second on every usual machine.
const TICKS_PER_SECOND: f64 = 100.0;
const KIB_PER_MIB: f64 = 1024.0;

/// Resident memory now, in MiB.
pub(crate) fn resident(process: u32) -> Result<f64> {
    mebibytes(process, "VmRSS")
}

/// The most resident memory since the start or since [`forget_peak`], in MiB.
pub(crate) fn peak(process: u32) -> Result<f64> {
    mebibytes(process, "VmHWM")
}

/// Lets the peak begin anew.
pub(crate) fn forget_peak(process: u32) -> Result<()> {
    let path = format!("/proc/{process}/clear_refs");
    fs::write(&path, "5").with_context(|| format!("write {path} (this trial needs Linux)"))
}

/// Seconds of processor time so far, of all threads, in the program and for it in the kernel.
pub(crate) fn processor_seconds(process: u32) -> Result<f64> {
    let stat = read(process, "stat")?;
    parse_processor_seconds(&stat).context("/proc/…/stat has another form")
}

fn parse_processor_seconds(stat: &str) -> Option<f64> {
    // The second field is the program's name in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Some((ticks.next()?.ok()? + ticks.next()?.ok()?) / TICKS_PER_SECOND)
}

fn mebibytes(process: u32, field: &str) -> Result<f64> {
    let status = read(process, "status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kibibytes: Option<f64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok(kibibytes.with_context(|| format!("/proc/…/status has no {field}"))? / KIB_PER_MIB)
}

fn read(process: u32, file: &str) -> Result<String> {
    let path = format!("/proc/{process}/{file}");
    fs::read_to_string(&path).with_context(|| format!("read {path} (this trial needs Linux)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194560 1 0 0 0 150 25 0 0 20 0 3 0 1 2 3";
        assert_eq!(parse_processor_seconds(stat), Some(1.75));
        assert_eq!(parse_processor_seconds("42 (a) S 1"), None);
    }
}
