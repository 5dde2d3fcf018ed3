//! What the simulator can be told from outside: the command line, or a test that runs it in its own process.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use url::Url;

use crate::latency::Latency;

/// A strict local stand-in for the Qwen image-editing API. No AI is involved.
#[derive(Debug, Clone, PartialEq, Eq, clap::Parser)]
#[command(name = "qwen-edit-sim", version)]
pub struct Settings {
    /// Loopback address of the API, e.g. 127.0.0.1:8788; port 0 lets the system choose.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8788", value_parser = loopback_address)]
    pub listen: SocketAddr,

    /// Loopback address of the control API [default: the port of --listen plus 1000].
    #[arg(long, value_name = "ADDRESS", value_parser = loopback_address)]
    pub control: Option<SocketAddr>,

    /// The least time a generation call takes, e.g. 2s or 0s; 200ms..3s is another time for every call. The real
    /// service needs 5 to 300 s.
    #[arg(long, value_name = "DURATION", default_value = "2s")]
    pub latency: Latency,

    /// How long a link to a result picture works. 24 hours is the vendor's documented figure.
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = humantime::parse_duration)]
    pub link_life: Duration,

    /// Base URL to use in links when the simulator is reached under another name than its own address.
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub public_url: Option<Url>,

    /// Ignore parameters that the model does not have, instead of refusing them.
    #[arg(long)]
    pub lenient: bool,
}

impl Settings {
    /// For tests: ports chosen by the system, no waiting, everything else as on the command line.
    pub fn on_free_ports() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen: any_port,
            control: Some(any_port),
            latency: Duration::ZERO.into(),
            link_life: Duration::from_secs(24 * 60 * 60),
            public_url: None,
            lenient: false,
        }
    }

    /// Where the control API listens: as told, else 1000 ports above the API, else wherever the system likes.
    pub(crate) fn control_address(&self) -> SocketAddr {
        const DISTANCE: u16 = 1000;
        self.control.unwrap_or_else(|| {
            let port = match self.listen.port() {
                0 => 0,
                port => port.checked_add(DISTANCE).unwrap_or(0),
            };
            SocketAddr::new(self.listen.ip(), port)
        })
    }
}

/// The simulator fetches any URL it is given and accepts any key, so it must not be reachable from outside.
fn loopback_address(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| "expected an address and a port, such as 127.0.0.1:8788".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("only loopback addresses are accepted, such as 127.0.0.1:8788 or [::1]:8788".to_owned())
    }
}

fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{error}; expected e.g. http://localhost:8788"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("expected an http or https URL".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("expected a base URL, without query and fragment".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn parse(arguments: &[&str]) -> Result<Settings, String> {
        let command_line = std::iter::once("qwen-edit-sim").chain(arguments.iter().copied());
        Settings::try_parse_from(command_line).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_the_documented_ones() {
        let settings = parse(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8788");
        assert_eq!(settings.control_address().to_string(), "127.0.0.1:9788");
        assert_eq!(settings.latency, Duration::from_secs(2).into());
        assert_eq!(settings.link_life, Duration::from_secs(86_400));
        assert!(!settings.lenient);
    }

    #[test]
    fn only_loopback_addresses_are_accepted_and_the_error_names_the_flag() {
        for (flag, value) in
            [("--listen", "0.0.0.0:8788"), ("--control", "192.168.1.4:80"), ("--listen", "[::]:1")]
        {
            let error = parse(&[flag, value]).unwrap_err();
            assert!(error.contains(flag) && error.contains("loopback"), "{error}");
        }
        assert!(parse(&["--listen", "[::1]:0", "--control", "127.0.0.2:0"]).is_ok());
    }

    #[test]
    fn a_bad_value_names_its_flag() {
        for (flag, value) in [
            ("--latency", "fast"),
            ("--latency", "3s..200ms"),
            ("--link-life", "-1"),
            ("--listen", "8788"),
            ("--public-url", "ftp://localhost"),
            ("--public-url", "http://localhost/?a=b"),
        ] {
            let error = parse(&[&format!("{flag}={value}")]).unwrap_err();
            assert!(error.contains(flag), "{error}");
        }
    }

    #[test]
    fn the_control_port_falls_back_to_a_free_one() {
        for listen in ["127.0.0.1:0", "127.0.0.1:65000"] {
            assert_eq!(parse(&["--listen", listen]).unwrap().control_address().port(), 0, "{listen}");
        }
    }

    #[test]
    fn zero_latency_needs_no_unit() {
        assert_eq!(parse(&["--latency", "0"]).unwrap().latency, Duration::ZERO.into());
        assert_eq!(parse(&["--latency", "250ms"]).unwrap().latency, Duration::from_millis(250).into());
    }
}
