//! A plain HTTP client that shows every status, follows nothing and repeats nothing.

use std::io::Read;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Request, request};
use ureq::{Agent, SendBody};

/// Longer than any call of these tests, shorter than the patience of who waits for them.
const PATIENCE: Duration = Duration::from_secs(120);
/// A result picture has a few megabytes.
const MAX_ANSWER: u64 = 100 << 20;

/// Sends a request without a body.
pub fn send(request: request::Builder) -> Answer {
    Answer::of(agent().run(request.body(()).unwrap())).unwrap()
}

/// Sends a request with a body of known length.
pub fn send_body(request: request::Builder, body: &[u8]) -> Answer {
    Answer::of(agent().run(request.body(body).unwrap())).unwrap()
}

/// Sends a body of unknown length, in chunks.
pub fn send_chunked(request: request::Builder, body: impl Read + Send + Sync + 'static) -> Answer {
    Answer::of(agent().run(request.body(SendBody::from_owned_reader(body)).unwrap())).unwrap()
}

/// Fetches a URL.
pub fn get(url: &str) -> Answer {
    send(Request::get(url))
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        // A connection from a pool may be dead already, and would hide who closed it.
        .max_idle_connections(0)
        .timeout_global(Some(PATIENCE))
        .proxy(None)
        .build()
        .into()
}

/// A complete answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    fn of(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Self, ureq::Error> {
        let (parts, mut body) = result?.into_parts();
        let body = body.with_config().limit(MAX_ANSWER).read_to_vec()?;
        Ok(Self { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// The value of a header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in an answer {}: {}", self.status, self.text()))
    }

    /// Code and charge of an error of the relay itself.
    pub fn relay_error(&self) -> (String, String) {
        assert_eq!(self.header("x-qwen-edit-relay"), "1", "{}: {}", self.status, self.text());
        let error = self.json()["error"].take();
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        assert!(!text("message").is_empty() && !text("request_id").is_empty(), "{error}");
        (text("code"), text("charged"))
    }

    /// The links of a successful edit.
    pub fn links(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{}", self.text());
        links(&self.json())
    }
}

/// The picture links in the JSON of a successful edit.
pub fn links(answer: &Value) -> Vec<String> {
    let content = answer["output"]["choices"][0]["message"]["content"].as_array().unwrap();
    content.iter().map(|item| item["image"].as_str().unwrap().to_owned()).collect()
}
