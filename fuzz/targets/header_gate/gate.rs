//! What the gate says about a connection.

use std::ops::Range;

use relay_policy::http1::{Event, Phase, Refused, RequestTracker};

/// One request that the gate let pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub head: Range<usize>,
    pub body: Body,
}

/// Its body, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    None,
    Complete(Range<usize>),
    /// The connection ended, or was refused, inside of it.
    Cut,
}

/// All that the gate let pass.
#[derive(Debug, PartialEq, Eq)]
pub struct Reading {
    pub messages: Vec<Message>,
    /// So many bytes go on to the HTTP library.
    pub passed: usize,
}

/// Feeds a connection in pieces that end at `cuts`.
pub fn read(stream: &[u8], cuts: &[usize]) -> Reading {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
    ends.push(stream.len());
    ends.sort_unstable();
    let mut tracker = RequestTracker::new();
    let (mut at, mut start, mut messages) = (0, 0, Vec::<Message>::new());
    for end in ends {
        while at < end {
            let fed = match tracker.feed(&stream[at..end]) {
                Ok(fed) => fed,
                Err(Refused { good, .. }) => {
                    assert!(
                        tracker.phase() == Phase::Refused && tracker.feed(b"GET / HTTP/1.1\r\n\r\n").is_err()
                    );
                    let in_body = messages.last().is_some_and(|last| last.body == Body::Cut);
                    return Reading { messages, passed: if in_body { at + good } else { start } };
                }
            };
            assert!((1..=end - at).contains(&fed.consumed));
            at += fed.consumed;
            match fed.event {
                Event::More => continue,
                Event::HeadEnd => {
                    let body = if tracker.phase() == Phase::Body { Body::Cut } else { Body::None };
                    messages.push(Message { head: start..at, body });
                }
                Event::BodyEnd => messages.last_mut().unwrap().body = Body::Complete(start..at),
            }
            start = at;
        }
    }
    let in_body = tracker.phase() == Phase::Body;
    Reading { messages, passed: if in_body { at } else { start } }
}
