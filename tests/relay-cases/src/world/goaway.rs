//! An upstream that speaks HTTP/2 and takes the connection back as soon as a request arrives.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::scene::{Received, Server};
use crate::http2::frames::{self, Kind};

const PREFACE_BYTES: usize = 24;

/// Counts each request that was sent completely, and answers it with GOAWAY.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    server: &Server,
) -> io::Result<()> {
    let mut preface = [0; PREFACE_BYTES];
    stream.read_exact(&mut preface).await?;
    stream.write_all(&frames::settings(&[])).await?;
    loop {
        let frame = frames::read(&mut stream).await?;
        match frame.kind {
            Kind::Settings if frame.flags & frames::ACK == 0 => {
                stream.write_all(&frames::settings_ack()).await?;
            }
            Kind::Headers | Kind::Data if frame.flags & frames::END_STREAM != 0 => {
                server.received().push(Received {
                    target: String::new(),
                    headers: Vec::new(),
                    body_sha256: String::new(),
                    body: Vec::new(),
                    complete: true,
                });
                // "No stream of yours was processed": an invitation to send it again.
                stream.write_all(&frames::goaway(0, 0)).await?;
                return stream.shutdown().await;
            }
            _ => {}
        }
    }
}
