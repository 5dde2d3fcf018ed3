//! JSON as answers have it: read leniently, field by field; and small values written.
//!
//! By hand, because `serde_json` was a sixth of what the npm package weighs: here a number is only of interest when it
//! counts something, and an object is looked up a few times at most. A test compares the two.

mod write;

pub use write::{ObjectWriter, list, string};

/// A value. Of numbers only whole ones from 0 are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`, and what an absent field reads as.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// `None` for a fraction, a negative number, or one beyond 2^64.
    Number(Option<u64>),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in the order it was written.
    Object(Vec<(String, Json)>),
}

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotJson {
    /// It stops in the middle.
    Cut,
    /// Something else.
    Wrong,
}

/// Deeper than any answer, and shallow enough for the stack.
const MAX_DEPTH: u32 = 100;

impl Json {
    /// Reads a whole text.
    ///
    /// # Errors
    /// When it is not one JSON value in UTF-8, or nested deeper than 100.
    pub fn parse(text: &[u8]) -> Result<Json, NotJson> {
        let text = std::str::from_utf8(text).map_err(|error| match error.error_len() {
            None => NotJson::Cut,
            Some(_) => NotJson::Wrong,
        })?;
        let mut reader = Reader { text, rest: text.as_bytes() };
        let value = reader.value(0)?;
        if reader.next_significant().is_some() { Err(NotJson::Wrong) } else { Ok(value) }
    }

    /// A field; null when there is none. Of fields with the same name the last counts, as in JavaScript.
    #[must_use]
    pub fn field(&self, name: &str) -> &Json {
        match self {
            Json::Object(fields) => {
                fields.iter().rev().find(|(key, _)| key == name).map_or(&Json::Null, |(_, value)| value)
            }
            _ => &Json::Null,
        }
    }

    /// The text, when it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when it is a whole one from 0.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        match self {
            Json::Number(number) => *number,
            _ => None,
        }
    }

    /// Whether it is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        *self == Json::Bool(true)
    }

    /// The items; none when it is no array.
    #[must_use]
    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a [u8],
}

