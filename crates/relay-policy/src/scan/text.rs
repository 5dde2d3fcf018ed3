//! The inside of a JSON string. Long runs of plain ASCII, which is what a picture in base64 is, are skipped in blocks.

use super::keys::OpenKeys;
use super::utf8::Utf8;
use super::{MAX_MODEL_BYTES, ScanError};

/// Where in a string the next byte is.
#[derive(Clone, Copy)]
enum Place {
    Plain,
    /// After a backslash.
    Escape,
    /// Inside `\uXXXX`: digits still to come, and the value so far.
    Hex {
        left: u8,
        value: u16,
    },
}

/// A string that is being read.
#[derive(Clone, Copy)]
pub(super) struct Text {
    start: u64,
    is_key: bool,
    place: Place,
    utf8: Utf8,
    /// The first half of a surrogate pair whose second half must come now. Only in strings that are decoded.
    first_half: Option<u16>,
}

/// How far [`Text::push`] came.
pub(super) enum Progress {
    /// All bytes belong to the string.
    Inside,
    /// The string is over after this many bytes, with its closing quote.
    Ended(usize),
}

/// Where the decoded string goes.
pub(super) enum Sink<'a> {
    /// Nowhere; it is checked and not decoded.
    Nothing,
    Key(&'a mut OpenKeys),
    Model(&'a mut Capture),
}

/// A short text that is kept.
#[derive(Default)]
pub(super) struct Capture {
    bytes: Vec<u8>,
    too_long: bool,
}

impl Capture {
    fn extend(&mut self, part: &[u8]) {
        self.too_long |= self.bytes.len().saturating_add(part.len()) > MAX_MODEL_BYTES;
        if !self.too_long {
            self.bytes.extend_from_slice(part);
        }
    }

    /// The text; `None` when it was too long.
    pub(super) fn take(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.bytes);
        if self.too_long { None } else { String::from_utf8(bytes).ok() }
    }
}

impl Sink<'_> {
    fn decodes(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

impl Text {
    /// A string whose opening quote is byte `start` of the body.
    pub(super) fn new(start: u64, is_key: bool) -> Self {
        Self { start, is_key, place: Place::Plain, utf8: Utf8::default(), first_half: None }
    }

    /// The offset of the opening quote.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    pub(super) fn is_key(&self) -> bool {
        self.is_key
    }

    /// Reads on; the first of `bytes` is byte `at` of the body.
    pub(super) fn push(&mut self, bytes: &[u8], at: u64, sink: &mut Sink<'_>) -> Result<Progress, ScanError> {
        let mut rest = bytes;
        while let Some((&byte, tail)) = rest.split_first() {
            let taken = bytes.len() - rest.len();
            let wrong = |expected| ScanError::Syntax { at: at + taken as u64, expected };
            match self.place {
                Place::Plain if self.utf8.is_open() || byte >= 0x80 => {
                    self.no_half(&wrong)?;
                    if !self.utf8.push(byte) {
                        return Err(wrong("valid UTF-8"));
                    }
                    self.give(&[byte], sink)?;
                }
                Place::Plain if is_plain(byte) => {
                    self.no_half(&wrong)?;
                    let (run, tail) = rest.split_at(plain_run(rest));
                    self.give(run, sink)?;
                    rest = tail;
                    continue;
                }
                Place::Plain => match byte {
                    b'"' => {
                        self.no_half(&wrong)?;
                        return Ok(Progress::Ended(taken + 1));
                    }
                    b'\\' => self.place = Place::Escape,
                    _ => return Err(wrong("a control character written as an escape")),
                },
                Place::Escape => self.escape(byte, sink, &wrong)?,
                Place::Hex { left, value } => {
                    let digit = char::from(byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok());
                    let value = value << 4 | digit.ok_or_else(|| wrong("four hexadecimal digits"))?;
                    if left > 1 {
                        self.place = Place::Hex { left: left - 1, value };
                    } else {
                        self.place = Place::Plain;
                        self.unit(value, sink, &wrong)?;
                    }
                }
            }
            rest = tail;
        }
        Ok(Progress::Inside)
    }

    fn escape(
        &mut self,
        byte: u8,
        sink: &mut Sink<'_>,
        wrong: &impl Fn(&'static str) -> ScanError,
    ) -> Result<(), ScanError> {
        self.place = Place::Plain;
        let decoded = match byte {
            b'u' => {
                self.place = Place::Hex { left: 4, value: 0 };
                return Ok(());
            }
            b'"' | b'\\' | b'/' => byte,
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            _ => return Err(wrong("one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")),
        };
        self.no_half(wrong)?;
        self.give(&[decoded], sink)
    }

    /// A complete `\uXXXX`: a character, or half of one.
    fn unit(
        &mut self,
        unit: u16,
        sink: &mut Sink<'_>,
        wrong: &impl Fn(&'static str) -> ScanError,
    ) -> Result<(), ScanError> {
        if !sink.decodes() {
            return Ok(());
        }
        let first_half = self.first_half.take();
        if first_half.is_none() && (0xD800..0xDC00).contains(&unit) {
            self.first_half = Some(unit);
            return Ok(());
        }
        let mut decoded = char::decode_utf16(first_half.into_iter().chain([unit]));
        match (decoded.next(), decoded.next()) {
            (Some(Ok(character)), None) => self.give(character.encode_utf8(&mut [0; 4]).as_bytes(), sink),
            _ => Err(wrong(BOTH_HALVES)),
        }
    }

    /// Refuses what follows the first half of a surrogate pair and is not its second half.
    fn no_half(&self, wrong: &impl Fn(&'static str) -> ScanError) -> Result<(), ScanError> {
        if self.first_half.is_some() { Err(wrong(BOTH_HALVES)) } else { Ok(()) }
    }

    fn give(&self, part: &[u8], sink: &mut Sink<'_>) -> Result<(), ScanError> {
        match sink {
            Sink::Nothing => {}
            Sink::Key(keys) => keys.extend(part, self.start)?,
            Sink::Model(capture) => capture.extend(part),
        }
        Ok(())
    }
}

const BOTH_HALVES: &str = "both halves of a surrogate pair, in order";

/// ASCII that stands for itself in a string.
const fn is_plain(byte: u8) -> bool {
    // As a signed number a byte beyond ASCII is negative, so that one comparison finds it and the control characters.
    byte.cast_signed() >= 0x20 && byte != b'"' && byte != b'\\'
}

/// How many plain bytes come first. Whole blocks are judged without a branch inside, which compilers turn into vector
/// instructions.
fn plain_run(bytes: &[u8]) -> usize {
    let (blocks, _) = bytes.as_chunks::<64>();
    let all_plain = |block: &&[u8; 64]| block.iter().fold(true, |plain, &byte| plain & is_plain(byte));
    let skipped = blocks.iter().take_while(all_plain).count() * 64;
    let rest = bytes.get(skipped..).unwrap_or_default();
    skipped + rest.iter().take_while(|&&byte| is_plain(byte)).count()
}
