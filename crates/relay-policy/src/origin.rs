//! Which web pages may call: exact origins only, checked before anything is sent on.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use http::{Response, StatusCode};
use url::{Host, Url};

use crate::security;

/// Request headers an allowed page may set. `idempotency-key` and `prefer` are granted ahead of use: a page
/// written for a relay with jobs must reach one without them too.
const GRANTED_HEADERS: &str = "authorization, content-type, accept, idempotency-key, prefer, \
     x-dashscope-ossresourceresolve, x-dashscope-async, x-dashscope-workspace, x-dashscope-datainspection";

/// Answer headers an allowed page may read.
const EXPOSED_HEADERS: &str = "x-request-id, x-qwen-edit-relay, retry-after, content-disposition";

/// Chromium's cap; a longer time would be ignored there.
const PREFLIGHT_SECONDS: &str = "7200";

/// A web origin in its one canonical spelling, for example `https://app.example` or `http://127.0.0.1:8787`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// Why a text is not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// `*` or a pattern: origins are exact here.
    #[error("\"{0}\" is a pattern; name each origin exactly, for example \"https://app.example\"")]
    Pattern(String),
    /// A URL, but spelt with more than an origin.
    #[error("\"{written}\" is not an exact origin; write \"{expected}\"")]
    NotExact {
        /// What the text says.
        written: String,
        /// The origin within it.
        expected: String,
    },
    /// Not a web address.
    #[error("\"{0}\" is not an origin; write scheme, host and port only, for example \"https://app.example\"")]
    NotAnOrigin(String),
}

impl Origin {
    /// Reads an origin that is already in canonical spelling.
    ///
    /// # Errors
    /// Anything else, with what to write instead where that is clear.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if text.contains('*') {
            return Err(OriginError::Pattern(text.to_owned()));
        }
        let not_an_origin = || OriginError::NotAnOrigin(text.to_owned());
        let url = Url::parse(text).map_err(|_| not_an_origin())?;
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
            return Err(not_an_origin());
        }
        let expected = url.origin().ascii_serialization();
        if expected == text {
            Ok(Self(expected))
        } else {
            Err(OriginError::NotExact { written: text.to_owned(), expected })
        }
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
        Url::parse(&self.0).is_ok_and(|url| is_loopback_host(url.host()))
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
#[must_use]
pub fn is_loopback_host(host: Option<Host<&str>>) -> bool {
    match host {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The list of pages that may call.
#[derive(Debug, Clone, Default)]
pub struct OriginGate {
    allowed: Vec<Origin>,
}

/// Who asks, as far as a browser tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// No browser page of another origin: a program, or a page reading from its own origin.
    SameOriginOrProgram,
    /// A page on the list.
    Page(HeaderValue),
    /// A page that is not on the list, or one that hides its origin.
    Stranger,
}

impl OriginGate {
    /// A gate for exactly these origins.
    #[must_use]
    pub fn new(allowed: Vec<Origin>) -> Self {
        Self { allowed }
    }

    /// Compares byte by byte; two `Origin` headers are a stranger's. Without one, `Sec-Fetch-Site: cross-site`
    /// gives away a page that embeds the relay without asking (`<img>`, `<form>`).
    #[must_use]
    pub fn identify(&self, headers: &HeaderMap) -> Caller {
        let mut origins = headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => {
                let mut sites = headers.get_all("sec-fetch-site").iter();
                if sites.any(|site| site == "cross-site") { Caller::Stranger } else { Caller::SameOriginOrProgram }
            }
            (Some(origin), None) if self.allowed.iter().any(|known| known.as_str() == origin) => {
                Caller::Page(origin.clone())
            }
            _ => Caller::Stranger,
        }
    }
}

impl Caller {
    /// Makes an answer readable for an allowed page. `Vary` is set for everyone, or a shared cache could hand
    /// one caller's answer to another.
    pub fn apply(&self, headers: &mut HeaderMap) {
        headers.append(VARY, HeaderValue::from_static("origin"));
        if let Self::Page(origin) = self {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
        }
    }