impl Reader<'_> {
    fn value(&mut self, depth: u32) -> Result<Json, NotJson> {
        if depth > MAX_DEPTH {
            return Err(NotJson::Wrong);
        }
        match self.next_significant().ok_or(NotJson::Cut)? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => self.string().map(Json::Text),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => Err(NotJson::Wrong),
        }
    }

    fn object(&mut self, depth: u32) -> Result<Json, NotJson> {
        let mut fields = Vec::new();
        self.each(b'}', |reader| {
            if reader.next_significant().ok_or(NotJson::Cut)? != b'"' {
                return Err(NotJson::Wrong);
            }
            let name = reader.string()?;
            reader.expect(b':')?;
            fields.push((name, reader.value(depth + 1)?));
            Ok(())
        })?;
        Ok(Json::Object(fields))
    }

    fn list(&mut self, depth: u32) -> Result<Json, NotJson> {
        let mut items = Vec::new();
        self.each(b']', |reader| {
            items.push(reader.value(depth + 1)?);
            Ok(())
        })?;
        Ok(Json::List(items))
    }

    /// Reads items with commas between them, up to `end`. The opening bracket is the next byte.
    fn each(
        &mut self,
        end: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), NotJson>,
    ) -> Result<(), NotJson> {
        self.skip(1);
        if self.next_significant() == Some(end) {
            self.skip(1);
            return Ok(());
        }
        loop {
            item(self)?;
            match self.next_significant().ok_or(NotJson::Cut)? {
                b',' => self.skip(1),
                found if found == end => {
                    self.skip(1);
                    return Ok(());
                }
                _ => return Err(NotJson::Wrong),
            }
        }
    }

    /// A string whose quote is the next byte.
    fn string(&mut self) -> Result<String, NotJson> {
        self.skip(1);
        let mut string = String::new();
        loop {
            let plain = self.rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
            let start = self.text.len() - self.rest.len();
            // The ends are ASCII, so the piece is whole characters.
            string.push_str(self.text.get(start..start + plain).unwrap_or_default());
            self.skip(plain);
            match self.take()? {
                b'"' => return Ok(string),
                b'\\' => string.push(self.escape()?),
                _ => return Err(NotJson::Wrong),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, NotJson> {
        Ok(match self.take()? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex()?;
                let pair = (0xd800..0xdc00).contains(&unit) && self.rest.starts_with(b"\\u");
                let code = if pair { self.low_half(unit)? } else { unit };
                // Half a pair alone is no character.
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(NotJson::Wrong),
        })
    }

    /// The character of a pair of surrogates whose second half comes next.
    fn low_half(&mut self, high: u32) -> Result<u32, NotJson> {
        self.skip(2);
        let low = self.hex()?;
        let is_low = (0xdc00..0xe000).contains(&low);
        Ok(if is_low { 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) } else { high })
    }

    fn hex(&mut self) -> Result<u32, NotJson> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = char::from(self.take()?).to_digit(16).ok_or(NotJson::Wrong)?;
            code = code * 16 + digit;
        }
        Ok(code)
    }

    /// The grammar of numbers is the same for all; only their value is read leniently.
    fn number(&mut self) -> Result<Json, NotJson> {
        let is_negative = self.skip_if(|byte| byte == b'-');
        let leading_zero = self.rest.first() == Some(&b'0');
        let mut whole = Some(0_u64);
        let digits = self.digits(|digit| {
            whole = whole.and_then(|it| it.checked_mul(10)?.checked_add(u64::from(digit)));
        })?;
        if leading_zero && digits > 1 {
            return Err(NotJson::Wrong);
        }
        let has_fraction = self.skip_if(|byte| byte == b'.');
        if has_fraction {
            self.digits(|_| ())?;
        }
        let has_exponent = self.skip_if(|byte| matches!(byte, b'e' | b'E'));
        if has_exponent {
            self.skip_if(|byte| matches!(byte, b'+' | b'-'));
            self.digits(|_| ())?;
        }
        Ok(Json::Number(whole.filter(|_| !is_negative && !has_fraction && !has_exponent)))
    }

    /// At least one digit.
    fn digits(&mut self, mut see: impl FnMut(u8)) -> Result<usize, NotJson> {
        let before = self.rest.len();
        while let Some(digit @ b'0'..=b'9') = self.rest.first() {
            see(digit - b'0');
            self.skip(1);
        }
        match before - self.rest.len() {
            0 if self.rest.is_empty() => Err(NotJson::Cut),
            0 => Err(NotJson::Wrong),
            count => Ok(count),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, NotJson> {
        if self.rest.starts_with(word.as_bytes()) {
            self.skip(word.len());
            Ok(value)
        } else if word.as_bytes().starts_with(self.rest) {
            Err(NotJson::Cut)
        } else {
            Err(NotJson::Wrong)
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), NotJson> {
        match self.next_significant() {
            Some(found) if found == byte => {
                self.skip(1);
                Ok(())
            }
            Some(_) => Err(NotJson::Wrong),
            None => Err(NotJson::Cut),
        }
    }

    /// The next byte that is no white space, which is skipped.
    fn next_significant(&mut self) -> Option<u8> {
        while self.skip_if(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {}
        self.rest.first().copied()
    }

    fn take(&mut self) -> Result<u8, NotJson> {
        let (byte, rest) = self.rest.split_first().ok_or(NotJson::Cut)?;
        self.rest = rest;
        Ok(*byte)
    }

    fn skip_if(&mut self, is_it: impl FnOnce(u8) -> bool) -> bool {
        let skips = self.rest.first().is_some_and(|byte| is_it(*byte));
        if skips {
            self.skip(1);
        }
        skips
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }
}
