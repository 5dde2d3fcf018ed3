//! A connection that sends what it is told to and notes what comes back.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::JoinHandle;

use super::frames::{self, Frame, Kind};
use super::hpack;
use crate::client::Caller;
use crate::world::wait_until;

/// An open connection. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Http2 {
    outgoing: Arc<tokio::sync::Mutex<OwnedWriteHalf>>,
    noted: Arc<Mutex<Noted>>,
    reading: JoinHandle<()>,
}

/// What has come back so far.
#[derive(Debug, Clone, Default)]
struct Noted {
    frames: Vec<Frame>,
    is_closed: bool,
}

/// A summary of what came back.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) frames: Vec<Frame>,
    pub(crate) is_closed: bool,
}

impl Seen {
    /// The error code of the last GOAWAY.
    pub(crate) fn goaway(&self) -> Option<u32> {
        self.frames.iter().rev().find(|frame| frame.kind == Kind::GoAway).and_then(Frame::error)
    }

    /// The error code with which a stream was reset.
    pub(crate) fn reset(&self, stream: u32) -> Option<u32> {
        let of_stream = |frame: &&Frame| frame.kind == Kind::RstStream && frame.stream == stream;
        self.frames.iter().find(of_stream).and_then(Frame::error)
    }

    /// The status of a stream's answer.
    pub(crate) fn status(&self, stream: u32) -> Option<u16> {
        let of_stream = |frame: &&Frame| frame.kind == Kind::Headers && frame.stream == stream;
        self.frames.iter().find(of_stream).and_then(|frame| hpack::status(&frame.payload))
    }

    /// A setting the relay announced.
    pub(crate) fn setting(&self, name: u16) -> Option<u32> {
        let settings = self.frames.iter().filter(|frame| frame.kind == Kind::Settings);
        settings.rev().find_map(|frame| frame.setting(name))
    }
}

impl Http2 {
    /// Connects, says what we take, and confirms the relay's settings.
    pub(crate) async fn connect(caller: Caller, to: SocketAddr, settings: &[(u16, u32)]) -> io::Result<Self> {
        let (incoming, mut outgoing) = caller.connect(to).await?.into_split();
        outgoing.write_all(&[frames::PREFACE, &frames::settings(settings)].concat()).await?;
        let noted = Arc::new(Mutex::new(Noted::default()));
        let outgoing = Arc::new(tokio::sync::Mutex::new(outgoing));
        let reading = tokio::spawn(note(incoming, Arc::clone(&outgoing), Arc::clone(&noted)));
        let connection = Self { outgoing, noted, reading };
        let has_settings = || connection.seen().frames.iter().any(|frame| frame.kind == Kind::Settings);
        if wait_until(Duration::from_secs(10), has_settings).await {
            Ok(connection)
        } else {
            Err(io::Error::other("the relay does not speak HTTP/2 here"))
        }
    }

    /// Writes frames, or bytes that are none.
    pub(crate) async fn send(&self, bytes: &[u8]) -> io::Result<()> {
        self.outgoing.lock().await.write_all(bytes).await
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).is_closed
    }

    pub(crate) fn seen(&self) -> Seen {
        let Noted { frames, is_closed } = self.noted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Seen { frames, is_closed }
    }

    /// Waits until something has been seen; false when it was not, in time.
    pub(crate) async fn wait_for(&self, patience: Duration, so: impl Fn(&Seen) -> bool) -> bool {
        wait_until(patience, || so(&self.seen())).await
    }
}

impl Drop for Http2 {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

async fn note(
    mut incoming: OwnedReadHalf,
    outgoing: Arc<tokio::sync::Mutex<OwnedWriteHalf>>,
    noted: Arc<Mutex<Noted>>,
) {
    while let Ok(frame) = frames::read(&mut incoming).await {
        let must_confirm = frame.kind == Kind::Settings && frame.flags & frames::ACK == 0;
        {
            let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
            // Neither bodies nor confirmations are of interest here, and a flood brings many.
            if frame.kind != Kind::Data && (frame.flags & frames::ACK == 0 || frame.kind == Kind::Headers) {
                noted.frames.push(frame);
            }
        }
        if must_confirm {
            // Somebody who floods may be writing, and must not be waited for: reading has to go on.
            if let Ok(mut outgoing) = outgoing.try_lock() {
                let _ = outgoing.write_all(&frames::settings_ack()).await;
            }
        }
    }
    noted.lock().unwrap_or_else(PoisonError::into_inner).is_closed = true;
}
