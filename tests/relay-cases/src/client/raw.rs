//! Raw bytes to the relay, and every answer that comes back on that connection.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::answer::{self, Answer};
use super::connect::Caller;
use crate::wire::Reader;

/// How long silence lasts until nothing more is expected.
const SILENCE: Duration = Duration::from_millis(1500);
/// And altogether, for relays that never stop talking.
const ALTOGETHER: Duration = Duration::from_secs(30);

/// What a connection gave.
#[derive(Debug, Clone)]
pub(crate) struct RawOutcome {
    pub(crate) answers: Vec<Answer>,
    /// The relay closed or reset the connection.
    pub(crate) is_closed: bool,
    /// Bytes that are no answer.
    pub(crate) rest: Option<String>,
}

/// Writes the bytes, reads until the relay closes or falls silent, and takes the answers apart.
pub(crate) async fn send_raw(caller: Caller, to: SocketAddr, bytes: &[u8]) -> io::Result<RawOutcome> {
    let since = Instant::now();
    let stream = caller.connect(to).await?;
    let (mut incoming, mut outgoing) = stream.into_split();
    let mut received = Vec::new();
    let mut is_closed = false;
    let writing = async {
        // Who does not read on says so by closing, which is seen on the other half.
        let _ = outgoing.write_all(bytes).await;
        std::future::pending::<()>().await;
    };
    let reading = async {
        while since.elapsed() < ALTOGETHER {
            match timeout(SILENCE, incoming.read_buf(&mut received)).await {
                Ok(Ok(0) | Err(_)) => {
                    is_closed = true;
                    return;
                }
                Ok(Ok(_)) => {}
                Err(_) => return,
            }
        }
    };
    tokio::select! {
        () = reading => {}
        () = writing => {}
    }
    let (answers, rest) = take_apart(&received, bytes.starts_with(b"HEAD ")).await;
    Ok(RawOutcome { answers, is_closed, rest })
}

async fn take_apart(received: &[u8], to_head: bool) -> (Vec<Answer>, Option<String>) {
    let mut reader = Reader::new(received);
    let mut answers = Vec::new();
    loop {
        match answer::read(&mut reader, to_head).await {
            Ok(Some(answer)) => answers.push(answer),
            Ok(None) => return (answers, None),
            Err(error) => return (answers, Some(answer::in_words(&error))),
        }
    }
}
