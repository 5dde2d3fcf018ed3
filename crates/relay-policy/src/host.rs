//! For which names the relay answers. A foreign `Host` is how DNS rebinding reaches a relay on localhost.

use http::header::HOST;
use http::request::Parts;
use http::{Method, Version};

use crate::reject::{Code, Reject};

/// The `host[:port]` spellings the relay answers to.
#[derive(Debug, Clone, Default)]
pub struct HostList {
    names: Vec<String>,
}

impl HostList {
    /// Names in lower case, with the port exactly where clients send it (not for a scheme's default port).
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self { names }
    }

    /// Refuses requests meant for someone else.
    ///
    /// # Errors
    /// `host_not_allowed`, or `bad_request` when the name is missing or given more than once.
    pub fn check(&self, parts: &Parts) -> Result<(), Reject> {
        let mut headers = parts.headers.get_all(HOST).iter();
        let header = headers.next();
        if headers.next().is_some() {
            return Err(Reject::from(Code::BadRequest).with_message("Send one Host header."));
        }
        let header = match header.map(|value| value.to_str()) {
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => return Err(Code::HostNotAllowed.into()),
            None => None,
        };
        let authority = parts.uri.authority().map(http::uri::Authority::as_str);
        if header.is_none() && authority.is_none() {
            return Err(Reject::from(Code::BadRequest).with_message("Send a Host header."));
        }
        // HTTP/2 has the name in :authority and may repeat it in Host: both must be ours.
        let ours = |name: &str| self.names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if header.into_iter().chain(authority).all(ours) { Ok(()) } else { Err(Code::HostNotAllowed.into()) }
    }
}

/// Refuses what only a client of an open proxy sends: `CONNECT`, and a full URL in an HTTP/1 request line.
/// For shells that parse raw HTTP; an edge platform always hands over a full URL.
///
/// # Errors
/// `method_not_allowed` or `bad_request`.
pub fn check_request_line(parts: &Parts) -> Result<(), Reject> {
    if parts.method == Method::CONNECT {
        return Err(Reject::method_not_allowed("GET, HEAD, POST, OPTIONS"));
    }
    if parts.version < Version::HTTP_2 && parts.uri.scheme().is_some() {
        let message = "Send a path, not a full address: this is no open proxy.";
        return Err(Reject::from(Code::BadRequest).with_message(message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn parts(uri: &str, version: Version, hosts: &[&str]) -> Parts {
        let mut request = Request::builder().uri(uri).version(version);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn check(uri: &str, version: Version, hosts: &[&str]) -> Result<(), Code> {
        let list = HostList::new(vec!["127.0.0.1:8787".into(), "edit.example".into()]);
        list.check(&parts(uri, version, hosts)).map_err(|reject| reject.code())
    }

    #[test]
    fn only_configured_names_are_answered() {
        let h1 = Version::HTTP_11;
        assert_eq!(check("/", h1, &["127.0.0.1:8787"]), Ok(()));
        assert_eq!(check("/", h1, &["Edit.Example"]), Ok(()));
        for host in ["127.0.0.1", "127.0.0.1:80", "evil.example", "edit.example.", "edit.example:81", ""] {
            assert_eq!(check("/", h1, &[host]), Err(Code::HostNotAllowed), "{host:?}");
        }
        assert_eq!(check("/", h1, &[]), Err(Code::BadRequest));
        assert_eq!(check("/", h1, &["edit.example", "edit.example"]), Err(Code::BadRequest));
    }

    #[test]
    fn http2_is_checked_by_authority_and_by_host() {
        let h2 = Version::HTTP_2;
        assert_eq!(check("http://edit.example/", h2, &[]), Ok(()));
        assert_eq!(check("http://evil.example/", h2, &[]), Err(Code::HostNotAllowed));
        assert_eq!(check("http://edit.example/", h2, &["evil.example"]), Err(Code::HostNotAllowed));
    }

    #[test]
    fn proxy_request_lines_are_refused() {
        let absolute = parts("http://edit.example/relay/healthz", Version::HTTP_11, &["edit.example"]);
        assert_eq!(check_request_line(&absolute).unwrap_err().code(), Code::BadRequest);
        let mut connect = parts("evil.example:443", Version::HTTP_11, &["evil.example:443"]);
        connect.method = Method::CONNECT;
        assert_eq!(check_request_line(&connect).unwrap_err().code(), Code::MethodNotAllowed);
        assert!(check_request_line(&parts("http://edit.example/", Version::HTTP_2, &[])).is_ok());
    }
}
