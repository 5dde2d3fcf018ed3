//! Where a request body ends: after its length, or by its chunks.

use super::head::field;
use super::{Event, Fed, MAX_HEADERS, Refused, Step, Violation, is_field_text};

/// Digits of a chunk size: more than any body needs, and no overflow.
const MAX_SIZE_DIGITS: usize = 15;
/// Bytes of one chunk extension. They mean nothing here; nobody sends them but attackers.
const MAX_EXTENSION: usize = 256;
/// Bytes of all extensions of one body.
const MAX_EXTENSIONS: usize = 4 * 1024;
/// Bytes of the trailer section, whose lines are ignored.
const MAX_TRAILERS: usize = 4 * 1024;

/// A body under way.
#[derive(Debug, Clone)]
pub(super) struct Body {
    part: Part,
    /// The trailer line under way.
    line: Vec<u8>,
    extensions: usize,
    trailers: usize,
    trailer_lines: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// So many bytes until the end.
    Length(u64),
    /// The digits of a chunk size.
    Size {
        size: u64,
        digits: usize,
    },
    /// Behind the `;` of a size line.
    Extension {
        size: u64,
        length: usize,
    },
    /// The LF of a size line.
    SizeLf {
        size: u64,
    },
    /// So many bytes until the chunk's CR LF.
    Data(u64),
    DataCr,
    DataLf,
    /// A trailer line, or the empty line that ends the body.
    Trailer,
    TrailerLf,
}

const SIZE: Part = Part::Size { size: 0, digits: 0 };

impl Body {
    /// What a head announced; `None` when there is no body.
    pub(super) fn announced(length: Option<u64>, is_chunked: bool) -> Option<Self> {
        let part = match length {
            _ if is_chunked => SIZE,
            None | Some(0) => return None,
            Some(length) => Part::Length(length),
        };
        Some(Self { part, line: Vec::new(), extensions: 0, trailers: 0, trailer_lines: 0 })
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Step {
        (self.run(bytes), None)
    }

    fn run(&mut self, bytes: &[u8]) -> Result<Fed, Refused> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            // Data is counted, not looked at.
            if let Part::Length(left) | Part::Data(left) = &mut self.part {
                let here = (bytes.len() - at).min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= here as u64;
                at += here;
                match self.part {
                    Part::Length(0) => return Ok(Fed { consumed: at, event: Event::BodyEnd }),
                    Part::Data(0) => self.part = Part::DataCr,
                    _ => {}
                }
                continue;
            }
            match self.step(*byte).map_err(|violation| Refused { good: at, violation })? {
                Some(part) => self.part = part,
                None => return Ok(Fed { consumed: at + 1, event: Event::BodyEnd }),
            }
            at += 1;
        }
        Ok(Fed { consumed: at, event: Event::More })
    }

    /// Takes one byte that is not data; `None` when it ends the body.
    fn step(&mut self, byte: u8) -> Result<Option<Part>, Violation> {
        let next = match (self.part, byte) {
            (Part::Size { size, digits }, byte) if byte.is_ascii_hexdigit() && digits < MAX_SIZE_DIGITS => {
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                Part::Size { size: size << 4 | u64::from(digit), digits: digits + 1 }
            }
            (Part::Size { size, digits: 1.. } | Part::Extension { size, .. }, b'\r') => Part::SizeLf { size },
            (Part::Size { size, digits: 1.. }, b';') => Part::Extension { size, length: 0 },
            (Part::Extension { size, length }, byte) if is_field_text(byte) => {
                self.extensions += 1;
                if length == MAX_EXTENSION || self.extensions > MAX_EXTENSIONS {
                    return Err(Violation::ChunkSize);
                }
                Part::Extension { size, length: length + 1 }
            }
            (Part::SizeLf { size: 0 }, b'\n') => Part::Trailer,
            (Part::SizeLf { size }, b'\n') => Part::Data(size),
            (Part::DataCr, b'\r') => Part::DataLf,
            (Part::DataLf, b'\n') => SIZE,
            (Part::DataCr | Part::DataLf, _) => return Err(Violation::ChunkEnd),
            (Part::Trailer | Part::TrailerLf, byte) => return self.trailer(byte),
            _ => return Err(Violation::ChunkSize),
        };
        Ok(Some(next))
    }

    fn trailer(&mut self, byte: u8) -> Result<Option<Part>, Violation> {
        self.trailers += 1;
        if self.trailers > MAX_TRAILERS {
            return Err(Violation::Trailer);
        }
        match (self.part, byte) {
            (Part::TrailerLf, b'\n') if self.line.is_empty() => Ok(None),
            (Part::TrailerLf, b'\n') => {
                self.trailer_lines += 1;
                let is_field = field(&self.line).is_ok() && self.trailer_lines <= MAX_HEADERS;
                self.line.clear();
                if is_field { Ok(Some(Part::Trailer)) } else { Err(Violation::Trailer) }
            }
            (Part::Trailer, b'\r') => Ok(Some(Part::TrailerLf)),
            (Part::Trailer, byte) if is_field_text(byte) => {
                self.line.push(byte);
                Ok(Some(Part::Trailer))
            }
            _ => Err(Violation::Trailer),
        }
    }
}
