//! Security headers for the three kinds of answers: data, pictures and the pages of the studio.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::origin::Origin;

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// What every answer has, whatever it is.
fn for_anything(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// JSON answers, errors and preflights: never stored, never shown as a page.
pub fn for_data(headers: &mut HeaderMap) {
    for_anything(headers);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
}

/// Result pictures: usable by an allowed page of another origin, inert when opened by themselves.
pub fn for_picture(headers: &mut HeaderMap) {
    for_anything(headers);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}

/// Headers of the studio's files, made once from the configuration.
#[derive(Debug, Clone)]
pub struct PageHeaders {
    csp: HeaderValue,
}

impl PageHeaders {
    /// `picture_origins` are the operator's own result origins: the page shows those pictures with `<img>`,
    /// and `https:` does not cover a simulator on plain http.
    #[must_use]
    pub fn new(picture_origins: &[Origin]) -> Self {
        let mut img_src = String::from("img-src 'self' blob: data: https:");
        for origin in picture_origins.iter().filter(|origin| !origin.is_https()) {
            img_src.push(' ');
            img_src.push_str(origin.as_str());
        }
        let csp = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; {img_src}; \
             connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        // An `Origin` is ASCII without control bytes, so the fallback is never taken; it is the closed door.
        let csp = HeaderValue::from_str(&csp).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { csp }
    }

    /// Adds the headers; caching is the caller's, it knows the file.
    pub fn apply(&self, headers: &mut HeaderMap) {
        for_anything(headers);
        headers.insert(CONTENT_SECURITY_POLICY, self.csp.clone());
        headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(
            PERMISSIONS_POLICY,
            HeaderValue::from_static(
                "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                 magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_get_the_strict_policy_and_the_operators_plain_http_picture_origins() {
        let origins: Vec<Origin> = ["http://127.0.0.1:8788", "https://pictures.example"]
            .map(|text| Origin::parse(text).unwrap())
            .into();
        let mut headers = HeaderMap::new();
        PageHeaders::new(&origins).apply(&mut headers);
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' blob: data: https: http://127.0.0.1:8788; connect-src 'self'; manifest-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers["x-frame-options"], "DENY");
    }

    #[test]
    fn no_policy_ever_allows_inline_code_or_eval() {
        let mut headers = HeaderMap::new();
        PageHeaders::new(&[]).apply(&mut headers);
        let csp = headers["content-security-policy"].to_str().unwrap();
        assert!(!csp.contains("unsafe-inline"));
        assert!(!csp.contains("'unsafe-eval'"));
    }
}
