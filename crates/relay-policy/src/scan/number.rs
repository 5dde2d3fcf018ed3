//! The grammar of a JSON number, byte by byte.

use super::Count;

/// What of the number has been read.
#[derive(Clone, Copy)]
enum Part {
    Minus,
    Zero,
    Digits,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

/// A number that is being read.
#[derive(Clone, Copy)]
pub(super) struct Number {
    part: Part,
    negative: bool,
    /// The digits before any point or exponent.
    whole: u32,
}

impl Number {
    /// A number that begins with `first`, a digit or a minus.
    pub(super) fn new(first: u8) -> Self {
        let part = match first {
            b'-' => Part::Minus,
            b'0' => Part::Zero,
            _ => Part::Digits,
        };
        Self { part, negative: first == b'-', whole: u32::from(first.wrapping_sub(b'0') % 10) }
    }

    /// Reads on and returns how many bytes belong to the number; if not all, it is over.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        bytes.iter().take_while(|&&byte| self.step(byte)).count()
    }

    fn step(&mut self, byte: u8) -> bool {
        self.part = match (self.part, byte) {
            (Part::Minus, b'0') => Part::Zero,
            (Part::Minus | Part::Digits, b'0'..=b'9') => {
                self.whole = self.whole.saturating_mul(10).saturating_add(u32::from(byte - b'0'));
                Part::Digits
            }
            (Part::Zero | Part::Digits, b'.') => Part::Point,
            (Part::Point | Part::Fraction, b'0'..=b'9') => Part::Fraction,
            (Part::Zero | Part::Digits | Part::Fraction, b'e' | b'E') => Part::E,
            (Part::E, b'+' | b'-') => Part::Sign,
            (Part::E | Part::Sign | Part::Exponent, b'0'..=b'9') => Part::Exponent,
            _ => return false,
        };
        true
    }

    /// What was read, or what is missing at its end.
    pub(super) fn end(self) -> Result<Count, &'static str> {
        match self.part {
            Part::Zero | Part::Digits if !self.negative => Ok(Count::Whole(self.whole)),
            Part::Zero | Part::Digits | Part::Fraction | Part::Exponent => Ok(Count::Other),
            Part::Minus | Part::Point | Part::E | Part::Sign => Err("a digit"),
        }
    }
}
