//! Which web pages may call: exact origins only, checked before anything is sent on.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use http::{Response, StatusCode};

use crate::headers::detached;
use crate::origin::Origin;
use crate::security;

/// Request headers an allowed page may set.
const GRANTED_HEADERS: &str = "authorization, content-type, accept, idempotency-key, content-digest, prefer, \
     x-dashscope-ossresourceresolve, x-dashscope-async, x-dashscope-workspace, x-dashscope-datainspection";

/// Answer headers an allowed page may read.
const EXPOSED_HEADERS: &str = "x-request-id, x-qwen-edit-relay, retry-after, content-disposition, location, \
     idempotency-replayed, preference-applied";

/// Chromium's cap; a longer time would be ignored there.
const PREFLIGHT_SECONDS: &str = "7200";

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

    /// Compares byte by byte; two `Origin` headers are a stranger's. Without one, `Sec-Fetch-Site` gives away a page of
    /// another origin that embeds the relay without asking (`<img>`, `<form>`), also one of the same site: whoever may
    /// publish there need not be the operator.
    #[must_use]
    pub fn identify(&self, headers: &HeaderMap) -> Caller {
        let mut origins = headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => {
                let mut sites = headers.get_all("sec-fetch-site").iter();
                if sites.all(|site| site == "same-origin" || site == "none") {
                    Caller::SameOriginOrProgram
                } else {
                    Caller::Stranger
                }
            }
            (Some(origin), None) if self.allowed.iter().any(|known| known.as_str() == origin) => {
                Caller::Page(detached(origin))
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
    fn a_caller_keeps_no_buffer_of_its_request() {
        let sent = HeaderValue::from_static("https://app.example");
        let Caller::Page(kept) = gate().identify(&HeaderMap::from_iter([(ORIGIN, sent.clone())])) else {
            panic!("the page is allowed")
        };
        assert_eq!(kept, sent);
        assert_ne!(kept.as_bytes().as_ptr(), sent.as_bytes().as_ptr());
    }

    #[test]
    fn only_the_exact_origin_is_allowed() {
        assert!(matches!(caller(&[("origin", "https://app.example")]), Caller::Page(_)));
        for stranger in [
            "null",
            "",
            "*",
            "http://app.example",
            "https://app.example:443",
            "https://app.example:8443",
            "https://app.example.",
            "https://app.example/",
            "https://APP.EXAMPLE",
            "HTTPS://app.example",
            "https://app.example.evil.example",
            "https://evilapp.example",
            "https://appXexample",
            "https://app.example, https://evil.example",
            "https://app.example https://evil.example",
            "https://user@app.example",
            "app.example",
            "https://app.example%00",
            "https://аpp.example",
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
    fn an_embed_of_another_origin_without_origin_is_a_strangers() {
        for site in ["cross-site", "same-site", "", "same-origin, none"] {
            assert_eq!(caller(&[("sec-fetch-site", site)]), Caller::Stranger, "{site}");
        }
        let twice = [("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")];
        assert_eq!(caller(&twice), Caller::Stranger);
        assert_eq!(caller(&[]), Caller::SameOriginOrProgram);
        for site in ["same-origin", "none"] {
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
}
