//! Stands between a connection and the HTTP library: no byte of a request head gets through before the whole head
//! was found to have one reading only ([`relay_policy::http1`]).
//!
//! A refused head never reaches the library. A harmless head of our own takes its place, so that the refusal is
//! answered in order, behind the answers to earlier requests; [`Verdict`] tells the service which request that is.
//! After it nothing is read any more. Where a body breaks the rules, the body ends with an error, which its reader
//! answers.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use relay_policy::http1::{Event, Phase, RequestTracker, Violation};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::activity::Activity;
use crate::linger::Linger;

/// Stands in for a refused head, with the page it came from if that is known. Even if it were taken for a request it
/// could do no harm: it has no host.
const REFUSED_HEAD: [&[u8]; 2] = [b"GET /relay/ HTTP/1.1\r\nconnection: close\r\n", b"\r\n"];
/// Read at one time while a head is expected.
const HEAD_READ: usize = 4 * 1024;

/// Which request of a connection was refused by its bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdict(Arc<Requests>);

#[derive(Debug, Default)]
struct Requests {
    /// How many heads passed before, and why the next did not.
    refused: OnceLock<(usize, Violation)>,
    answered: AtomicUsize,
}

impl Verdict {
    /// Asked once for each request, in order: why it is refused.
    pub(crate) fn on_next_request(&self) -> Option<Violation> {
        let index = self.0.answered.fetch_add(1, Ordering::Relaxed);
        self.0.refused.get().filter(|(passed, _)| *passed == index).map(|(_, violation)| *violation)
    }
}

/// A stream whose reader sees well-formed requests only.
#[derive(Debug)]
pub(crate) struct Gate<T> {
    inner: T,
    tracker: RequestTracker,
    /// Bytes that were read and not passed on.
    held: Vec<u8>,
    /// So many of them, from the front, may be passed on.
    released: usize,
    heads: usize,
    end: Option<End>,
    verdict: Verdict,
    activity: Activity,
    linger: Option<Linger>,
}

/// Why nothing is read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The reader has not been told yet.
    BrokenBody,
    Told,
}

impl<T> Gate<T> {
    pub(crate) fn new(inner: T, activity: Activity) -> (Self, Verdict) {
        let verdict = Verdict::default();
        let gate = Self {
            inner,
            tracker: RequestTracker::new(),
            held: Vec::new(),
            released: 0,
            heads: 0,
            end: None,
            verdict: verdict.clone(),
            activity,
            linger: None,
        };
        (gate, verdict)
    }

    /// Follows new bytes; returns how many of them, from the front, may be passed on.
    fn follow(&mut self, bytes: &[u8]) -> usize {
        let (mut at, mut passed) = (0, 0);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let is_body = self.tracker.phase() == Phase::Body;
            match self.tracker.feed(rest) {
                Ok(fed) => {
                    at += fed.consumed;
                    self.heads += usize::from(fed.event == Event::HeadEnd);
                    if is_body || fed.event == Event::HeadEnd {
                        passed = at;
                    }
                }
                Err(refused) => {
                    tracing::debug!(violation = %refused.violation, "refused the bytes of a request");
                    if is_body {
                        passed = at + refused.good;
                        self.end = Some(End::BrokenBody);
                    } else {
                        // A gate refuses once.
                        let _ = self.verdict.0.refused.set((self.heads, refused.violation));
                        self.end = Some(End::Told);
                    }
                    break;
                }
            }
        }
        self.activity.head_is_open(self.tracker.phase() == Phase::Head);
        passed
    }

    /// Keeps what was not passed on, or what stands for it.
    fn hold(&mut self, rest: &[u8]) {
        match self.end {
            None => self.held.extend_from_slice(rest),
            Some(End::BrokenBody) => {}
            Some(End::Told) => {
                let [head, end] = REFUSED_HEAD;
                self.held.extend_from_slice(head);
                if let Some(origin) = self.tracker.refused_origin() {
                    self.held.extend([b"origin: ", origin, b"\r\n"].concat());
                }
                self.held.extend_from_slice(end);
                self.released = self.held.len();
            }
        }
    }

    fn give(&mut self, buf: &mut ReadBuf<'_>) {
        let length = self.released.min(buf.remaining());
        buf.put_slice(self.held.get(..length).unwrap_or_default());
        self.released -= length;
        if length == self.held.len() {
            // An idle connection holds no memory.
            self.held = Vec::new();
        } else {
            self.held.drain(..length);
        }
    }
}

