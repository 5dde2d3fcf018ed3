//! Numbers as people read them. Pure, so that no browser is needed to test them.

/// `72` → `1:12`, `3725` → `1:02:05`.
#[must_use]
pub fn elapsed(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Micro yuan as yuan with two places, rounded up so that nobody pays more than was shown: `1_500_000` → `¥1.50`.
#[must_use]
pub fn price(micro_cny: u64) -> String {
    let fen = micro_cny.div_ceil(10_000);
    format!("¥{}.{:02}", fen / 100, fen % 100)
}

/// Bytes as MB with one place, or KB below one MB. 1 MB is 1024 × 1024 bytes, as the limits count.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    const MB: u64 = 1024 * 1024;
    if bytes >= MB {
        let tenths = bytes * 10 / MB;
        format!("{}.{} MB", tenths / 10, tenths % 10)
    } else {
        format!("{} KB", bytes.div_ceil(1024))
    }
}

/// The first group of a request id: enough to tell results apart.
#[must_use]
pub fn short_id(request_id: &str) -> &str {
    request_id.split('-').next().filter(|part| !part.is_empty()).unwrap_or(request_id)
}

/// File name of a result: the request it belongs to and its place. Letters, digits and `-` only.
#[must_use]
pub fn file_name(request_id: Option<&str>, index: usize) -> String {
    let id: String = request_id
        .map(short_id)
        .unwrap_or("result")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(16)
        .collect();
    format!("qwen-edit-{id}-{}.png", index + 1)
}

/// Hours and minutes until a link expires, or nothing when it has.
#[must_use]
pub fn time_left(expires_at: u64, now: u64) -> Option<(u64, u64)> {
    let seconds = expires_at.checked_sub(now).filter(|left| *left > 0)?;
    let minutes = seconds.div_ceil(60);
    Some((minutes / 60, minutes % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_reads_like_a_clock() {
        assert_eq!(elapsed(0), "0:00");
        assert_eq!(elapsed(72), "1:12");
        assert_eq!(elapsed(3725), "1:02:05");
    }

    #[test]
    fn prices_are_rounded_up_to_the_fen() {
        assert_eq!(price(1_500_000), "¥1.50");
        assert_eq!(price(550_443), "¥0.56");
        assert_eq!(price(0), "¥0.00");
    }

    #[test]
    fn sizes_use_the_unit_of_the_limits() {
        assert_eq!(bytes(10 * 1024 * 1024), "10.0 MB");
        assert_eq!(bytes(791_555), "774 KB");
    }

    #[test]
    fn file_names_are_safe_whatever_the_service_sent() {
        assert_eq!(file_name(Some("959afba6-544e-487e"), 0), "qwen-edit-959afba6-1.png");
        assert_eq!(file_name(None, 2), "qwen-edit-result-3.png");
        assert_eq!(file_name(Some("../../x"), 0), "qwen-edit-x-1.png");
    }

    #[test]
    fn a_link_at_its_last_second_still_has_a_minute() {
        assert_eq!(time_left(100, 99), Some((0, 1)));
        assert_eq!(time_left(100, 100), None);
        assert_eq!(time_left(86_400, 0), Some((24, 0)));
    }
}
