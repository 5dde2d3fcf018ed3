//! The course of an edit, for `npm/converse.js`, which carries out its steps.

use qwen_edit_api::json::ObjectWriter;
use qwen_edit_client::conversation::{Conversation as Course, Heard, Step};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::connection::{read_head, read_lost};
use crate::error::edit_error;
use crate::result;

/// An edit that was sent, or the picking up of one. Each call gives the next step as JSON: `{ask: true}`, `{pause: 1500}`,
/// `{result: …}` or `{error: …}`, all with `accepted: true` once the relay has said that it keeps the answer.
///
/// There is no step that sends: see `qwen_edit_client::conversation`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Conversation(Course);

#[wasm_bindgen]
impl Conversation {
    /// An edit that was just sent, as a job or not; or, without `is_sent`, the picking up of a job, whose first step is to
    /// ask.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(
        model: &str,
        requested: u32,
        timeout_ms: u32,
        is_job: bool,
        is_sent: bool,
        now: f64,
    ) -> Conversation {
        Conversation(match is_sent {
            true => Course::sent(model, requested, timeout_ms, is_job),
            false => Course::picking_up(model, requested, timeout_ms, now),
        })
    }

    /// What was heard: `lost` and `head` as in `connection.rs`, with the body of a whole answer where nothing was lost; or
    /// that a pause is over, with `paused` in place of what was lost.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional borrowed texts")]
    pub fn hear(&mut self, lost: Option<String>, head: &str, body: &[u8], now: f64) -> String {
        let head = read_head(head);
        let step = match lost.as_deref() {
            None => self.0.hear(Heard::Answer(&head, body), now),
            Some("paused") => self.0.hear(Heard::Paused, now),
            Some(kind) => self.0.hear(Heard::Lost(read_lost(kind, head)), now),
        };
        let mut object = ObjectWriter::new();
        match step {
            Step::Ask => object.flag("ask", true),
            Step::Pause(milliseconds) => object.number("pause", milliseconds.into()),
            Step::Done(outcome) => match *outcome {
                Ok(result) => object.json("result", &result::written(&result)),
                Err(error) => object.json("error", &edit_error(&error)),
            },
        }
        if self.0.is_accepted() {
            object.flag("accepted", true);
        }
        object.end()
    }
}
