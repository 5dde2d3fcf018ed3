//! The studio's files: compressed ones where they exist, long caching where the name is a fingerprint.

use std::path::Path;

use http::header::{CACHE_CONTROL, HeaderValue};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty};
use relay_policy::reject::{Code, Reject};
use relay_policy::security::PageHeaders;
use tower_http::services::ServeDir;

use crate::body::{Body, BodyError};

/// Digits of the fingerprint the build puts into a file name.
const FINGERPRINT: usize = 16;

/// A directory of files with the headers they need.
#[derive(Debug, Clone)]
pub(crate) struct StaticFiles {
    files: ServeDir,
    headers: PageHeaders,
}

impl StaticFiles {
    pub(crate) fn new(directory: &Path, headers: PageHeaders) -> Self {
        let files = ServeDir::new(directory)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        Self { files, headers }
    }

    /// Answers `GET` and `HEAD`.
    pub(crate) async fn answer(&self, mut parts: Parts) -> Result<Response<Body>, Reject> {
        let path = parts.uri.path();
        if is_hidden(path) {
            return Err(Code::NotFound.into());
        }
        let cache = if is_fingerprinted(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
        if path == "/" {
            parts.uri = Uri::from(PathAndQuery::from_static("/index.html"));
        }
        let request = Request::from_parts(parts, Empty::<bytes::Bytes>::new());
        let found = self.files.clone().try_call(request).await.map_err(|error| {
            tracing::warn!(%error, "cannot read a file of the studio");
            Reject::from(Code::NotFound)
        })?;
        if found.status() == StatusCode::NOT_FOUND {
            return Err(Code::NotFound.into());
        }
        let mut response = found.map(|body| body.map_err(BodyError::new).boxed_unsync());
        self.headers.apply(response.headers_mut());
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
        Ok(response)
    }
}

/// Whether a part of the path is a dotfile, also when its dot is written as `%2e`.
fn is_hidden(path: &str) -> bool {
    path.split('/')
        .any(|part| part.starts_with('.') || part.get(..3).is_some_and(|dot| dot.eq_ignore_ascii_case("%2e")))
}

/// Whether the file name holds a fingerprint, so that its content can never change.
fn is_fingerprinted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        word.len() == FINGERPRINT && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fingerprinted_names_are_immutable() {
        for path in [
            "/qwen-edit-web-0123456789abcdef_bg.wasm",
            "/a/style-fedcba9876543210.css",
            "/app-0123456789abcdef.js",
        ] {
            assert!(is_fingerprinted(path), "{path}");
        }
        for path in [
            "/",
            "/index.html",
            "/0123456789abcdef/x.js",
            "/a-0123456789abcde.js",
            "/a-0123456789abcdeff.js",
            "/a-0123456789ABCDEF.js",
        ] {
            assert!(!is_fingerprinted(path), "{path}");
        }
    }

    #[test]
    fn dotfiles_are_hidden_in_every_spelling() {
        for path in ["/.env", "/.git/config", "/a/.b/c", "/%2eenv", "/%2E%2e/x", "/a/%2Egit"] {
            assert!(is_hidden(path), "{path}");
        }
        for path in ["/", "/a.b", "/a%2eb", "/index.html"] {
            assert!(!is_hidden(path), "{path}");
        }
    }
}
