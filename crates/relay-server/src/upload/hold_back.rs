//! The bytes of an upload between its two connections: those that may go on, and the few that wait.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// White space after the closing brace is legal JSON; with more than this behind it, it is no request.
const HELD_BYTES: usize = 16 * 1024;

/// More came behind the end of the JSON than anybody sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The body goes on too long after its end.")]
pub(super) struct TooLong;

/// Always holds the newest byte back, and the closing brace with all behind it.
#[derive(Debug, Default)]
pub(super) struct HoldBack {
    ready: VecDeque<Bytes>,
    /// Copies: a piece as it came keeps the whole buffer that it was read into, and whoever sends one byte at a time
    /// would have thousands of those kept.
    held: BytesMut,
}

impl HoldBack {
    /// Takes the next piece, of which `sendable` bytes stand before the closing brace.
    pub(super) fn take(&mut self, mut data: Bytes, sendable: usize) -> Result<(), TooLong> {
        if sendable > 0 {
            self.release();
            let newest = data.len().saturating_sub(1);
            let sendable = data.split_to(sendable.min(newest));
            self.pass_on(sendable);
        }
        if self.held.len().saturating_add(data.len()) > HELD_BYTES {
            return Err(TooLong);
        }
        self.held.extend_from_slice(&data);
        Ok(())
    }

    /// Whether anything waits.
    pub(super) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// What waited may go on.
    pub(super) fn release(&mut self) {
        let held = self.held.split().freeze();
        self.pass_on(held);
    }

    fn pass_on(&mut self, data: Bytes) {
        if !data.is_empty() {
            self.ready.push_back(data);
        }
    }

    /// What may go on next.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        self.ready.pop_front()
    }

    /// Whether nothing is ready any more.
    pub(super) fn is_through(&self) -> bool {
        self.ready.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A read buffer that is counted as long as anything keeps it.
    struct Buffer(Vec<u8>, #[expect(dead_code, reason = "it is counted")] Arc<()>);

    impl AsRef<[u8]> for Buffer {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    /// The first byte of a read buffer.
    fn piece(byte: u8, buffers: &Arc<()>) -> Bytes {
        Bytes::from_owner(Buffer([vec![byte], vec![0; 8191]].concat(), Arc::clone(buffers))).split_to(1)
    }

    #[test]
    fn bytes_that_wait_keep_no_buffer() {
        let (buffers, mut bytes) = (Arc::new(()), HoldBack::default());
        for (byte, sendable) in [(b'{', 1), (b'}', 0)].into_iter().chain([(b' ', 0); 10_000]) {
            bytes.take(piece(byte, &buffers), sendable).unwrap();
            assert_eq!(Arc::strong_count(&buffers), 1);
        }
        assert_eq!(bytes.next(), None, "all of it waits");
        assert!(bytes.held.capacity() <= 2 * HELD_BYTES);
        bytes.release();
        assert_eq!(bytes.next().unwrap(), [&b"{}"[..], &[b' '; 10_000]].concat());
    }

    #[test]
    fn the_newest_byte_waits_in_a_copy_and_goes_with_the_next() {
        let (buffers, mut bytes) = (Arc::new(()), HoldBack::default());
        let mut passed = Vec::new();
        for byte in b"{\"model\"" {
            bytes.take(piece(*byte, &buffers), 1).unwrap();
            while let Some(data) = bytes.next() {
                passed.extend_from_slice(&data);
            }
            assert_eq!(Arc::strong_count(&buffers), 1);
        }
        assert_eq!((&passed[..], &bytes.held[..]), (&b"{\"model"[..], &b"\""[..]));
    }

    #[test]
    fn what_stands_before_the_brace_goes_on_at_once() {
        let mut bytes = HoldBack::default();
        bytes.take(Bytes::from_static(b"{\"a\":1} "), 6).unwrap();
        assert_eq!(bytes.next().unwrap(), &b"{\"a\":1"[..]);
        assert_eq!((bytes.next(), &bytes.held[..]), (None, &b"} "[..]));
    }

    #[test]
    fn a_tail_has_an_end() {
        let mut bytes = HoldBack::default();
        bytes.take(Bytes::from_static(b"{}"), 1).unwrap();
        assert_eq!(bytes.take(vec![b' '; HELD_BYTES - 1].into(), 0), Ok(()));
        assert_eq!(bytes.take(Bytes::from_static(b" "), 0), Err(TooLong));
        let at_once = [b"{}".to_vec(), vec![b' '; HELD_BYTES]].concat();
        assert_eq!(HoldBack::default().take(at_once.into(), 1), Err(TooLong));
    }
}
