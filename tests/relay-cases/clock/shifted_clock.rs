//! A calendar clock that runs ahead, for relays whose daily budgets are under test. Loaded with `LD_PRELOAD`;
//! `SHIFTED_CLOCK_SECONDS` says how far ahead. Timers are untouched: they use the monotonic clock.
#![cfg(target_os = "linux")]

use std::sync::OnceLock;

/// Stands in front of the C library's function of the same name.
///
/// # Safety
/// As for the C library's: `time` must point to a `timespec` that may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> libc::c_int {
    // SAFETY: the same call with the same arguments, past the C library; the caller vouches for `time`.
    let result = unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) };
    if result == 0 && matches!(clock, libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE) {
        // SAFETY: the system call succeeded, so `time` could be written.
        unsafe { (*time).tv_sec += ahead() };
    }
    // 0 or -1.
    result as libc::c_int
}

fn ahead() -> i64 {
    static SECONDS: OnceLock<i64> = OnceLock::new();
    let read = || std::env::var("SHIFTED_CLOCK_SECONDS").ok()?.parse().ok();
    *SECONDS.get_or_init(|| read().unwrap_or(0))
}
