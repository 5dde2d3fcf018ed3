//! One request head, line by line: request line, header lines, and what they say about the body.

use super::body::Body;
use super::{
    Event, Fed, MAX_HEAD, MAX_HEADERS, MAX_ORIGIN, MAX_TARGET, Refused, Step, Violation, is_field_text,
    is_token,
};

/// Longer methods exist only in attacks.
const MAX_METHOD: usize = 32;

/// A head under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// The line under way, without its line end.
    line: Vec<u8>,
    /// Whether the last byte was a CR, so that only LF may follow.
    after_cr: bool,
    /// Bytes of this head so far.
    size: usize,
    /// Header lines so far.
    headers: usize,
    /// Known once the request line is complete.
    version: Option<Version>,
    /// An empty line in front of a request is ignored, once: old clients put one behind a body.
    skipped_empty_line: bool,
    length: Option<u64>,
    is_chunked: bool,
    origin: Origin,
}

/// The page a head says it comes from.
#[derive(Debug, Clone, Default)]
enum Origin {
    #[default]
    Nobody,
    Page(Vec<u8>),
    /// Two say more than one can mean.
    Doubtful,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Http10,
    Http11,
}

impl Head {
    pub(super) fn is_untouched(&self) -> bool {
        self.size == 0
    }

    /// Takes out the one `Origin` among the lines so far.
    pub(super) fn take_origin(&mut self) -> Option<Vec<u8>> {
        match std::mem::take(&mut self.origin) {
            Origin::Page(origin) => Some(origin),
            Origin::Nobody | Origin::Doubtful => None,
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Step {
        for (index, byte) in bytes.iter().enumerate() {
            match self.step(*byte) {
                Ok(false) => {}
                Ok(true) => {
                    let body = Body::announced(self.length, self.is_chunked);
                    return (Ok(Fed { consumed: index + 1, event: Event::HeadEnd }), body);
                }
                Err(violation) => return (Err(Refused { good: index, violation }), None),
            }
        }
        (Ok(Fed { consumed: bytes.len(), event: Event::More }), None)
    }

    /// Takes one byte; `true` when it completes the head.
    fn step(&mut self, byte: u8) -> Result<bool, Violation> {
        if self.size == MAX_HEAD {
            return Err(if self.version.is_some() {
                Violation::HeadTooLarge
            } else {
                Violation::TargetTooLong
            });
        }
        self.size += 1;
        match (self.after_cr, byte) {
            (true, b'\n') => {
                self.after_cr = false;
                let line = std::mem::take(&mut self.line);
                let ends = self.line_end(&line);
                self.line = line;
                self.line.clear();
                ends
            }
            (true, _) | (false, b'\n') => Err(Violation::LineEnd),
            (false, b'\r') => {
                self.after_cr = true;
                Ok(false)
            }
            (false, _) => {
                self.line.push(byte);
                self.check_early().map(|()| false)
            }
        }
    }

    /// What can be refused before the line is complete, so that bytes which are no HTTP at all (a TLS greeting, a
    /// port scan) get their answer at once.
    fn check_early(&self) -> Result<(), Violation> {
        let Some(byte) = self.line.last() else { return Ok(()) };
        if self.version.is_some() {
            return match byte {
                b' ' | b'\t' if self.line.len() == 1 => Err(Violation::Folded),
                byte if is_field_text(*byte) => Ok(()),
                _ => Err(Violation::Value),
            };
        }
        let method = self.line.iter().position(|byte| *byte == b' ');
        match method {
            None if self.line.len() > MAX_METHOD || !is_token(*byte) => Err(Violation::RequestLine),
            Some(at) if self.line.len() > at + 1 + MAX_TARGET + b" HTTP/1.1".len() => {
                Err(Violation::TargetTooLong)
            }
            _ => Ok(()),
        }
    }

    fn line_end(&mut self, line: &[u8]) -> Result<bool, Violation> {
        match (self.version, line) {
            (None, b"") if !self.skipped_empty_line => {
                self.skipped_empty_line = true;
                Ok(false)
            }
            (None, line) => {
                self.version = Some(request_line(line)?);
                Ok(false)
            }
            (Some(_), b"") => Ok(true),
            (Some(version), line) => {
                self.headers += 1;
                if self.headers > MAX_HEADERS {
                    return Err(Violation::HeadTooLarge);
                }
                let (name, value) = field(line)?;
                if name.eq_ignore_ascii_case(b"origin") {
                    self.origin = match &self.origin {
                        Origin::Nobody if value.len() <= MAX_ORIGIN => Origin::Page(value.to_vec()),
                        _ => Origin::Doubtful,
                    };
                }
                self.framing(version, name, value)?;
                Ok(false)
            }
        }
    }

    /// Takes in what a header line says about the body. Two statements, even equal ones, are one too many.
    fn framing(&mut self, version: Version, name: &[u8], value: &[u8]) -> Result<(), Violation> {
        if name.eq_ignore_ascii_case(b"content-length") {
            if self.length.is_some() {
                return Err(Violation::ContentLength);
            }
            self.length = Some(length(value)?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let is_only_chunked = value.eq_ignore_ascii_case(b"chunked");
            if self.is_chunked || !is_only_chunked || version == Version::Http10 {
                return Err(Violation::TransferEncoding);
            }
            self.is_chunked = true;
        }
        if self.is_chunked && self.length.is_some() { Err(Violation::TransferEncoding) } else { Ok(()) }
    }
}

/// `method SP request-target SP HTTP-version`, with exactly one space each.
fn request_line(line: &[u8]) -> Result<Version, Violation> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Violation::RequestLine);
    };
    let is_visible = |byte: &u8| byte.is_ascii_graphic();
    if method.is_empty() || target.is_empty() || !target.iter().all(is_visible) {
        return Err(Violation::RequestLine);
    }
    if target.len() > MAX_TARGET {
        return Err(Violation::TargetTooLong);
    }
    match version {
        b"HTTP/1.1" => Ok(Version::Http11),
        b"HTTP/1.0" => Ok(Version::Http10),
        _ => Err(Violation::Version),
    }
}

/// `field-name ":" OWS field-value OWS`; the characters of the value are checked already.
pub(super) fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Violation> {
    let colon = line.iter().position(|byte| *byte == b':').ok_or(Violation::Name)?;
    let (name, rest) = line.split_at(colon);
    if name.is_empty() || !name.iter().copied().all(is_token) {
        return Err(Violation::Name);
    }
    let value = rest.get(1..).unwrap_or_default();
    // No other space than blanks and tabs got this far.
    Ok((name, value.trim_ascii()))
}

fn length(value: &[u8]) -> Result<u64, Violation> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(Violation::ContentLength);
    }
    let text = std::str::from_utf8(value).map_err(|_| Violation::ContentLength)?;
    // Digits that do not fit are a length too.
    match text.parse::<i64>() {
        Ok(length) => u64::try_from(length).map_err(|_| Violation::ContentLength),
        Err(_) => Err(Violation::BodyTooLarge),
    }
}
