//! Reads a request body as it streams by: is it strict JSON, which model does it name, how many pictures does it ask
//! for. The body is never held: what stays in memory are the keys of open objects, and the model's name.
//!
//! The grammar is RFC 8259 to the letter, in UTF-8 without a byte order mark, with an object on top. Beyond the grammar:
//!
//! - an object has no key twice, compared after decoding escapes: two readers that disagree about which of two `model`
//!   keys counts would let a caller name one model to the relay and another to the vendor;
//! - at most [`MAX_DEPTH`] objects and arrays are open at once, and their keys are bounded ([`MAX_KEY_BYTES`],
//!   [`MAX_OPEN_KEY_BYTES`], [`MAX_OPEN_KEYS`]), so that no body makes the relay remember it;
//! - keys and the model's name hold no half of a surrogate pair, since readers disagree about what that spells.

mod error;
mod facts;
mod keys;
mod number;
mod text;
mod utf8;

use std::fmt;

pub use error::ScanError;
pub use facts::{Count, Facts, Field};
pub use keys::{MAX_KEY_BYTES, MAX_OPEN_KEY_BYTES, MAX_OPEN_KEYS};

use keys::{Mark, OpenKeys};
use number::Number;
use text::{Capture, Progress, Sink, Text};

/// How many objects and arrays may be open at once.
pub const MAX_DEPTH: usize = 64;

/// The longest model name that is read, in bytes after decoding.
pub const MAX_MODEL_BYTES: usize = 256;

/// What the next byte may be.
#[derive(Clone, Copy)]
enum State {
    Start,
    KeyOrEnd,
    Key,
    Colon,
    Value,
    ValueOrEnd,
    CommaOrEnd,
    /// Inside a string.
    Text(Text),
    Number(Number),
    /// Inside `true`, `false` or `null`: what is still to come.
    Literal(&'static [u8]),
    /// After the top-level object.
    Done,
    Failed(ScanError),
}

/// What the value that comes next, or is being read, is to the relay.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Model,
    Parameters,
    Count,
    Other,
}

/// One open object or array.
#[derive(Clone, Copy)]
struct Frame {
    is_object: bool,
    /// Where its keys begin.
    mark: Mark,
}

