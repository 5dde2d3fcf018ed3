//! A strict reading of HTTP/1.1 requests (RFC 9112), one connection at a time.
//!
//! Libraries that parse HTTP are lenient where two readings of one message are possible, and two readings are how
//! requests are smuggled. [`RequestTracker`] stands in front of such a library: it is fed every byte of a
//! connection, knows where each request's head and body end, and refuses whatever has more than one reading. What
//! it lets pass is a subset of what the library accepts, cut at the same places.
//!
//! A shell feeds it like this: it holds back the bytes of a head until [`Event::HeadEnd`], so that nothing of a
//! refused request gets any further, and passes the bytes of a body on at once.
//!
//! ```
//! use relay_policy::http1::{Event, RequestTracker};
//!
//! let stream = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\n\r\n";
//! let mut tracker = RequestTracker::new();
//! let (mut rest, mut events) = (&stream[..], Vec::new());
//! while !rest.is_empty() {
//!     let fed = tracker.feed(rest).unwrap();
//!     events.push((fed.consumed, fed.event));
//!     rest = &rest[fed.consumed..];
//! }
//! assert_eq!(events, [(48, Event::HeadEnd), (2, Event::BodyEnd), (18, Event::HeadEnd)]);
//! ```

mod body;
mod head;
mod violation;

use body::Body;
use head::Head;

pub use violation::Violation;

/// Longest request head in bytes: request line, header lines and the line ends.
pub const MAX_HEAD: usize = 16 * 1024;
/// Most header lines of one request.
pub const MAX_HEADERS: usize = 64;
/// Longest request target in bytes; a picture link with its signature is about 400.
pub const MAX_TARGET: usize = 8 * 1024;
/// Longest `Origin` that is kept of a refused request, in bytes: longer ones are no page's.
pub const MAX_ORIGIN: usize = 256;

/// Follows the requests of one connection through its bytes.
#[derive(Debug, Clone, Default)]
pub struct RequestTracker {
    state: State,
    refused_origin: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
enum State {
    Head(Head),
    Body(Body),
    /// Nothing on this connection can be trusted any more.
    Refused(Violation),
}

impl Default for State {
    fn default() -> Self {
        Self::Head(Head::default())
    }
}

/// How far one call of [`RequestTracker::feed`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fed {
    /// Bytes taken from the front; the rest belongs to what comes next and is fed again.
    pub consumed: usize,
    /// What the last of these bytes completed.
    pub event: Event,
}

/// What was completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Nothing yet: all bytes belong to the head or body that is under way.
    More,
    /// A head, and it is unambiguous. Without a body the next byte begins another head.
    HeadEnd,
    /// A body; the next byte begins another head.
    BodyEnd,
}

/// Where a connection broke the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{violation}")]
pub struct Refused {
    /// Bytes in front of the offending one. Inside a head they are void with the whole request; inside a body they
    /// belong to it.
    pub good: usize,
    /// Why.
    pub violation: Violation,
}

/// Where the next byte belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Between two requests: it begins a head.
    Idle,
    /// Into a head that has begun.
    Head,
    /// Into a body.
    Body,
    /// Nowhere.
    Refused,
}

impl RequestTracker {
    /// A tracker for a new connection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the connection, up to and including the next event. How the stream is cut into
    /// calls makes no difference to where events and violations are found. Consumes at least one byte of a
    /// non-empty slice.
    ///
    /// # Errors
    /// [`Refused`]; from then on every call gives the same violation, and the connection must be closed.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Fed, Refused> {
        let (result, next) = match &mut self.state {
            State::Head(head) => head.feed(bytes),
            State::Body(body) => body.feed(bytes),
            State::Refused(violation) => return Err(Refused { good: 0, violation: *violation }),
        };
        match &result {
            Err(refused) => {
                if let State::Head(head) = &mut self.state {
                    self.refused_origin = head.take_origin();
                }
                self.state = State::Refused(refused.violation);
            }
            Ok(Fed { event: Event::More, .. }) => {}
            Ok(_) => self.state = next.map_or_else(State::default, State::Body),
        }
        result
    }

    /// The `Origin` of a refused head, as far as it was read, when there is exactly one: a page that may call is to
    /// learn why its request was refused. It is a field's text, without a line end, and says nothing about the request.
    #[must_use]
    pub fn refused_origin(&self) -> Option<&[u8]> {
        self.refused_origin.as_deref()
    }

    /// Where the next byte belongs.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match &self.state {
            State::Head(head) if head.is_untouched() => Phase::Idle,
            State::Head(_) => Phase::Head,
            State::Body(_) => Phase::Body,
            State::Refused(_) => Phase::Refused,
        }
    }
}

/// What a part of the machine says: how far it came, and the body that follows a completed head.
type Step = (Result<Fed, Refused>, Option<Body>);

/// `tchar` of RFC 9110, 5.6.2: what names and methods are made of.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// What a field value may hold (RFC 9110, 5.5): no control character but the tab.
fn is_field_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}
