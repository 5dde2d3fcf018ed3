//! The end of a connection whose caller may still be sending: closing at once would reset it, and the answer might
//! be lost on its way.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Bytes are taken in for so long and so much at most.
const TIME: Duration = Duration::from_secs(1);
const BYTES: usize = 256 * 1024;

/// Takes in and drops what still comes.
#[derive(Debug)]
pub(crate) struct Linger {
    alarm: Pin<Box<Sleep>>,
    left: usize,
}

impl Linger {
    pub(crate) fn new() -> Self {
        Self { alarm: Box::pin(sleep(TIME)), left: BYTES }
    }

    /// Ready when the caller has closed too, or a limit is reached.
    pub(crate) fn poll<T: AsyncRead + Unpin>(&mut self, stream: &mut T, cx: &mut Context<'_>) -> Poll<()> {
        let mut space = [0; 4096];
        loop {
            if self.left == 0 || self.alarm.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let mut read = ReadBuf::new(&mut space);
            match ready!(Pin::new(&mut *stream).poll_read(cx, &mut read)) {
                Ok(()) if !read.filled().is_empty() => {
                    self.left = self.left.saturating_sub(read.filled().len())
                }
                _ => return Poll::Ready(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_the_caller_or_at_a_limit() {
        let started = Instant::now();
        let mut silent = tokio::io::duplex(16).0;
        let (mut open, _held) = tokio::io::duplex(16);
        poll_fn(|cx| Linger::new().poll(&mut silent, cx)).await;
        poll_fn(|cx| Linger::new().poll(&mut tokio::io::repeat(0), cx)).await;
        assert_eq!(started.elapsed(), Duration::ZERO);
        let mut linger = Linger::new();
        poll_fn(|cx| linger.poll(&mut open, cx)).await;
        assert_eq!(started.elapsed(), TIME);
    }
}
