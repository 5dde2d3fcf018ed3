//! The reading of HTTP/1.1: which requests pass, where they end, and that a lenient parser agrees.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must fail")]

mod http1 {
    mod agreement;
    mod framing;
    mod refusals;
    mod requests;
}

use relay_policy::http1::{Event, Refused, RequestTracker, Violation};

/// Events with the position in the stream behind them, and the violation with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    events: Vec<(usize, Event)>,
    refused: Option<(usize, Violation)>,
}

/// Feeds the stream in pieces that end at the given positions.
fn read_in_pieces(stream: &[u8], cuts: &[usize]) -> Reading {
    let mut tracker = RequestTracker::new();
    let (mut at, mut events) = (0, Vec::new());
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
    ends.push(stream.len());
    ends.sort_unstable();
    for end in ends {
        while at < end {
            match tracker.feed(&stream[at..end]) {
                Ok(fed) => {
                    assert!(fed.consumed > 0 && fed.consumed <= end - at);
                    at += fed.consumed;
                    if fed.event != Event::More {
                        events.push((at, fed.event));
                    }
                }
                Err(Refused { good, violation }) => {
                    let again = tracker.feed(&stream[at..end]);
                    assert_eq!(again, Err(Refused { good: 0, violation }), "it stays refused");
                    return Reading { events, refused: Some((at + good, violation)) };
                }
            }
        }
    }
    Reading { events, refused: None }
}

fn read(stream: impl AsRef<[u8]>) -> Reading {
    read_in_pieces(stream.as_ref(), &[])
}

#[track_caller]
fn refuses(stream: impl AsRef<[u8]>, violation: Violation) {
    let stream = stream.as_ref();
    let found = read(stream).refused.map(|(_, violation)| violation);
    assert_eq!(found, Some(violation), "{}", stream.escape_ascii());
}

#[track_caller]
fn accepts(stream: impl AsRef<[u8]>) -> Vec<(usize, Event)> {
    let stream = stream.as_ref();
    let reading = read(stream);
    assert_eq!(reading.refused, None, "{}", stream.escape_ascii());
    reading.events
}
