//! Sizes and times. The defaults are starting points for a small public relay, not measurements.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::error::ConfigError;

/// More than a machine has; far more is more than can be counted.
const MOST_CONNECTIONS: usize = 1_000_000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Longer is a slip of the pen, and far longer is more than a clock can count.
const LONGEST_TIMEOUT: Duration = DAY;
const LONGEST_LIFE: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// The `[limits]` table. Sizes are bytes, times are written like `"10s"` or `"5m"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest request body.
    pub body_bytes: u64,
    /// Request bodies on their way through the relay at one time, counted by their announced length.
    pub in_flight_bytes: u64,
    /// Of these, for one address (IPv6: for one /64). Trusted proxies are exempt, and loopback when the
    /// relay is for this machine only.
    pub in_flight_bytes_per_ip: u64,
    /// Largest answer of the API; a picture is a link, so answers are small.
    pub answer_bytes: u64,
    /// Largest picture.
    pub image_bytes: u64,
    /// Paid calls running at one time, of all callers together.
    pub calls: usize,
    /// Stored jobs and answers together, about; without `state_dir` at most 256 MiB.
    pub state_bytes: u64,
    /// Kept pictures together.
    pub kept_picture_bytes: u64,
    /// How long a finished job, or a kept picture, can be picked up: longer than the vendor's links live.
    #[serde(deserialize_with = "duration")]
    pub job_life: Duration,
    /// Open connections.
    pub connections: usize,
    /// Open connections of one address (IPv6: of one /64), with the same exemptions.
    pub connections_per_ip: usize,
    /// Requests per minute of one address (IPv6: of one /64) that go out to somebody; 0 for no limit. Loopback is
    /// exempt when the relay is for this machine only, unless a trusted proxy is there.
    pub requests_per_minute_per_ip: u32,
    /// Wrong tokens per minute of one address before they are answered with 429; 0 for no limit.
    pub wrong_tokens_per_minute_per_ip: u32,
    /// From the first byte of a request to the end of its headers, and from the start of a connection to the end
    /// of its first headers. A TLS handshake has as long.
    #[serde(deserialize_with = "duration")]
    pub header_timeout: Duration,
    /// The longest pause between the last answer and the next request of a connection.
    #[serde(deserialize_with = "duration")]
    pub idle_timeout: Duration,
    /// A request body may take this long, plus its bytes divided by `body_bytes_per_second`.
    #[serde(deserialize_with = "duration")]
    pub body_timeout: Duration,
    /// See `body_timeout`.
    pub body_bytes_per_second: u64,
    /// A write that makes no progress for this long ends the connection. Over HTTP/2, an answer of which less than
    /// 16 KiB leave in this time is reset.
    #[serde(deserialize_with = "duration")]
    pub write_timeout: Duration,
    /// Name look-up.
    #[serde(deserialize_with = "duration")]
    pub dns_timeout: Duration,
    /// TCP and TLS together.
    #[serde(deserialize_with = "duration")]
    pub connect_timeout: Duration,
    /// From the last byte of the request to the first of the answer.
    #[serde(deserialize_with = "duration")]
    pub first_byte_timeout: Duration,
    /// From the last byte of the request to the last of the answer.
    #[serde(deserialize_with = "duration")]
    pub total_timeout: Duration,
    /// A whole picture.
    #[serde(deserialize_with = "duration")]
    pub image_timeout: Duration,
    /// How long running calls may go on after a signal to stop: a little longer than `total_timeout`, since
    /// they are paid for.
    #[serde(deserialize_with = "duration")]
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 48 << 20,
            in_flight_bytes: 1 << 30,
            in_flight_bytes_per_ip: 256 << 20,
            answer_bytes: 1 << 20,
            image_bytes: 32 << 20,
            calls: 2048,
            state_bytes: 1 << 30,
            kept_picture_bytes: 8 << 30,
            job_life: Duration::from_secs(48 * 60 * 60),
            connections: 4096,
            connections_per_ip: 64,
            requests_per_minute_per_ip: 1200,
            wrong_tokens_per_minute_per_ip: 20,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(60),
            body_bytes_per_second: 64 << 10,
            write_timeout: Duration::from_secs(60),
            dns_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            // The API does not stream: its first byte is the finished, paid edit. Less than the total would lose some.
            first_byte_timeout: Duration::from_secs(300),
            total_timeout: Duration::from_secs(300),
            image_timeout: Duration::from_secs(120),
            drain_timeout: Duration::from_secs(310),
        }
    }
}

