//! A web origin, in exactly one spelling.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// A web origin in its one canonical spelling, for example `https://app.example` or `http://127.0.0.1:8787`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// Why a text is not an origin. The text is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// `*` or a pattern: origins are exact here.
    #[error("is a pattern; name each origin exactly, for example \"https://app.example\"")]
    Pattern,
    /// A URL, but spelt with more than an origin.
    #[error("is not an exact origin; write \"{expected}\"")]
    NotExact {
        /// The origin within it.
        expected: String,
    },
    /// Not a web address.
    #[error("is not an origin; write scheme, host and port only, for example \"https://app.example\"")]
    NotAnOrigin,
}

impl Origin {
    /// Reads an origin that is already in canonical spelling.
    ///
    /// # Errors
    /// Anything else, with what to write instead where that is clear.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if text.contains('*') {
            return Err(OriginError::Pattern);
        }
        let url = Url::parse(text).map_err(|_| OriginError::NotAnOrigin)?;
        let is_web = matches!(url.scheme(), "http" | "https") && text.contains("://");
        if !is_web || !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::NotAnOrigin);
        }
        let expected = url.origin().ascii_serialization();
        if expected == text { Ok(Self(expected)) } else { Err(OriginError::NotExact { expected }) }
    }

    /// As a browser spells it in its `Origin` header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The origin of a relay that is reached by its address.
    #[must_use]
    pub fn of_address(address: SocketAddr) -> Self {
        match address.port() {
            80 => Self(format!("http://{}", bracketed(address.ip()))),
            _ => Self(format!("http://{address}")),
        }
    }

    /// What clients of this origin may put into `Host`: the default port is usually left out.
    #[must_use]
    pub fn host_spellings(&self) -> Vec<String> {
        let Ok(url) = Url::parse(&self.0) else { return Vec::new() };
        let Some(host) = url.host_str() else { return Vec::new() };
        let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}"));
        let bare = url.port().is_none().then(|| host.to_owned());
        bare.into_iter().chain(with_port).collect()
    }

    /// Whether connections to this origin are encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Whether only programs on this machine can have this origin.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.host().is_some_and(|host| is_loopback_host(&host)))
    }
}

fn bracketed(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `localhost` or a loopback address.
fn is_loopback_host(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configured_origin_must_be_spelt_as_browsers_do() {
        for good in ["https://app.example", "http://127.0.0.1:8787", "http://[::1]:8080", "http://localhost"]
        {
            assert_eq!(Origin::parse(good).unwrap().as_str(), good);
        }
        for (bad, advice) in [
            ("*", "name each origin exactly"),
            ("https://*.app.example", "name each origin exactly"),
            ("https://app.example/", "write \"https://app.example\""),
            ("https://app.example/studio", "write \"https://app.example\""),
            ("https://app.example:443", "write \"https://app.example\""),
            ("https://App.Example", "write \"https://app.example\""),
            ("https://u:p@app.example", "scheme, host and port only"),
            ("app.example", "scheme, host and port only"),
            ("null", "scheme, host and port only"),
            ("file:///x", "scheme, host and port only"),
            ("https:canary", "scheme, host and port only"),
        ] {
            let error = Origin::parse(bad).unwrap_err().to_string();
            assert!(error.contains(advice), "{bad}: {error}");
        }
    }

    #[test]
    fn an_error_repeats_no_password_and_no_path() {
        for secret in [
            "https://user:canary@app.example",
            "https://canary@app.example/",
            "https://user:can*ary@app.example",
            "https://app.example/canary",
            "https://app.example/?canary",
            "https://app.example#canary",
            "https:canary",
            "canary",
        ] {
            let error = Origin::parse(secret).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }

    #[test]
    fn an_origin_knows_its_host_spellings() {
        let spellings = |text: &str| Origin::parse(text).unwrap().host_spellings();
        assert_eq!(spellings("https://edit.example"), ["edit.example", "edit.example:443"]);
        assert_eq!(spellings("http://127.0.0.1:8787"), ["127.0.0.1:8787"]);
        assert_eq!(spellings("http://[::1]:8080"), ["[::1]:8080"]);
        assert_eq!(Origin::of_address("[::1]:80".parse().unwrap()).as_str(), "http://[::1]");
        assert_eq!(Origin::of_address("127.0.0.1:81".parse().unwrap()).as_str(), "http://127.0.0.1:81");
    }

    #[test]
    fn loopback_origins_are_known() {
        for origin in ["http://localhost:1", "http://127.0.0.1:8787", "http://127.9.9.9", "http://[::1]:2"] {
            assert!(Origin::parse(origin).unwrap().is_loopback(), "{origin}");
        }
        for origin in ["http://localhost.example", "http://10.0.0.1", "https://127.0.0.1.example"] {
            assert!(!Origin::parse(origin).unwrap().is_loopback(), "{origin}");
        }
    }
}
