//! Acting out one answer of a script.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::defaults::{self, Answer};
use super::scene::{Received, Server};
use crate::mock_script::{AnswerScript, Conduct, Side};

/// Pieces in which large bodies are written.
const PIECE: usize = 64 << 10;

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    KeepAlive,
    Close,
    Reset,
}

/// Lets the close that follows be a reset.
pub(crate) trait Reset {
    fn reset_on_close(&self);
}

impl Reset for TlsStream<TcpStream> {
    fn reset_on_close(&self) {
        // Without it the other side sees an orderly end, and the case fails by itself.
        let _ = socket2::SockRef::from(self.get_ref().0).set_linger(Some(Duration::ZERO));
    }
}

/// Writes the answer of `script` to `request`.
pub(super) async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    script: &AnswerScript,
    request: &Received,
    side: Side,
    server: &Server,
) -> io::Result<After> {
    match script.conduct {
        Conduct::Hang => {
            until_closed(stream).await;
            return Ok(After::Close);
        }
        Conduct::Reset => return Ok(After::Reset),
        // Who was spoken to in HTTP/1 has it taken back too.
        Conduct::Close | Conduct::Http2GoAway => return Ok(After::Close),
        Conduct::Answer | Conduct::Refuse | Conduct::CloseIdleRace => {}
    }
    tokio::time::sleep(script.delay).await;
    for code in &script.interim {
        stream.write_all(format!("HTTP/1.1 {code} Interim\r\n\r\n").as_bytes()).await?;
    }
    if let Some(raw) = &script.raw {
        stream.write_all(raw).await?;
        stream.flush().await?;
        return Ok(After::Close);
    }
    let answer = defaults::answer(script, request, side);
    stream.write_all(&answer.head).await?;
    stream.flush().await?;
    write_body(stream, &answer, script).await?;
    server.count_answer();
    if script.conduct == Conduct::CloseIdleRace {
        tokio::time::sleep(Duration::from_micros(u64::from(random_u16()) / 16)).await;
        return Ok(After::Close);
    }
    Ok(match (script.then_reset, script.then_close || answer.is_cut) {
        (true, _) => After::Reset,
        (_, true) => After::Close,
        _ => After::KeepAlive,
    })
}

/// A body: some bytes, then zeros up to its size.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) start: Bytes,
    pub(super) size: u64,
    pub(super) chunked: bool,
    pub(super) filling: u8,
    pub(super) end: &'static [u8],
}

async fn write_body<S: AsyncWrite + Unpin>(
    stream: &mut S,
    answer: &Answer,
    script: &AnswerScript,
) -> io::Result<()> {
    let content = &answer.body;
    let filling = vec![content.filling; PIECE];
    let end_at = content.size - content.end.len() as u64;
    let mut written = 0;
    while written < content.size {
        let rate = script.drip.map_or(PIECE, |rate| usize::try_from(rate).unwrap_or(PIECE).min(PIECE));
        let piece =
            match (usize::try_from(written).ok().and_then(|at| content.start.get(at..)), written >= end_at) {
                (Some(start), _) if !start.is_empty() => start,
                (_, true) => &content.end[(written - end_at) as usize..],
                _ => &filling[..usize::try_from(end_at - written).unwrap_or(PIECE).min(PIECE)],
            };
        let piece = &piece[..piece.len().min(rate)];
        if content.chunked {
            stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
        }
        stream.write_all(piece).await?;
        if content.chunked {
            stream.write_all(b"\r\n").await?;
        }
        written += piece.len() as u64;
        if script.drip.is_some() {
            stream.flush().await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    // Without its last chunk a body has no end.
    if content.chunked && !answer.is_cut {
        stream.write_all(b"0\r\n\r\n").await?;
    }
    stream.flush().await
}

/// Reads what nobody should send, until the other side goes away.
async fn until_closed<S: AsyncRead + Unpin>(stream: &mut S) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await.is_ok_and(|bytes| bytes > 0) {}
}

fn random_u16() -> u16 {
    let mut bytes = [0; 2];
    // Without randomness the moment is always the same, which is still a moment.
    let _ = getrandom::fill(&mut bytes);
    u16::from_le_bytes(bytes)
}