impl Limits {
    /// What works, and will hurt.
    pub(super) fn warnings(&self) -> Vec<String> {
        let drain = (self.drain_timeout <= self.total_timeout).then(|| {
            format!(
                "limits.drain_timeout: {} is not above limits.total_timeout ({}): when the relay stops, calls that are \
                 being sent are refused, and running ones may be cut off, paid and without their answer",
                humantime::format_duration(self.drain_timeout),
                humantime::format_duration(self.total_timeout)
            )
        });
        let life = (self.job_life < DAY).then(|| {
            format!(
                "limits.job_life: {} is less than a day, which is how long the vendor's links live: paid answers are \
                 thrown away while their pictures are still there",
                humantime::format_duration(self.job_life)
            )
        });
        drain.into_iter().chain(life).collect()
    }

    /// Refuses what could never work.
    pub(super) fn checked(self) -> Result<Self, ConfigError> {
        for (name, value) in [
            ("body_bytes", self.body_bytes),
            ("answer_bytes", self.answer_bytes),
            ("image_bytes", self.image_bytes),
            ("body_bytes_per_second", self.body_bytes_per_second),
            ("calls", self.calls as u64),
            ("connections", self.connections as u64),
            ("connections_per_ip", self.connections_per_ip as u64),
        ] {
            if value == 0 {
                return Err(ConfigError::invalid(format!("limits.{name}"), "must be at least 1"));
            }
        }
        if self.connections > MOST_CONNECTIONS {
            let problem = format!("must be at most {MOST_CONNECTIONS}");
            return Err(ConfigError::invalid("limits.connections", problem));
        }
        for (name, room) in [
            ("in_flight_bytes", self.in_flight_bytes),
            ("in_flight_bytes_per_ip", self.in_flight_bytes_per_ip),
        ] {
            if self.body_bytes > room {
                let problem = format!("{} is above limits.{name} ({room})", self.body_bytes);
                return Err(ConfigError::invalid("limits.body_bytes", problem));
            }
        }
        self.check_times()?;
        if self.state_bytes < self.answer_bytes.saturating_mul(2) {
            return Err(ConfigError::invalid(
                "limits.state_bytes",
                format!("must be at least twice limits.answer_bytes ({})", self.answer_bytes),
            ));
        }
        Ok(self)
    }
}

impl Limits {
    fn check_times(&self) -> Result<(), ConfigError> {
        let refuse =
            |name: &str, problem: String| Err(ConfigError::invalid(format!("limits.{name}"), problem));
        for (name, time) in [
            ("header_timeout", self.header_timeout),
            ("idle_timeout", self.idle_timeout),
            ("body_timeout", self.body_timeout),
            ("write_timeout", self.write_timeout),
            ("dns_timeout", self.dns_timeout),
            ("connect_timeout", self.connect_timeout),
            ("first_byte_timeout", self.first_byte_timeout),
            ("total_timeout", self.total_timeout),
            ("image_timeout", self.image_timeout),
            ("drain_timeout", self.drain_timeout),
        ] {
            if time > LONGEST_TIMEOUT {
                return refuse(name, "must be at most \"1day\"".to_owned());
            }
        }
        if self.job_life > LONGEST_LIFE {
            return refuse("job_life", "must be at most \"31days\"".to_owned());
        }
        if self.job_life < self.total_timeout {
            let call = humantime::format_duration(self.total_timeout);
            let problem = format!("must be at least limits.total_timeout ({call}): a call outlives its job");
            return refuse("job_life", problem);
        }
        // The whole body at this rate is added to body_timeout.
        let slowest = self.body_bytes / self.body_bytes_per_second;
        if slowest > LONGEST_TIMEOUT.as_secs() {
            let problem = format!(
                "is too little for limits.body_bytes ({}): an upload could take days",
                self.body_bytes
            );
            return refuse("body_bytes_per_second", problem);
        }
        Ok(())
    }
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let advice = "write a time like \"10s\" or \"5m\"";
    match humantime::parse_duration(&text) {
        Ok(duration) if duration > Duration::ZERO => Ok(duration),
        Ok(_) => Err(serde::de::Error::custom(format!("must be longer than zero; {advice}"))),
        // Its own words repeat parts of the text.
        Err(_) => Err(serde::de::Error::custom(format!("is no time; {advice}"))),
    }
}
