//! Why a request's bytes are refused, and what the caller is told.

use crate::reject::{Code, Reject};

/// One broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The first line is not a method, a target and a version with single spaces between.
    #[error("The request line is malformed.")]
    RequestLine,
    /// Another version than 1.0 and 1.1.
    #[error("Send HTTP/1.1.")]
    Version,
    /// A request target over [`MAX_TARGET`](super::MAX_TARGET).
    #[error("The request address is too long.")]
    TargetTooLong,
    /// A head over [`MAX_HEAD`](super::MAX_HEAD), or more lines than [`MAX_HEADERS`](super::MAX_HEADERS).
    #[error("The request headers are too large.")]
    HeadTooLarge,
    /// A line that does not end with CR LF, or a CR inside of one.
    #[error("End header lines with CR LF.")]
    LineEnd,
    /// No token in front of the colon, or space in front of it.
    #[error("A header name is malformed.")]
    Name,
    /// A header line that begins with space: the old way to continue the line before.
    #[error("Do not fold header lines.")]
    Folded,
    /// A control character in a value.
    #[error("A header value holds a control character.")]
    Value,
    /// A `Content-Length` that is not digits, or a second one, even the same.
    #[error("Send one Content-Length, in digits.")]
    ContentLength,
    /// A length that does not fit 63 bits: far over any cap.
    #[error("The request body is larger than this relay accepts.")]
    BodyTooLarge,
    /// `Transfer-Encoding` that is not exactly `chunked`, comes twice, with `Content-Length`, or in HTTP/1.0.
    #[error("Send Content-Length, or Transfer-Encoding: chunked alone.")]
    TransferEncoding,
    /// A size line that is not hexadecimal digits, perhaps with a short extension.
    #[error("A chunk size is malformed.")]
    ChunkSize,
    /// Chunk data longer or shorter than its size, or a line end that is not CR LF.
    #[error("A chunk does not end where its size says.")]
    ChunkEnd,
    /// A malformed or endless trailer section.
    #[error("The trailer section is malformed or too large.")]
    Trailer,
}

impl From<Violation> for Reject {
    fn from(violation: Violation) -> Self {
        let code = match violation {
            Violation::TargetTooLong => Code::UriTooLong,
            Violation::HeadTooLarge => Code::HeadersTooLarge,
            Violation::BodyTooLarge => Code::BodyTooLarge,
            _ => return Self::from(Code::BadRequest).with_message(violation.to_string()),
        };
        code.into()
    }
}