/// The reader. `Debug` shows how far it is and nothing of what it read.
pub struct Scanner {
    state: State,
    /// Bytes read so far.
    at: u64,
    /// Where the brace is that closes the top-level object.
    closed_at: Option<u64>,
    frames: Vec<Frame>,
    keys: OpenKeys,
    role: Role,
    in_parameters: bool,
    model: Capture,
    facts: Facts,
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// A reader at the first byte of a body.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: State::Start,
            at: 0,
            closed_at: None,
            frames: Vec::new(),
            keys: OpenKeys::default(),
            role: Role::Other,
            in_parameters: false,
            model: Capture::default(),
            facts: Facts::default(),
        }
    }

    /// Reads the next bytes; a body may be cut anywhere. Returns how many of them, from the first, may be sent on while
    /// the body is not yet known to be good: all before the brace that closes the top-level object, and none from there
    /// on. Whatever has been sent by then is no complete JSON, so nobody acts on it.
    ///
    /// # Errors
    /// What is wrong and where. Nothing more of the body may be sent on; every later call gives the same error.
    pub fn push(&mut self, chunk: &[u8]) -> Result<usize, ScanError> {
        let start = self.at;
        let mut rest = chunk;
        while !rest.is_empty() {
            let taken = self.advance(rest).inspect_err(|&error| self.state = State::Failed(error))?;
            self.at += taken as u64;
            rest = rest.get(taken..).unwrap_or_default();
        }
        if let State::Failed(error) = self.state {
            return Err(error);
        }
        let before_the_brace = self.closed_at.map(|brace| brace.saturating_sub(start));
        Ok(before_the_brace.map_or(chunk.len(), |bytes| usize::try_from(bytes).unwrap_or(usize::MAX)))
    }

    /// The body is over.
    ///
    /// # Errors
    /// [`ScanError::Incomplete`] when it ended early, or the error that [`Scanner::push`] gave.
    pub fn finish(self) -> Result<Facts, ScanError> {
        match self.state {
            State::Done => Ok(self.facts),
            State::Failed(error) => Err(error),
            _ => Err(ScanError::Incomplete { at: self.at }),
        }
    }

    /// Reads one token, or the part of it that is in `rest`, which is not empty. Returns how many bytes that was: none
    /// when `rest` shows that a number is over.
    fn advance(&mut self, rest: &[u8]) -> Result<usize, ScanError> {
        match &mut self.state {
            State::Text(_) => return self.text(rest),
            State::Number(number) => {
                let taken = number.push(rest);
                if taken < rest.len() {
                    let number = *number;
                    self.number_ended(number, self.at + taken as u64)?;
                }
                return Ok(taken);
            }
            State::Failed(error) => return Err(*error),
            _ => {}
        }
        let Some(&byte) = rest.first() else { return Ok(0) };
        if let State::Literal(left) = self.state {
            self.literal(left, byte)?;
        } else if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            self.structure(byte)?;
        }
        Ok(1)
    }

    fn structure(&mut self, byte: u8) -> Result<(), ScanError> {
        match (self.state, byte) {
            (State::Start, b'{') => self.open(true),
            (State::Start, _) => Err(ScanError::NotAnObject { at: self.at }),
            (State::KeyOrEnd | State::Key, b'"') => {
                self.keys.start();
                self.state = State::Text(Text::new(self.at, true));
                Ok(())
            }
            (State::KeyOrEnd, b'}') => self.close(true),
            (State::KeyOrEnd, _) => self.expected("a key in quotes or a closing brace"),
            (State::Key, _) => self.expected("a key in quotes"),
            (State::Colon, b':') => {
                self.state = State::Value;
                Ok(())
            }
            (State::Colon, _) => self.expected("a colon"),
            (State::ValueOrEnd, b']') => self.close(false),
            (State::CommaOrEnd, b',') => {
                self.state = if self.in_object() { State::Key } else { State::Value };
                Ok(())
            }
            (State::CommaOrEnd, b'}') => self.close(true),
            (State::CommaOrEnd, b']') => self.close(false),
            (State::CommaOrEnd, _) if self.in_object() => self.expected("a comma or a closing brace"),
            (State::CommaOrEnd, _) => self.expected("a comma or a closing bracket"),
            (State::Done, _) => self.expected("the end of the body"),
            _ => self.value(byte),
        }
    }

    fn value(&mut self, byte: u8) -> Result<(), ScanError> {
        match self.role {
            Role::Model if byte != b'"' => self.facts.model = Field::WrongType,
            Role::Parameters if byte == b'{' => {
                self.facts.parameters = Field::Value(());
                self.in_parameters = true;
            }
            Role::Parameters => self.facts.parameters = Field::WrongType,
            // Replaced when it turns out to be a number.
            Role::Count => self.facts.images = Field::WrongType,
            _ => {}
        }
        self.state = match byte {
            b'{' => return self.open(true),
            b'[' => return self.open(false),
            b'"' => State::Text(Text::new(self.at, false)),
            b'-' | b'0'..=b'9' => State::Number(Number::new(byte)),
            b't' => State::Literal(b"rue"),
            b'f' => State::Literal(b"alse"),
            b'n' => State::Literal(b"ull"),
            _ => return self.expected("a value"),
        };
        Ok(())
    }

    fn text(&mut self, rest: &[u8]) -> Result<usize, ScanError> {
        let State::Text(text) = &mut self.state else { return Ok(0) };
        let mut sink = match self.role {
            _ if text.is_key() => Sink::Key(&mut self.keys),
            Role::Model => Sink::Model(&mut self.model),
            _ => Sink::Nothing,
        };
        match text.push(rest, self.at, &mut sink)? {
            Progress::Inside => Ok(rest.len()),
            Progress::Ended(taken) => {
                let text = *text;
                self.text_ended(text)?;
                Ok(taken)
            }
        }
    }

    fn text_ended(&mut self, text: Text) -> Result<(), ScanError> {
        if !text.is_key() {
            if self.role == Role::Model {
                self.facts.model = self.model.take().map_or(Field::WrongType, Field::Value);
            }
            self.state = State::CommaOrEnd;
            return Ok(());
        }
        self.role = match (self.frames.len(), self.keys.newest()) {
            (1, b"model") => Role::Model,
            (1, b"parameters") => Role::Parameters,
            (2, b"n") if self.in_parameters => Role::Count,
            _ => Role::Other,
        };
        let mark = self.frames.last().map(|frame| frame.mark).unwrap_or_default();
        self.keys.finish(mark, text.start())?;
        self.state = State::Colon;
        Ok(())
    }

    /// `at` is the first byte behind the number.
    fn number_ended(&mut self, number: Number, at: u64) -> Result<(), ScanError> {
        let count = number.end().map_err(|expected| ScanError::Syntax { at, expected })?;
        if self.role == Role::Count {
            self.facts.images = Field::Value(count);
        }
        self.state = State::CommaOrEnd;
        Ok(())
    }

    fn literal(&mut self, left: &'static [u8], byte: u8) -> Result<(), ScanError> {
        self.state = match left.split_first() {
            Some((&wanted, [])) if wanted == byte => State::CommaOrEnd,
            Some((&wanted, left)) if wanted == byte => State::Literal(left),
            _ => return self.expected("part of true, false or null"),
        };
        Ok(())
    }

    fn open(&mut self, is_object: bool) -> Result<(), ScanError> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(ScanError::TooDeep { at: self.at });
        }
        self.frames.push(Frame { is_object, mark: self.keys.mark() });
        // What is inside has keys of its own, or none.
        self.role = Role::Other;
        self.state = if is_object { State::KeyOrEnd } else { State::ValueOrEnd };
        Ok(())
    }

    fn close(&mut self, is_object: bool) -> Result<(), ScanError> {
        match self.frames.pop() {
            Some(frame) if frame.is_object == is_object => self.keys.forget(frame.mark),
            Some(frame) if frame.is_object => return self.expected("a comma or a closing brace"),
            _ => return self.expected("a comma or a closing bracket"),
        }
        if self.frames.len() == 1 {
            self.in_parameters = false;
        }
        self.state = State::CommaOrEnd;
        if self.frames.is_empty() {
            self.closed_at = Some(self.at);
            self.state = State::Done;
        }
        Ok(())
    }

    fn in_object(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.is_object)
    }

    fn expected(&self, expected: &'static str) -> Result<(), ScanError> {
        Err(ScanError::Syntax { at: self.at, expected })
    }
}
