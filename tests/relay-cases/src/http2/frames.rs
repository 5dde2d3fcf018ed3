//! Frames as RFC 9113 lays them out.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The first bytes of every connection.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(crate) const END_STREAM: u8 = 0x1;
pub(crate) const ACK: u8 = 0x1;
pub(crate) const END_HEADERS: u8 = 0x4;
/// The error codes the cases look for.
pub(crate) const PROTOCOL_ERROR: u32 = 0x1;
pub(crate) const ENHANCE_YOUR_CALM: u32 = 0xb;
pub(crate) const REFUSED_STREAM: u32 = 0x7;

/// Settings by number.
pub(crate) const HEADER_TABLE_SIZE: u16 = 0x1;
pub(crate) const MAX_CONCURRENT_STREAMS: u16 = 0x3;
pub(crate) const INITIAL_WINDOW_SIZE: u16 = 0x4;

/// The types of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Data,
    Headers,
    RstStream,
    Settings,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation,
    Other(u8),
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Headers => 1,
            Self::RstStream => 3,
            Self::Settings => 4,
            Self::Ping => 6,
            Self::GoAway => 7,
            Self::WindowUpdate => 8,
            Self::Continuation => 9,
            Self::Other(code) => code,
        }
    }

    fn of(code: u8) -> Self {
        let known = [
            Self::Data,
            Self::Headers,
            Self::RstStream,
            Self::Settings,
            Self::Ping,
            Self::GoAway,
            Self::WindowUpdate,
            Self::Continuation,
        ];
        known.into_iter().find(|kind| kind.code() == code).unwrap_or(Self::Other(code))
    }
}

/// One frame.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// The error code of RST_STREAM and GOAWAY.
    pub(crate) fn error(&self) -> Option<u32> {
        let at = match self.kind {
            Kind::RstStream => 0,
            Kind::GoAway => 4,
            _ => return None,
        };
        self.payload.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// The value of a setting.
    pub(crate) fn setting(&self, wanted: u16) -> Option<u32> {
        let found = self.payload.as_chunks::<6>().0.iter().find(|entry| entry[..2] == wanted.to_be_bytes());
        found.map(|entry| u32::from_be_bytes([entry[2], entry[3], entry[4], entry[5]]))
    }
}

pub(crate) fn frame(kind: Kind, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind.code(), flags];
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

pub(crate) fn settings(values: &[(u16, u32)]) -> Vec<u8> {
    let entry = |(name, value): &(u16, u32)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat();
    frame(Kind::Settings, 0, 0, &values.iter().flat_map(entry).collect::<Vec<_>>())
}

pub(crate) fn settings_ack() -> Vec<u8> {
    frame(Kind::Settings, ACK, 0, &[])
}

/// The head of a request in one frame.
pub(crate) fn headers(stream: u32, block: &[u8], ends_stream: bool) -> Vec<u8> {
    let flags = END_HEADERS | if ends_stream { END_STREAM } else { 0 };
    frame(Kind::Headers, flags, stream, block)
}

pub(crate) fn data(stream: u32, bytes: &[u8], ends_stream: bool) -> Vec<u8> {
    frame(Kind::Data, if ends_stream { END_STREAM } else { 0 }, stream, bytes)
}

pub(crate) fn rst_stream(stream: u32, error: u32) -> Vec<u8> {
    frame(Kind::RstStream, 0, stream, &error.to_be_bytes())
}

pub(crate) fn window_update(stream: u32, bytes: u32) -> Vec<u8> {
    frame(Kind::WindowUpdate, 0, stream, &bytes.to_be_bytes())
}

/// Stream 0 first, with the usual weight.
pub(crate) fn priority(stream: u32) -> Vec<u8> {
    const PRIORITY: Kind = Kind::Other(2);
    frame(PRIORITY, 0, stream, &[0, 0, 0, 0, 15])
}

pub(crate) fn ping() -> Vec<u8> {
    frame(Kind::Ping, 0, 0, &[7; 8])
}

pub(crate) fn goaway(last_stream: u32, error: u32) -> Vec<u8> {
    frame(Kind::GoAway, 0, 0, &[last_stream.to_be_bytes(), error.to_be_bytes()].concat())
}

pub(crate) async fn read<R: AsyncRead + Unpin>(reader: &mut R) -> io::Result<Frame> {
    let mut head = [0; 9];
    reader.read_exact(&mut head).await?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let stream = u32::from_be_bytes([head[5] & 0x7f, head[6], head[7], head[8]]);
    let mut payload = vec![0; length as usize];
    reader.read_exact(&mut payload).await?;
    Ok(Frame { kind: Kind::of(head[3]), flags: head[4], stream, payload })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_is_read_again() {
        let bytes = [settings(&[(MAX_CONCURRENT_STREAMS, 64)]), rst_stream(5, REFUSED_STREAM)].concat();
        let mut reader = &bytes[..];
        let frame = read(&mut reader).await.unwrap();
        assert_eq!((frame.kind, frame.setting(MAX_CONCURRENT_STREAMS)), (Kind::Settings, Some(64)));
        let frame = read(&mut reader).await.unwrap();
        assert_eq!((frame.stream, frame.error()), (5, Some(REFUSED_STREAM)));
        assert!(read(&mut reader).await.is_err());
    }
}
