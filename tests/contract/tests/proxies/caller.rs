//! curl as a caller: over TLS, with HTTP/2 where it is offered, from an address of its own choosing.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use contract_tests::http::Answer;
use serde_json::Value;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::proxy::{HOST, Site};

/// One request, being put together.
pub(crate) struct Request<'a> {
    site: &'a Site,
    command: Command,
    host: &'a str,
    files: PathBuf,
}

/// A request on its way.
pub(crate) struct Underway {
    pub(crate) curl: Child,
    files: PathBuf,
}

impl Site {
    /// A request for a path of the site, with the relay's usual credential.
    pub(crate) fn ask(&self, path: &str) -> Request<'_> {
        let bearer = format!("authorization: Bearer {}", self.relay().credential);
        self.ask_as_nobody(path).header(&bearer)
    }

    /// A request without a credential.
    pub(crate) fn ask_as_nobody(&self, path: &str) -> Request<'_> {
        let files = tempfile::tempdir_in(self.path("")).unwrap().keep();
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "120", "--http2"]);
        command.args(["--resolve", &format!("{HOST}:{}:127.0.0.1", self.port), "--cacert"]);
        command.arg(self.path("cert.pem")).arg("--dump-header").arg(files.join("head"));
        command.arg("--output").arg(files.join("body")).args(["--write-out", "%{http_code} %{http_version}"]);
        command.arg(format!("https://{HOST}:{}{path}", self.port));
        // On the usual port a caller names no port.
        Request { site: self, command, host: HOST, files }
    }

    /// The paid call.
    pub(crate) fn generation(&self) -> Request<'_> {
        let path = format!("/relay/demo{}", contract_tests::sim::GENERATION);
        self.ask(&path).header("content-type: application/json")
    }
}

impl<'a> Request<'a> {
    /// For another host name.
    pub(crate) fn host(self, host: &'a str) -> Self {
        Self { host, ..self }
    }

    pub(crate) fn header(mut self, line: &str) -> Self {
        self.command.args(["--header", line]);
        self
    }

    pub(crate) fn option(mut self, options: &[&str]) -> Self {
        self.command.args(options);
        self
    }

    /// From another address of this machine.
    pub(crate) fn from(self, address: &str) -> Self {
        self.option(&["--interface", address])
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body(body.to_string().as_bytes())
    }

    pub(crate) fn body(mut self, body: &[u8]) -> Self {
        let file = self.files.join("sent");
        fs::write(&file, body).unwrap();
        self.command.arg("--data-binary").arg(format!("@{}", file.display()));
        self
    }

    pub(crate) fn begin(mut self) -> Underway {
        self.command.args(["--header", &format!("host: {}", self.host)]);
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Underway { curl: self.command.spawn().unwrap(), files: self.files }
    }

    /// The answer, which must have come over HTTP/2.
    pub(crate) fn send(self) -> Answer {
        let site = self.site;
        let (answer, version) = self.begin().end();
        assert_eq!(version, "2", "{}", site.logs());
        answer
    }
}

impl Underway {
    /// The answer, and the version of HTTP it came over.
    pub(crate) fn end(self) -> (Answer, String) {
        let output = self.curl.wait_with_output().unwrap();
        let (said, problem) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "curl: {problem}");
        let (status, version) = said.split_once(' ').unwrap();
        let head = fs::read_to_string(self.files.join("head")).unwrap();
        let body = fs::read(self.files.join("body")).unwrap_or_default();
        (Answer { status: status.parse().unwrap(), headers: last_head(&head), body }, version.to_owned())
    }
}

/// The headers of the final answer; interim answers have heads of their own before it.
fn last_head(text: &str) -> HeaderMap {
    let head = text.trim_end().rsplit("\r\n\r\n").next().unwrap_or_default();
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let read = |(name, value): (&str, &str)| {
        (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value.trim()).unwrap())
    };
    let mut headers = HeaderMap::new();
    for (name, value) in fields.map(read) {
        headers.append(name, value);
    }
    headers
}
