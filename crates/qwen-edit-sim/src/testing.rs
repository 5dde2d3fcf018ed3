//! Runs a simulator for a test, on real sockets, and asks it like a plain HTTP client.

use std::io::{Cursor, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use ureq::Agent;
use ureq::http::{self, HeaderMap};

use crate::{Settings, Simulator};

pub(crate) use qwen_edit_api::GENERATION_PATH as GENERATION;

/// Stops when dropped.
pub(crate) struct TestSimulator {
    simulator: Simulator,
    agent: Agent,
    _runtime: Runtime,
}

impl TestSimulator {
    pub(crate) fn start() -> Self {
        Self::with(Settings::on_free_ports())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let runtime = Runtime::new().unwrap();
        let simulator = runtime.block_on(Simulator::start(settings)).unwrap();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)))
            .proxy(None)
            .build()
            .into();
        Self { simulator, agent, _runtime: runtime }
    }

    pub(crate) fn url(&self) -> String {
        self.simulator.url()
    }

    /// A request to the API port; `path` may also be a whole URL.
    pub(crate) fn request(&self, method: &str, path: &str) -> TestRequest<'_> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url()) };
        TestRequest::new(&self.agent, method, &url)
    }

    /// A request to the control port.
    pub(crate) fn control(&self, method: &str, path: &str) -> TestRequest<'_> {
        TestRequest::new(&self.agent, method, &format!("{}{path}", self.simulator.control_url()))
    }

    pub(crate) fn generate(&self, body: &Value) -> TestAnswer {
        self.request("POST", GENERATION).key().json_body(&body.to_string()).send()
    }

    pub(crate) fn queue_fault(&self, fault: &Value) {
        assert_eq!(self.control("PUT", "/_sim/faults").json_body(&fault.to_string()).send().status, 200);
    }

    /// The request log, once `is_ready` finds in it what it waits for.
    pub(crate) fn requests(&self, is_ready: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let log = self.control("GET", "/_sim/requests").send().json();
            let entries = log.as_array().unwrap();
            if is_ready(entries) {
                return entries.clone();
            }
            assert!(Instant::now() < deadline, "not in the request log: {log}");
            std::thread::yield_now();
        }
    }

    /// Sends bytes on a connection of its own, ends the sending side if asked to, and reads until the other side ends.
    pub(crate) fn raw(&self, bytes: &[u8], stop_sending: bool) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.url().strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(bytes).unwrap();
        if stop_sending {
            stream.shutdown(std::net::Shutdown::Write).unwrap();
        }
        let mut answer = Vec::new();
        // A reset connection is an error that comes after the bytes.
        let _ = stream.read_to_end(&mut answer);
        answer
    }
}

pub(crate) struct TestRequest<'a> {
    agent: &'a Agent,
    builder: http::request::Builder,
    body: Option<Vec<u8>>,
}

impl<'a> TestRequest<'a> {
    fn new(agent: &'a Agent, method: &str, url: &str) -> Self {
        Self { agent, builder: http::Request::builder().method(method).uri(url), body: None }
    }

    pub(crate) fn key(self) -> Self {
        self.header("authorization", "Bearer sk-test-secret")
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) fn json_body(self, body: &str) -> Self {
        self.header("content-type", "application/json").body(body.as_bytes())
    }

    pub(crate) fn body(mut self, body: &[u8]) -> Self {
        self.body = Some(body.to_vec());
        self
    }

    pub(crate) fn send(self) -> TestAnswer {
        self.try_send().unwrap()
    }

    /// # Errors
    /// When the connection breaks before the whole answer is there.
    pub(crate) fn try_send(self) -> Result<TestAnswer, ureq::Error> {
        let response = match self.body {
            Some(body) => self.agent.run(self.builder.body(body)?),
            None => self.agent.run(self.builder.body(())?),
        }?;
        let (parts, mut body) = response.into_parts();
        let body = body.with_config().limit(100 << 20).read_to_vec()?;
        Ok(TestAnswer { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

#[derive(Debug)]
pub(crate) struct TestAnswer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl TestAnswer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The links of a successful answer.
    pub(crate) fn links(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        let body = self.json();
        let content = body["output"]["choices"][0]["message"]["content"].as_array().unwrap();
        content.iter().map(|item| item["image"].as_str().unwrap().to_owned()).collect()
    }
}

/// A right call with one small picture and these parameters.
pub(crate) fn call(parameters: &Value) -> Value {
    call_with(&[&data_url(64, 48)], parameters)
}

pub(crate) fn call_with(images: &[&str], parameters: &Value) -> Value {
    let mut content: Vec<Value> = images.iter().map(|image| json!({ "image": image })).collect();
    content.push(json!({ "text": "让天空下雪" }));
    json!({
        "model": "qwen-image-2.0-pro",
        "input": { "messages": [{ "role": "user", "content": content }] },
        "parameters": parameters,
    })
}

/// A PNG with a soft gradient, so that two sizes are two pictures.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([(x * 3) as u8, (y * 3) as u8, 120]));
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

pub(crate) fn data_url(width: u32, height: u32) -> String {
    format!("data:image/png;base64,{}", BASE64_STANDARD.encode(png(width, height)))
}
