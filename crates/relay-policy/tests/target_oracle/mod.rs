//! What must be true of every link that passes the link rule, worked out in another way: by the parsers of browsers and
//! of HTTP clients, and by a second reading of the patterns.

use http::Uri;
use relay_policy::target::{Target, host_for_log};
use url::{Host, Url};

/// Fails when `target` is not what the link may lead to. `patterns` and `trusted` are the rule's.
pub(crate) fn check(link: &str, target: &Target, patterns: &[&str], trusted: &[&str]) {
    let link = link.split('#').next().unwrap();
    assert!(link.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)), "{link:?}");
    let origin = target.origin().as_str();
    let asked = target.path_and_query().as_str();
    assert!(asked.starts_with('/') && !asked.contains('#'));

    // Browsers and HTTP clients agree about where the link leads, and where the relay's own request goes.
    for text in [link, &format!("{origin}{asked}")] {
        let url = Url::parse(text).unwrap();
        assert!(url.username().is_empty() && url.password().is_none(), "{text}");
        let host = url.host_str().unwrap();
        let uri: Uri = text.parse().unwrap();
        assert_eq!(uri.host(), Some(host), "{text}");
        assert_eq!(uri.port_u16(), url.port(), "{text}");
        let expected = Url::parse(origin).unwrap();
        assert_eq!(expected.host_str(), Some(host), "{text}");
    }
    let own: Uri = format!("{origin}{asked}").parse().unwrap();
    assert_eq!(own.path_and_query().map(|all| all.as_str()), Some(asked));

    if target.is_trusted() {
        assert!(trusted.contains(&origin), "{origin}");
        assert_eq!(link, format!("{origin}{asked}"), "byte for byte");
        return;
    }
    let url = Url::parse(origin).unwrap();
    assert_eq!((url.scheme(), url.port()), ("https", None));
    let Some(Host::Domain(host)) = url.host() else { panic!("an address: {origin}") };
    assert!(patterns.iter().any(|pattern| matches(pattern.as_bytes(), host.as_bytes())), "{host}");
    assert!(!host.contains("xn--") || !host.split('.').any(|label| label.starts_with("xn--")), "{host}");
    assert!(!host.split('.').any(|label| label.ends_with("-internal")), "{host}");
    let scheme = link.split_once("://").unwrap().0;
    assert!(["https", "http"].contains(&scheme));
    let rest = link.strip_prefix(&format!("{scheme}://{host}")).unwrap();
    assert_eq!(asked.strip_prefix('/').unwrap(), rest.strip_prefix('/').unwrap_or(rest), "byte for byte");
}

/// Fails when the operator's log could get more of a refused link than its host.
pub(crate) fn check_log(link: &str) {
    let host = host_for_log(link);
    assert!(host.len() <= 100 && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)));
    let query = link.split_once('?').map_or("", |(_, query)| query);
    assert!(host.is_empty() || link.contains(&host));
    assert!(
        query.len() < 8 || link.matches(query).count() > 1 || !host.contains(query),
        "a query is a secret"
    );
}

/// The pattern, where `*` is one or more characters other than the dot. By the first character of each, again and again.
pub(crate) fn matches(pattern: &[u8], host: &[u8]) -> bool {
    match (pattern.split_first(), host.split_first()) {
        (None, None) => true,
        (Some((b'*', pattern)), Some((byte, host))) if *byte != b'.' => {
            matches(pattern, host) || matches_rest(pattern, host)
        }
        (Some((wanted, pattern)), Some((byte, host))) => {
            wanted == byte && *byte != b'*' && matches(pattern, host)
        }
        _ => false,
    }
}

/// A `*` that has taken a character may take more.
fn matches_rest(pattern: &[u8], host: &[u8]) -> bool {
    match host.split_first() {
        Some((byte, host)) if *byte != b'.' => matches(pattern, host) || matches_rest(pattern, host),
        _ => false,
    }
}
