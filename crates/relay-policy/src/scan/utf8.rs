//! UTF-8 that arrives in pieces (the table of RFC 3629: no surrogates, no overlong forms, nothing over U+10FFFF).

/// What the rest of a character must be. At rest, nothing is expected.
#[derive(Clone, Copy, Default)]
pub(super) struct Utf8 {
    /// Continuation bytes still to come.
    left: u8,
    /// The range of the next one.
    low: u8,
    high: u8,
}

impl Utf8 {
    /// Whether a character is cut off here.
    pub(super) fn is_open(self) -> bool {
        self.left > 0
    }

    /// Takes a byte of 0x80 or more, or any byte while a character is open. False when it cannot come here.
    pub(super) fn push(&mut self, byte: u8) -> bool {
        if self.is_open() {
            let fits = (self.low..=self.high).contains(&byte);
            *self = Self { left: self.left - 1, low: 0x80, high: 0xBF };
            return fits;
        }
        let (left, low, high) = match byte {
            0xC2..=0xDF => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xED => (2, 0x80, 0x9F),
            0xE1..=0xEF => (2, 0x80, 0xBF),
            0xF0 => (3, 0x90, 0xBF),
            0xF1..=0xF3 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            _ => return false,
        };
        *self = Self { left, low, high };
        true
    }
}
