//! The time, from the browser.

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Seconds since 1970.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds since 1970 fit for ages"
)]
pub(crate) fn now_unix() -> u64 {
    (now_ms() / 1000.0) as u64
}
