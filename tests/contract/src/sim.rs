//! The simulator and its control side: what arrived, and what shall go wrong next.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use ureq::http::Request;

use crate::digest::sha256;
use crate::http::{self, Answer};
use crate::server::Server;

/// The vendor's path of the paid call.
pub const GENERATION: &str = "/api/v1/services/aigc/multimodal-generation/generation";

/// How long the log may take to show what is already on its way.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running simulator.
#[derive(Debug)]
pub struct Sim {
    server: Server,
    /// Where it answers like the vendor, for example `http://127.0.0.1:40123`.
    pub url: String,
    control: String,
}

/// One request as the simulator saw it. Its log holds no secrets.
#[derive(Debug, Clone, Deserialize)]
pub struct Seen {
    /// Counts from 1.
    pub id: u64,
    /// The request's method.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Lower-case names; credentials cut down to their kind.
    pub headers: BTreeMap<String, String>,
    /// Whether the whole body arrived.
    pub complete: bool,
    /// Bytes of the body.
    pub body_size: u64,
    /// Lower-case hexadecimal.
    pub body_sha256: Option<String>,
    /// The answer's status; `None` while, or because, there was no answer.
    pub status: Option<u16>,
}

impl Sim {
    /// Starts a simulator on ports of its own that answers at once.
    pub fn start() -> Self {
        let server = Server::start("qwen-edit-sim", "QWEN_EDIT_SIM_BIN", |command| {
            command.args(["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--latency", "0s"]);
        });
        let url = server.announced("listening");
        let control = server.announced("control");
        Self { server, url, control }
    }

    /// Queues faults for the next calls: one object, or an array.
    pub fn queue(&self, faults: &Value) {
        let request = Request::put(format!("{}/_sim/faults", self.control));
        let answer = http::send_body(request, faults.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Everything that arrived, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        let answer = http::get(&format!("{}/_sim/requests", self.control));
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// The paid calls among them, whether complete or not.
    pub fn generations(&self) -> Vec<Seen> {
        let mut seen = self.requests();
        seen.retain(|request| request.path == GENERATION);
        seen
    }

    /// Waits until `is_there` finds in the log what it looks for.
    pub fn wait_for(&self, is_there: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen = self.requests();
            if is_there(&seen) {
                return seen;
            }
            assert!(Instant::now() < deadline, "not in the simulator's log: {seen:#?}");
            thread::yield_now();
        }
    }

    /// The only paid call that arrived.
    pub fn only_generation(&self) -> Seen {
        let mut seen = self.generations();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen.remove(0)
    }

    /// The exact bytes of one request's body.
    pub fn body_of(&self, seen: &Seen) -> Vec<u8> {
        let answer = http::get(&format!("{}/_sim/requests/{}/body", self.control, seen.id));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(Some(sha256(&answer.body)), seen.body_sha256);
        answer.body
    }

    /// Forgets requests, faults and pictures.
    pub fn reset(&self) {
        let answer: Answer = http::send(Request::delete(format!("{}/_sim", self.control)));
        assert_eq!(answer.status, 204);
    }

    /// Ends it; from now on its port refuses connections.
    pub fn stop(self) {
        self.server.stop();
    }
}
