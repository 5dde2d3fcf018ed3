//! Properties: every valid stream is read right, however it is cut, and whatever passes means the same to a
//! lenient parser (httparse, which hyper uses).

use proptest::prelude::*;
use relay_policy::http1::{Event, MAX_HEADERS};

use super::requests::pipeline;
use crate::{Reading, read, read_in_pieces};

/// One change to a valid stream, of the kind that opens a second reading.
fn mutations() -> impl Strategy<Value = Vec<(prop::sample::Index, Vec<u8>, usize)>> {
    let inserted = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..3),
        prop::sample::select(vec![
            &b"\r\n"[..],
            b"\n",
            b"\r",
            b" ",
            b"\t",
            b"\0",
            b":",
            b"0",
            b"5",
            b";",
            b",",
            b"_",
            b"chunked",
            b"Content-Length: 3\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b"\r\n ",
            b"HTTP/1.0",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), inserted, 0_usize..3), 1..4)
}

fn mutated(stream: &[u8], changes: Vec<(prop::sample::Index, Vec<u8>, usize)>) -> Vec<u8> {
    let mut stream = stream.to_vec();
    for (at, inserted, removed) in changes {
        let at = at.index(stream.len() + 1);
        let end = (at + removed).min(stream.len());
        stream.splice(at..end, inserted);
    }
    stream
}

/// Each head that passed, read again by the lenient parser: same end, and the same one statement about the body.
fn check_against_httparse(stream: &[u8], reading: &Reading) -> Result<(), TestCaseError> {
    let mut start = 0;
    for (index, (end, event)) in reading.events.iter().enumerate() {
        if *event == Event::HeadEnd {
            let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut request = httparse::Request::new(&mut headers);
            let status = request.parse(&stream[start..]);
            prop_assert_eq!(status, Ok(httparse::Status::Complete(end - start)));
            let values = |name: &str| -> Vec<&[u8]> {
                let headers = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
                headers.map(|header| header.value).collect()
            };
            let (lengths, codings) = (values("content-length"), values("transfer-encoding"));
            let body = reading.events.get(index + 1).filter(|(_, next)| *next == Event::BodyEnd);
            match (&lengths[..], &codings[..]) {
                ([], []) => prop_assert!(body.is_none()),
                ([length], []) => {
                    let length: usize = std::str::from_utf8(length).unwrap().parse().unwrap();
                    if let Some((body_end, _)) = body {
                        prop_assert_eq!(*body_end, end + length);
                    }
                }
                ([], [coding]) => prop_assert!(coding.eq_ignore_ascii_case(b"chunked")),
                more => prop_assert!(false, "two statements passed: {:?}", more),
            }
        }
        start = *end;
    }
    Ok(())
}

proptest! {
    #[test]
    fn valid_requests_pass_and_end_where_they_were_made_to_end(made in pipeline()) {
        prop_assert_eq!(read(&made.stream), Reading { events: made.events, refused: None });
    }

    #[test]
    fn pieces_make_no_difference(
        made in pipeline(),
        changes in mutations(),
        cuts in prop::collection::vec(any::<usize>(), 0..40),
    ) {
        let stream = mutated(&made.stream, changes);
        prop_assert_eq!(read_in_pieces(&stream, &cuts), read(&stream));
        let bytewise: Vec<usize> = (0..stream.len()).collect();
        prop_assert_eq!(read_in_pieces(&stream, &bytewise), read(&stream));
    }

    #[test]
    fn what_passes_means_the_same_to_a_lenient_parser(made in pipeline(), changes in mutations()) {
        let stream = mutated(&made.stream, changes);
        check_against_httparse(&stream, &read(&stream))?;
    }

    #[test]
    fn no_bytes_bring_it_down(stream in prop::collection::vec(any::<u8>(), 0..300)) {
        check_against_httparse(&stream, &read(&stream))?;
    }

    #[test]
    fn a_control_character_anywhere_in_a_head_is_refused(
        made in pipeline(),
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![0_u8..9, 11_u8..13, 14_u8..32, Just(127)],
    ) {
        let (head, _) = made.events[0];
        let mut stream = made.stream;
        stream.insert(at.index(head - 1), byte);
        prop_assert!(read(&stream).refused.is_some());
    }
}
