//! The `Prefer` header of RFC 7240, as far as the relay honours it.

use std::time::Duration;

use http::header::{HeaderMap, HeaderName};

/// The request header.
pub const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Says on an answer which wish was granted.
pub const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Longer waits would meet the time limits of proxies on the way.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A caller's wishes. Wishes the relay does not know are passed over, as the RFC asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prefer {
    /// Answer `202` as soon as the call is on its way.
    pub respond_async: bool,
    /// Wait this long for a result before saying that there is none yet; at most a minute.
    pub wait: Option<Duration>,
}

impl Prefer {
    /// Reads all `Prefer` headers; the first mention of a wish counts.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let mut prefer = Self::default();
        let lines = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
        for wish in lines.flat_map(|line| line.split(',')) {
            let name = wish.split(';').next().unwrap_or_default().trim();
            if name.eq_ignore_ascii_case("respond-async") {
                prefer.respond_async = true;
            } else if let Some((name, value)) = name.split_once('=')
                && name.trim().eq_ignore_ascii_case("wait")
                && prefer.wait.is_none()
            {
                let seconds = value.trim().trim_matches('"').parse::<u32>().ok();
                prefer.wait = seconds.map(|seconds| Duration::from_secs(seconds.into()).min(LONGEST_WAIT));
            }
        }
        prefer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn prefer(lines: &[&str]) -> (bool, Option<u64>) {
        let headers = lines.iter().map(|line| (PREFER, HeaderValue::from_str(line).unwrap())).collect();
        let prefer = Prefer::from_headers(&headers);
        (prefer.respond_async, prefer.wait.map(|wait| wait.as_secs()))
    }

    #[test]
    fn wishes_are_read_in_every_spelling_of_the_rfc() {
        assert_eq!(prefer(&[]), (false, None));
        assert_eq!(prefer(&["respond-async"]), (true, None));
        assert_eq!(prefer(&["Respond-Async, wait=25"]), (true, Some(25)));
        assert_eq!(prefer(&["foo; bar", "respond-async;x=1", "wait = \"5\""]), (true, Some(5)));
        assert_eq!(prefer(&["wait=5, wait=9"]), (false, Some(5)));
    }

    #[test]
    fn a_wait_is_bounded_and_nonsense_is_passed_over() {
        assert_eq!(prefer(&["wait=4000"]), (false, Some(60)));
        for nonsense in ["wait", "wait=", "wait=-1", "wait=1e3", "respond-async-later", ","] {
            assert_eq!(prefer(&[nonsense]), (false, None), "{nonsense}");
        }
    }
}
