//! The link rule: which picture links the relay may fetch. Fail-closed on bytes before any parser sees them,
//! because parsers disagree about exactly the links an attacker writes.

use std::fmt;

use http::uri::PathAndQuery;
use url::Url;

use crate::origin::Origin;

/// A picture link that passed. Its query is a signature and thus a secret: `Debug` shows the host only.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    origin: Origin,
    path_and_query: PathAndQuery,
    trusted: bool,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("origin", &self.origin)
            .field("trusted", &self.trusted)
            .finish_non_exhaustive()
    }
}

impl Target {
    /// Where to connect; `https` on port 443 unless the operator named the origin.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What to ask for: byte for byte as in the link, since the signature covers it.
    #[must_use]
    pub fn path_and_query(&self) -> &PathAndQuery {
        &self.path_and_query
    }

    /// Whether the operator named this exact origin, so that its address needs no check.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }
}

/// The link is not one the relay fetches. One error for every reason: the difference would be a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAllowed;

/// Which links may be fetched.
#[derive(Debug, Clone, Default)]
pub struct TargetRule {
    hosts: Vec<HostPattern>,
    trusted: Vec<Origin>,
}

impl TargetRule {
    /// `hosts` are fetched by https when their address is public; `trusted` origins as the operator wrote them.
    #[must_use]
    pub fn new(hosts: Vec<HostPattern>, trusted: Vec<Origin>) -> Self {
        Self { hosts, trusted }
    }

    /// Judges a link.
    ///
    /// # Errors
    /// [`NotAllowed`].
    pub fn check(&self, link: &str) -> Result<Target, NotAllowed> {
        // A fragment is never sent anywhere.
        let link = link.split('#').next().unwrap_or_default();
        if !link.bytes().all(is_link_byte) {
            return Err(NotAllowed);
        }
        if let Some(found) = self.trusted.iter().find_map(|origin| trusted_target(link, origin)) {
            return Ok(found);
        }
        // The vendor hands out http links in one region; the same objects answer on https.
        let rest =
            link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")).ok_or(NotAllowed)?;
        let (host, path_and_query) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if !is_plain_name(host) || !self.hosts.iter().any(|pattern| pattern.matches(host)) {
            return Err(NotAllowed);
        }
        let origin = format!("https://{host}");
        let parsed = Url::parse(&format!("{origin}{path_and_query}")).map_err(|_| NotAllowed)?;
        if parsed.host_str() != Some(host) || parsed.port().is_some() {
            return Err(NotAllowed);
        }
        let origin = Origin::parse(&origin).map_err(|_| NotAllowed)?;
        Ok(Target { origin, path_and_query: path(path_and_query)?, trusted: false })
    }
}

/// The host of a refused link for the operator's log: short, printable, without user, port, path or query. Empty
/// for what is no link to a named host: somebody may have pasted a key here.
#[must_use]
pub fn host_for_log(link: &str) -> String {
    let Some((_, rest)) = link.split_once("://") else { return String::new() };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_name_character = |c: &char| c.is_ascii_alphanumeric() || "-.".contains(*c);
    let host: String = host.chars().take_while(is_name_character).take(100).collect();
    if host.contains('.') { host } else { String::new() }
}

fn trusted_target(link: &str, origin: &Origin) -> Option<Target> {
    let rest = link.strip_prefix(origin.as_str())?;
    if !rest.starts_with('/') {
        return None;
    }
    Some(Target { origin: origin.clone(), path_and_query: path(rest).ok()?, trusted: true })
}

fn path(text: &str) -> Result<PathAndQuery, NotAllowed> {
    let text = if text.starts_with('/') { text.to_owned() } else { format!("/{text}") };
    PathAndQuery::try_from(text).map_err(|_| NotAllowed)
}

/// The characters RFC 3986 allows in a URL. No space, no backslash, no control byte, nothing beyond ASCII.
fn is_link_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&byte)
}

/// A host name in the plainest spelling: lower-case labels, at least three, no port, no user, no address, no
/// punycode, and none of the names inside the cloud's own network.
fn is_plain_name(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let plain = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !label.starts_with("xn--")
            && !label.ends_with("-internal")
    };
    host.len() <= 253
        && labels.len() >= 3
        && labels.iter().all(plain)
        && labels.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// A host name with `*` inside labels, for example `dashscope-result-*.oss-*.aliyuncs.com`. A `*` stands for
/// one or more characters of one label, never for a dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    labels: Vec<String>,
}

/// Why a text is not a host pattern. The text is not repeated: it may be a link with a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Would match hosts of strangers.
    #[error(
        "matches hosts of strangers; the last two labels must be written out, for example \"pictures-*.example.com\""
    )]
    TooWide,
    /// Not a name.
    #[error(
        "is not a host name; write lower-case labels without scheme, port or path, for example \"pictures.example.com\""
    )]
    NotAName,
}

impl HostPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] when it is too wide or no name.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let labels: Vec<&str> = text.split('.').collect();
        let fixed = labels.iter().rev().take(2);
        if text == "*" || fixed.clone().any(|label| label.contains('*')) || labels.first() == Some(&"*") {
            return Err(PatternError::TooWide);
        }
        // With the wildcards filled in it must be a name that could be asked for.
        if !is_plain_name(&text.replace('*', "x")) {
            return Err(PatternError::NotAName);
        }
        Ok(Self { labels: labels.into_iter().map(str::to_owned).collect() })
    }

    fn matches(&self, host: &str) -> bool {
        let labels: Vec<&str> = host.split('.').collect();
        labels.len() == self.labels.len()
            && self.labels.iter().zip(labels).all(|(pattern, label)| label_matches(pattern, label))
    }
}

fn label_matches(pattern: &str, label: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == label,
        Some((head, tail)) => label.strip_prefix(head).is_some_and(|rest| {
            (1..=rest.len()).any(|taken| rest.get(taken..).is_some_and(|rest| label_matches(tail, rest)))
        }),
    }
}