    /// The answer to `OPTIONS`. It has no side effect whatever the request asks for.
    #[must_use]
    pub fn preflight(&self, methods: &'static str) -> Response<String> {
        let mut response = Response::new(String::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        security::for_data(headers);
        headers.insert(ALLOW, HeaderValue::from_static(methods));
        self.apply(headers);
        if matches!(self, Self::Page(_)) {
            headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(GRANTED_HEADERS));
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_SECONDS));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> OriginGate {
        OriginGate::new(vec![Origin::parse("https://app.example").unwrap()])
    }

    fn caller(headers: &[(&'static str, &str)]) -> Caller {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        gate().identify(&map)
    }

    #[test]
    fn only_the_exact_origin_is_allowed() {
        assert!(matches!(caller(&[("origin", "https://app.example")]), Caller::Page(_)));
        for stranger in [
            "null", "", "*", "http://app.example", "https://app.example:443", "https://app.example:8443",
            "https://app.example.", "https://app.example/", "https://APP.EXAMPLE", "HTTPS://app.example",
            "https://app.example.evil.example", "https://evilapp.example", "https://appXexample",
            "https://app.example, https://evil.example", "https://app.example https://evil.example",
            "https://user@app.example", "app.example", "https://app.example%00", "https://аpp.example",
        ] {
            assert_eq!(caller(&[("origin", stranger)]), Caller::Stranger, "{stranger:?}");
        }
    }

    #[test]
    fn two_origin_headers_are_a_strangers_even_if_both_are_allowed() {
        let twice = [("origin", "https://app.example"), ("origin", "https://app.example")];
        assert_eq!(caller(&twice), Caller::Stranger);
    }

    #[test]
    fn a_cross_site_embed_without_origin_is_a_strangers() {
        assert_eq!(caller(&[("sec-fetch-site", "cross-site")]), Caller::Stranger);
        for site in ["same-origin", "none", "same-site"] {
            assert_eq!(caller(&[("sec-fetch-site", site)]), Caller::SameOriginOrProgram, "{site}");
        }
        let page = [("origin", "https://app.example"), ("sec-fetch-site", "cross-site")];
        assert!(matches!(caller(&page), Caller::Page(_)), "an allowed page is always cross-site");
    }

    #[test]
    fn a_preflight_grants_explicit_names_for_a_bounded_time() {
        let response = caller(&[("origin", "https://app.example")]).preflight("POST");
        assert_eq!(response.status(), 204);
        let headers = response.headers();
        assert_eq!(headers["access-control-allow-origin"], "https://app.example");
        assert_eq!(headers["access-control-allow-methods"], "POST");
        assert_eq!(headers["vary"], "origin");
        let granted = headers["access-control-allow-headers"].to_str().unwrap();
        assert!(granted.contains("authorization") && !granted.contains('*'));
        let seconds: u32 = headers["access-control-max-age"].to_str().unwrap().parse().unwrap();
        assert!((1..=7200).contains(&seconds));
        assert!(!headers.contains_key("access-control-allow-credentials"));
        assert!(!headers.contains_key("access-control-allow-private-network"));
    }

    #[test]
    fn a_program_gets_no_grant_but_the_same_vary() {
        let mut headers = HeaderMap::new();
        caller(&[]).apply(&mut headers);
        assert_eq!(headers["vary"], "origin");
        assert!(!headers.contains_key("access-control-allow-origin"));
    }

    #[test]
    fn a_configured_origin_must_be_spelt_as_browsers_do() {
        for good in ["https://app.example", "http://127.0.0.1:8787", "http://[::1]:8080", "http://localhost"] {
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
        ] {
            let error = Origin::parse(bad).unwrap_err().to_string();
            assert!(error.contains(advice), "{bad}: {error}");
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
