//! How long a call takes: always the same time, or another one for every call.

use std::str::FromStr;
use std::time::Duration;

/// Stands between the shortest and the longest time of a range.
const TO: &str = "..";

/// The least time a successful generation call takes, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    shortest: Duration,
    longest: Duration,
}

impl Latency {
    /// The time of one call, anywhere in the range.
    pub(crate) fn draw(self) -> Duration {
        // Without random numbers every call takes the shortest time, which a range allows too.
        let part = getrandom::u32().map_or(0.0, |number| f64::from(number) / f64::from(u32::MAX));
        self.shortest + (self.longest - self.shortest).mul_f64(part)
    }
}

impl From<Duration> for Latency {
    /// The same time for every call.
    fn from(time: Duration) -> Self {
        Self { shortest: time, longest: time }
    }
}

impl FromStr for Latency {
    type Err = String;

    /// Reads `2s`, or a range such as `200ms..3s`.
    fn from_str(text: &str) -> Result<Self, String> {
        let time = |text: &str| {
            humantime::parse_duration(text)
                .map_err(|error| format!("{error}; expected e.g. 2s, or a range such as 200ms..3s"))
        };
        let Some((shortest, longest)) = text.split_once(TO) else { return time(text).map(Self::from) };
        let (shortest, longest) = (time(shortest)?, time(longest)?);
        if longest < shortest {
            return Err(format!("the shortest time comes first, as in 200ms..3s, not {text}"));
        }
        Ok(Self { shortest, longest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Latency, String> {
        text.parse()
    }

    #[test]
    fn a_single_time_is_the_time_of_every_call() {
        for (text, millis) in [("0", 0), ("0s", 0), ("250ms", 250), ("2s", 2000)] {
            assert_eq!(parse(text).unwrap().draw(), Duration::from_millis(millis), "{text}");
        }
    }

    #[test]
    fn a_range_gives_times_from_all_of_it_and_none_outside() {
        let latency = parse("200ms..3s").unwrap();
        let drawn: Vec<u128> = (0..500).map(|_| latency.draw().as_millis()).collect();
        assert!(drawn.iter().all(|millis| (200..=3000).contains(millis)), "{drawn:?}");
        // Each half is missed once in 2^500 runs.
        assert!(drawn.iter().any(|millis| *millis < 1600) && drawn.iter().any(|millis| *millis > 1600));
    }

    #[test]
    fn both_ends_may_be_the_same() {
        assert_eq!(parse("1s..1s").unwrap(), Latency::from(Duration::from_secs(1)));
    }

    #[test]
    fn what_is_no_time_and_no_range_is_refused_with_an_example() {
        for text in ["", "fast", "..", "1s..", "..1s", "1s..2s..3s", "3s..200ms", "-1s..2s", "1s-2s"] {
            let error = parse(text).unwrap_err();
            assert!(error.contains("200ms..3s"), "{text}: {error}");
        }
    }
}
