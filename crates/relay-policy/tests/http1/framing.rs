//! Where heads and bodies end.

use relay_policy::http1::{Event, MAX_HEAD, MAX_HEADERS, MAX_TARGET, Phase, RequestTracker, Violation};

use crate::{accepts, refuses};

const HEAD: &str = "POST /a HTTP/1.1\r\nHost: x\r\n";

#[test]
fn a_request_without_a_body_ends_with_its_head() {
    assert_eq!(accepts("GET / HTTP/1.1\r\n\r\n"), [(18, Event::HeadEnd)]);
    assert_eq!(accepts("GET / HTTP/1.0\r\nContent-Length: 0\r\n\r\n"), [(37, Event::HeadEnd)]);
    assert_eq!(accepts("\r\nGET / HTTP/1.1\r\n\r\n"), [(20, Event::HeadEnd)], "one empty line is ignored");
    refuses("\r\n\r\nGET / HTTP/1.1\r\n\r\n", Violation::RequestLine);
}

#[test]
fn a_length_is_counted() {
    let one = format!("{HEAD}Content-Length: 3\r\n\r\nabc");
    let length = one.len();
    let events = [(length - 3, Event::HeadEnd), (length, Event::BodyEnd)];
    assert_eq!(accepts(&one), events);
    let twice = accepts(one.repeat(2));
    assert_eq!(&twice[..2], events);
    assert_eq!(twice[3], (2 * length, Event::BodyEnd));
    for value in ["003", "3\t", "\t 3 "] {
        assert_eq!(accepts(format!("{HEAD}content-LENGTH:{value}\r\n\r\nabc")).len(), 2, "{value:?}");
    }
}

#[test]
fn chunks_are_counted() {
    for body in [
        "0\r\n\r\n",
        "3\r\nabc\r\n0\r\n\r\n",
        "a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n",
        "3;name=value\r\nabc\r\n0;x\r\n\r\n",
        "2\r\n\r\n\r\n0\r\n\r\n",
        "0\r\nX-Trailer: a\r\nContent-Length: 7\r\n\r\n",
    ] {
        for coding in ["chunked", "Chunked", "  CHUNKED\t"] {
            let stream = format!("{HEAD}Transfer-Encoding:{coding}\r\n\r\n{body}");
            let length = stream.len();
            let expected = [(length - body.len(), Event::HeadEnd), (length, Event::BodyEnd)];
            assert_eq!(accepts(&stream), expected, "{stream:?}");
        }
    }
}

#[test]
fn the_phase_tells_where_the_next_byte_belongs() {
    let mut tracker = RequestTracker::new();
    assert_eq!(tracker.phase(), Phase::Idle);
    tracker.feed(b"POST / HTTP/1.1\r\n").unwrap();
    assert_eq!(tracker.phase(), Phase::Head);
    tracker.feed(b"Content-Length: 1\r\n\r\n").unwrap();
    assert_eq!(tracker.phase(), Phase::Body);
    tracker.feed(b"x").unwrap();
    assert_eq!(tracker.phase(), Phase::Idle);
    tracker.feed(b"\0").unwrap_err();
    assert_eq!(tracker.phase(), Phase::Refused);
}

#[test]
fn the_caps_are_exact() {
    let target = |length: usize| format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(length - 1));
    accepts(target(MAX_TARGET));
    refuses(target(MAX_TARGET + 1), Violation::TargetTooLong);
    refuses(format!("GET /{}", "a".repeat(MAX_TARGET + 20)), Violation::TargetTooLong);

    let lines = |count: usize| format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(count));
    accepts(lines(MAX_HEADERS));
    refuses(lines(MAX_HEADERS + 1), Violation::HeadTooLarge);

    let head = |size: usize| {
        let rest = "GET / HTTP/1.1\r\nx: \r\n\r\n".len();
        format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(size - rest))
    };
    accepts(head(MAX_HEAD));
    refuses(head(MAX_HEAD + 1), Violation::HeadTooLarge);
    accepts(head(MAX_HEAD).repeat(3));
}

#[test]
fn chunk_overhead_is_capped() {
    let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
    let extension = |length: usize| format!("{chunked}1;{}\r\na\r\n0\r\n\r\n", "e".repeat(length));
    accepts(extension(256));
    refuses(extension(257), Violation::ChunkSize);
    let many = format!("1;{}\r\na\r\n", "e".repeat(200)).repeat(21);
    refuses(format!("{chunked}{many}0\r\n\r\n"), Violation::ChunkSize);
    accepts(format!("{chunked}0\r\n{}\r\n", "t: 1\r\n".repeat(MAX_HEADERS)));
    refuses(format!("{chunked}0\r\n{}\r\n", "t: 1\r\n".repeat(MAX_HEADERS + 1)), Violation::Trailer);
    refuses(format!("{chunked}0\r\nt: {}\r\n\r\n", "a".repeat(5000)), Violation::Trailer);
    accepts(format!("{chunked}000000000000001\r\na\r\n0\r\n\r\n"));
    refuses(format!("{chunked}0000000000000001\r\na\r\n0\r\n\r\n"), Violation::ChunkSize);
}