impl<T: AsyncRead + Unpin> Gate<T> {
    /// Reads into our own buffer: a head is expected or under way.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut space = [0; HEAD_READ];
        let mut read = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut read))?;
        let fresh = read.filled();
        let passed = self.follow(fresh);
        let before = self.held.len();
        let (good, rest) = fresh.split_at_checked(passed).unwrap_or((fresh, &[]));
        if passed > 0 {
            self.held.extend_from_slice(good);
            self.released = before + passed;
        } else if self.end.is_some() {
            self.held.clear();
        }
        self.hold(rest);
        Poll::Ready(Ok(fresh.len()))
    }

    /// Reads straight into the reader's buffer: the bytes of a body are not copied.
    fn poll_body(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let fresh = buf.filled().get(before..).unwrap_or_default();
        let passed = self.follow(fresh);
        let rest = fresh.get(passed..).unwrap_or_default();
        self.hold(rest);
        buf.set_filled(before + passed);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Gate<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            if self.released > 0 {
                self.give(buf);
                return Poll::Ready(Ok(()));
            }
            match self.end {
                // No waker: from here on the connection only writes.
                Some(End::Told) => return Poll::Pending,
                Some(End::BrokenBody) => {
                    self.end = Some(End::Told);
                    return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
                }
                None => {}
            }
            if self.tracker.phase() == Phase::Body {
                let before = buf.filled().len();
                ready!(self.poll_body(cx, buf))?;
                // Nothing of a broken body may look like its end.
                if buf.filled().len() > before || self.end.is_none() {
                    return Poll::Ready(Ok(()));
                }
            } else if ready!(self.poll_head(cx))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Gate<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { inner, linger, tracker, .. } = &mut *self;
        if linger.is_none() {
            ready!(Pin::new(&mut *inner).poll_shutdown(cx))?;
            if tracker.phase() == Phase::Idle {
                return Poll::Ready(Ok(()));
            }
        }
        linger.get_or_insert_with(Linger::new).poll(inner, cx).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use tokio::io::AsyncReadExt as _;

    /// A caller whose bytes come in pieces.
    struct Pieces(VecDeque<Vec<u8>>);

    impl AsyncRead for Pieces {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            if let Some(mut piece) = self.0.pop_front() {
                let rest = piece.split_off(piece.len().min(buf.remaining()));
                buf.put_slice(&piece);
                if !rest.is_empty() {
                    self.0.push_front(rest);
                }
            }
            Poll::Ready(Ok(()))
        }
    }

    /// What a reader with a buffer of `size` sees, whether it ended with an error, and the verdict.
    async fn seen(pieces: &[&[u8]], size: usize) -> (String, bool, Option<(usize, Violation)>) {
        let pieces = Pieces(pieces.iter().map(|piece| piece.to_vec()).collect());
        let (mut gate, verdict) = Gate::new(pieces, Activity::new());
        let (mut bytes, mut buffer) = (Vec::new(), vec![0; size]);
        let failed = loop {
            let told = gate.end == Some(End::Told) && gate.released == 0;
            match if told { Ok(0) } else { gate.read(&mut buffer).await } {
                Ok(0) => break false,
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
                Err(_) => break true,
            }
        };
        (String::from_utf8(bytes).unwrap(), failed, verdict.0.refused.get().copied())
    }

    /// The same for every way to cut the stream in three, and for small and large readers.
    async fn always(stream: &str, expected: (&str, bool, Option<(usize, Violation)>)) {
        let bytes = stream.as_bytes();
        for size in [1, 7, 65536] {
            for first in 0..bytes.len() {
                let (head, rest) = bytes.split_at(first);
                let (middle, tail) = rest.split_at(rest.len().min(first % 5 + 1));
                let pieces: Vec<&[u8]> =
                    [head, middle, tail].into_iter().filter(|piece| !piece.is_empty()).collect();
                let found = seen(&pieces, size).await;
                assert_eq!((found.0.as_str(), found.1, found.2), expected, "{size} {first} {stream:?}");
            }
        }
    }

    const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    const POST: &str = "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc";
    const CHUNKED: &str = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const BOTH: &str = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\nabc";

    #[tokio::test]
    async fn well_formed_requests_pass_unchanged() {
        let stream = [GET, POST, CHUNKED, GET].concat();
        always(&stream, (&stream, false, None)).await;
    }

    #[tokio::test]
    async fn half_a_head_is_held_back() {
        let stream = [POST, "GET / HTTP/1.1\r\nhost:"].concat();
        always(&stream, (POST, false, None)).await;
    }

    #[tokio::test]
    async fn a_refused_head_is_replaced_and_nothing_follows() {
        let refused = String::from_utf8(REFUSED_HEAD.concat()).unwrap();
        for (before, heads) in [("", 0), (GET, 1), (POST, 1), (CHUNKED, 1)] {
            let stream = [before, BOTH, GET].concat();
            let expected = [before, &refused].concat();
            always(&stream, (&expected, false, Some((heads, Violation::TransferEncoding)))).await;
        }
    }

    #[tokio::test]
    async fn the_page_of_a_refused_head_is_kept_when_there_is_one_of_it() {
        let [head, end] = REFUSED_HEAD.map(|part| std::str::from_utf8(part).unwrap());
        let (page, other) = ("Origin:\thttps://app.example \r\n", "origin: https://evil.example\r\n");
        let wrong = "content-length: x\r\n\r\n";
        let kept = "origin: https://app.example\r\n";
        for (lines, kept) in [
            (page.to_owned(), kept),
            ([page, other].concat(), ""),
            ([page, page, page].concat(), ""),
            ("origin: a\rb\r\n".to_owned(), ""),
            (format!("origin: {}\r\n", "a".repeat(257)), ""),
            (String::new(), ""),
        ] {
            let stream = ["GET / HTTP/1.1\r\n", &lines, wrong].concat();
            let (answer, _, verdict) = seen(&[stream.as_bytes()], 65536).await;
            assert_eq!(answer, [head, kept, end].concat(), "{lines:?}");
            assert!(verdict.is_some());
        }
    }

    #[tokio::test]
    async fn a_broken_body_ends_with_an_error_before_the_offending_byte() {
        let chunk = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab";
        for wrong in ["AAAA\r\n0\r\n\r\n", "\n0\r\n\r\n"] {
            let stream = [GET, chunk, wrong, GET].concat();
            always(&stream, (&[GET, chunk].concat(), true, None)).await;
        }
    }

    #[tokio::test]
    async fn only_the_request_in_question_is_refused() {
        let (_, verdict) = Gate::new(tokio::io::empty(), Activity::new());
        verdict.0.refused.set((2, Violation::Version)).unwrap();
        let asked: Vec<_> = (0..4).map(|_| verdict.on_next_request()).collect();
        assert_eq!(asked, [None, None, Some(Violation::Version), None]);
    }
}
