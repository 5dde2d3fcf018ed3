//! Readers of HTTP as lenient as those that were fooled in real attacks. Each is lenient in its own way; they must all
//! find the ends of a passed request where the gate found them.

use super::gate::{Body, Message};

/// Ways of being lenient.
#[derive(Debug, Clone, Copy)]
struct Reader {
    /// A line also ends with a CR alone. With LF alone it ends for all of them.
    ends_lines_with_cr: bool,
    /// Of two statements about the body, the last one counts.
    takes_last: bool,
    /// `Content-Length` counts, whatever `Transfer-Encoding` says.
    prefers_length: bool,
    /// Any `Transfer-Encoding` with `chunked` in it counts; otherwise only the plain word.
    seeks_chunked: bool,
    /// A line that begins with space belongs to the line before; otherwise it is a line of its own.
    unfolds: bool,
    /// Drops all but letters and hyphens from names.
    cleans_names: bool,
}

/// What a reader makes of a head.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    length: usize,
    chunked: bool,
    content_length: Option<u64>,
}

/// Fails when a lenient reader disagrees with the gate, or httparse does.
pub fn check(stream: &[u8], message: &Message) {
    let rest = &stream[message.head.start..];
    let strict = httparse_head(rest);
    assert_eq!(strict.length, message.head.len(), "httparse finds another end");
    for bits in 0..64_u8 {
        let is = |bit: u8| bits >> bit & 1 == 1;
        let reader = Reader {
            ends_lines_with_cr: is(0),
            takes_last: is(1),
            prefers_length: is(2),
            seeks_chunked: is(3),
            unfolds: is(4),
            cleans_names: is(5),
        };
        assert_eq!(reader.head(rest), strict, "{reader:?}");
    }
    let announced = strict.chunked || strict.content_length.is_some_and(|length| length > 0);
    match &message.body {
        Body::None => assert!(!announced, "a body that the gate does not see"),
        Body::Cut => assert!(announced, "a body that only the gate sees"),
        Body::Complete(range) => {
            assert_eq!(range.start, message.head.end);
            let body = &stream[range.start..];
            if strict.chunked {
                for bits in 0..4_u8 {
                    let (ends_with_cr, wraps) = (bits & 1 == 1, bits & 2 == 2);
                    let end = chunked_end(body, ends_with_cr, wraps);
                    assert_eq!(end, Some(range.len()), "ends with CR: {ends_with_cr}, wraps: {wraps}");
                }
            } else {
                assert_eq!(strict.content_length, Some(range.len() as u64));
            }
        }
    }
}

fn httparse_head(bytes: &[u8]) -> Head {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut request = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(length)) = request.parse(bytes) else { panic!("httparse refuses it") };
    let values = |name: &str| -> Vec<&[u8]> {
        request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value).collect()
    };
    let (lengths, codings) = (values("content-length"), values("transfer-encoding"));
    assert!(lengths.len() + codings.len() <= 1, "two statements about the body");
    let number = |digits: &&[u8]| std::str::from_utf8(digits).unwrap().parse().unwrap();
    assert!(codings.iter().all(|coding| coding.eq_ignore_ascii_case(b"chunked")), "an unknown coding");
    assert!(codings.is_empty() || request.version == Some(1), "a coding that HTTP/1.0 does not know");
    Head { length, chunked: !codings.is_empty(), content_length: lengths.first().map(number) }
}

impl Reader {
    fn head(self, bytes: &[u8]) -> Head {
        let mut at = bytes.iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let mut lines: Vec<Vec<u8>> = Vec::new();
        loop {
            let (line, taken) = self.line(&bytes[at..]);
            at += taken;
            // Space alone is an empty line, too.
            if line.trim_ascii().is_empty() {
                break;
            }
            match lines.last_mut() {
                Some(before) if self.unfolds && line.starts_with(b" ") => before.extend_from_slice(line),
                _ => lines.push(line.to_vec()),
            }
        }
        let mut head = Head { length: at, chunked: false, content_length: None };
        for line in lines.iter().skip(1) {
            self.header(line, &mut head);
        }
        if head.content_length.is_some() && self.prefers_length {
            head.chunked = false;
        }
        head
    }

    /// The first line without its end, and how many bytes it is with it.
    fn line(self, bytes: &[u8]) -> (&[u8], usize) {
        let is_end = |byte: &u8| *byte == b'\n' || (self.ends_lines_with_cr && *byte == b'\r');
        let end = bytes.iter().position(is_end).expect("the gate has seen the head's end");
        let taken = if bytes[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 };
        (bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]), taken)
    }

    fn header(self, line: &[u8], head: &mut Head) {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii().to_ascii_lowercase();
        let mut name = name.trim_ascii().to_ascii_lowercase();
        if self.cleans_names {
            name.retain(|byte| byte.is_ascii_graphic());
        }
        match &name[..] {
            b"transfer-encoding" if self.seeks_chunked => {
                head.chunked |= value.windows(7).any(|window| window == b"chunked");
            }
            b"transfer-encoding" => head.chunked |= value == b"chunked",
            b"content-length" => {
                for part in value.split(|byte| *byte == b',') {
                    // As strtol reads: space, a plus, digits, and whatever follows is ignored.
                    let part = part.trim_ascii();
                    let digits = part.strip_prefix(b"+").unwrap_or(part);
                    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
                    let number = digits.fold(0_u64, |number, digit| {
                        number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'))
                    });
                    if self.takes_last || head.content_length.is_none() {
                        head.content_length = Some(number);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Where a chunked body ends for a reader that skips whatever it does not understand. `None`: nowhere. Sizes over 64 bits
/// lose their first digits when it wraps, and are endless otherwise.
fn chunked_end(bytes: &[u8], ends_with_cr: bool, wraps: bool) -> Option<usize> {
    let reader = Reader {
        ends_lines_with_cr: ends_with_cr,
        takes_last: false,
        prefers_length: false,
        seeks_chunked: false,
        unfolds: false,
        cleans_names: false,
    };
    let mut at = 0;
    loop {
        let (line, taken) = reader.line(bytes.get(at..)?);
        at += taken;
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"0x").unwrap_or(line);
        let digits = line.iter().map_while(|byte| char::from(*byte).to_digit(16));
        let size = digits.fold(0_u64, |size, digit| {
            let more = if wraps { size.wrapping_mul(16) } else { size.saturating_mul(16) };
            more.saturating_add(u64::from(digit))
        });
        if size == 0 {
            break;
        }
        at = at.checked_add(usize::try_from(size).ok()?)?;
        at += bytes.get(at..)?.iter().take_while(|byte| b"\r\n".contains(byte)).count();
    }
    loop {
        let (line, taken) = reader.line(bytes.get(at..)?);
        at += taken;
        if line.trim_ascii().is_empty() {
            return Some(at);
        }
    }
}
