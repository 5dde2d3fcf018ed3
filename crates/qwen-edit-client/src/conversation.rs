//! The course of one edit with a relay: what to do next, and when there is an outcome. Pure: it is told what was heard
//! and what time it is, so that every course can be tried without a browser.
//!
//! Sending is no [`Step`]. Whoever drives a conversation sends before it begins, once, and nothing here could ask for it
//! again: that an edit is not paid for twice does not depend on anybody's care.

use crate::decode::{self, Head};
use crate::{EditResult, Error, ErrorKind, Lost};

/// The pause after a request that was lost, and before the next when the relay answered at once.
const PAUSE_MS: u32 = 1_500;
/// A relay that knows nothing of a job is asked so many times when the upload's end was not seen: a proxy may still be
/// passing it on.
const LATE_ARRIVALS: u32 = 4;

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Ask the relay what became of the job. Costs nothing.
    Ask,
    /// Wait so many milliseconds.
    Pause(u32),
    /// It is over.
    Done(Box<Result<EditResult, Error>>),
}

/// What came of the last step.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard<'a> {
    /// A whole answer.
    Answer(&'a Head, &'a [u8]),
    /// No whole answer.
    Lost(Lost),
    /// The pause is over.
    Paused,
}

/// One edit, from the moment its request was sent; or the picking up of one that was sent before.
#[derive(Clone, Debug)]
pub struct Conversation {
    model: String,
    requested: u32,
    /// How long to go on asking.
    timeout_ms: u32,
    is_job: bool,
    stage: Stage,
    is_accepted: bool,
    /// The answer to the sending was lost: what that means if the relay never had it, and how often to ask still.
    doubt: Option<(Error, u32)>,
    /// The time was over and the last question lost, so one more is put: after a device has slept, its clock says that the
    /// time is over, and only its connection is.
    is_last_question: bool,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Sent,
    /// Since when, and when the last question was put, in milliseconds of any clock.
    Asking {
        since: f64,
        asked: f64,
    },
}

impl Conversation {
    /// An edit that was just sent. `model` and `requested` are those of the request; answers do not repeat them. A job was
    /// sent with a name, which the relay can be asked for.
    #[must_use]
    pub fn sent(model: &str, requested: u32, timeout_ms: u32, is_job: bool) -> Conversation {
        Conversation {
            model: model.to_owned(),
            requested,
            timeout_ms,
            is_job,
            stage: Stage::Sent,
            is_accepted: false,
            doubt: None,
            is_last_question: false,
        }
    }

    /// The picking up of a job, whose first step is [`Step::Ask`].
    #[must_use]
    pub fn picking_up(model: &str, requested: u32, timeout_ms: u32, now: f64) -> Conversation {
        let stage = Stage::Asking { since: now, asked: now };
        Conversation { stage, ..Conversation::sent(model, requested, timeout_ms, true) }
    }

    /// Whether the relay has said that it has the job and will keep the answer.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.is_accepted
    }

    /// Goes on. `now` is in milliseconds, of the same clock every time.
    pub fn hear(&mut self, heard: Heard<'_>, now: f64) -> Step {
        match (self.stage, heard) {
            (_, Heard::Paused) => self.ask(now),
            (Stage::Sent, Heard::Answer(head, _)) if self.is_job && head.status == 202 => {
                self.is_accepted = true;
                self.begin_asking(now)
            }
            (Stage::Sent, Heard::Answer(head, body)) => {
                done(decode::edit_answer(head, body, &self.model, self.requested))
            }
            (Stage::Sent, Heard::Lost(lost)) if self.is_job && lost != Lost::NotSent => {
                self.doubt = Some((lost.of_edit(), LATE_ARRIVALS));
                self.begin_asking(now)
            }
            (Stage::Sent, Heard::Lost(lost)) => done(Err(lost.of_edit())),
            (Stage::Asking { .. }, Heard::Answer(head, body)) => self.hear_of_job(head, body, now),
            // Of the question; the edit was sent long ago.
            (Stage::Asking { .. }, Heard::Lost(Lost::NotSent)) => {
                self.ask_after_loss(ErrorKind::Network.into(), now)
            }
            (Stage::Asking { .. }, Heard::Lost(lost)) => self.ask_after_loss(lost.of_edit(), now),
        }
    }

    fn hear_of_job(&mut self, head: &Head, body: &[u8], now: f64) -> Step {
        match head.status {
            202 => {
                self.is_accepted = true;
                self.ask_again(ErrorKind::Timeout.into(), now)
            }
            // A gateway between us and the relay; the relay marks its own words.
            429 | 502..=504 if !head.from_relay => self.ask_after_loss(head.error(ErrorKind::Network), now),
            _ => match decode::job_answer(head, body, &self.model, self.requested) {
                Err(error) if is_unknown_job(&error) => self.hear_of_nothing(error, now),
                outcome => done(outcome),
            },
        }
    }

    /// The relay does not know the job.
    fn hear_of_nothing(&mut self, error: Error, now: f64) -> Step {
        match self.doubt.take() {
            None => done(Err(error)),
            // It never had the whole request. Only it could have sent it on, but it may be a relay without a memory.
            Some((lost, 1)) => done(Err(lost)),
            Some((lost, left)) => {
                self.doubt = Some((lost, left - 1));
                self.stage = Stage::Asking { since: now, asked: now };
                Step::Pause(PAUSE_MS)
            }
        }
    }

    fn begin_asking(&mut self, now: f64) -> Step {
        self.stage = Stage::Asking { since: now, asked: now };
        Step::Ask
    }

    fn ask(&mut self, now: f64) -> Step {
        if let Stage::Asking { asked, .. } = &mut self.stage {
            *asked = now;
        }
        Step::Ask
    }

    fn ask_after_loss(&mut self, lost: Error, now: f64) -> Step {
        match self.ask_again(lost, now) {
            Step::Done(_) if !self.is_last_question => {
                self.is_last_question = true;
                Step::Pause(PAUSE_MS)
            }
            step => step,
        }
    }

    /// `lost` is what to say when the time is over.
    fn ask_again(&mut self, lost: Error, now: f64) -> Step {
        match self.stage {
            Stage::Asking { since, .. } if now - since > f64::from(self.timeout_ms) => done(Err(lost)),
            Stage::Asking { asked, .. } if now - asked < f64::from(PAUSE_MS) => Step::Pause(PAUSE_MS),
            _ => self.ask(now),
        }
    }
}

fn done(outcome: Result<EditResult, Error>) -> Step {
    Step::Done(Box::new(outcome))
}

fn is_unknown_job(error: &Error) -> bool {
    matches!(&error.kind, ErrorKind::Relay { code, .. } if code == "not_found")
}

#[cfg(test)]
mod tests;
