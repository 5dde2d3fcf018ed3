//! A file of which only some pieces were read.
//!
//! Parsers want a synchronous reader, the browser reads files asynchronously, and a whole photo must not enter wasm
//! memory. So a parser runs over the pieces at hand; where it runs into a gap, the gap is remembered, the caller reads
//! that piece and the parser starts again. A TIFF with its directory at the end thus costs two reads, not 10 MB.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::ops::Range;

/// Bytes of the first read: holds the header of nearly every photo, thumbnail included.
const FIRST_READ: u64 = 64 * 1024;
/// Bytes of each later read: a parser that jumps wants a few bytes at its goal.
const NEXT_READ: u64 = 16 * 1024;
/// Reads after which a header counts as damaged. Together about 1 MiB, so a hostile file cannot fill the memory.
const MAX_PIECES: usize = 64;

/// The pieces of one file, and where a parser stands in it.
#[derive(Debug)]
pub(crate) struct PartialFile {
    len: u64,
    /// Sorted by offset; never overlapping, since only gaps are read.
    pieces: Vec<(u64, Vec<u8>)>,
    position: u64,
    gap: Option<u64>,
}

impl PartialFile {
    pub(crate) fn new(len: u64) -> PartialFile {
        PartialFile { len, pieces: Vec::new(), position: 0, gap: None }
    }

    /// What to read before anything else.
    pub(crate) fn first_read(&self) -> Range<u64> {
        0..self.len.min(FIRST_READ)
    }

    /// What the last parser run missed: `None` when it had all it asked for, or when the file asks for too much.
    pub(crate) fn next_read(&self) -> Option<Range<u64>> {
        let start = self.gap.filter(|_| self.pieces.len() < MAX_PIECES)?;
        let after = self.pieces.partition_point(|(offset, _)| *offset <= start);
        let next_piece = self.pieces.get(after).map_or(self.len, |(offset, _)| *offset);
        Some(start..next_piece.min(start + NEXT_READ))
    }

    /// Adds the bytes that stand at `offset` and rewinds for the next parser run.
    pub(crate) fn add(&mut self, offset: u64, bytes: Vec<u8>) {
        let place = self.pieces.partition_point(|(other, _)| *other < offset);
        self.pieces.insert(place, (offset, bytes));
        self.position = 0;
        self.gap = None;
    }

    /// The bytes at the start of the file, as far as they were read in one piece.
    pub(crate) fn head(&self) -> &[u8] {
        match self.pieces.first() {
            Some((0, bytes)) => bytes,
            _ => &[],
        }
    }

    /// The bytes from the position to the end of its piece; empty at the end of the file.
    fn available(&self) -> Result<&[u8], u64> {
        if self.position >= self.len {
            return Ok(&[]);
        }
        let after = self.pieces.partition_point(|(offset, _)| *offset <= self.position);
        let piece = after.checked_sub(1).and_then(|index| self.pieces.get(index));
        piece
            .and_then(|(offset, bytes)| bytes.get(usize::try_from(self.position - offset).ok()?..))
            .filter(|rest| !rest.is_empty())
            .ok_or(self.position)
    }
}

impl Read for PartialFile {
    /// Fills `buffer` unless the file ends. A short read at the edge of a piece would be taken for the end of the file.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let available = self.fill_buf()?;
            if available.is_empty() {
                break;
            }
            let count = available.len().min(buffer.len() - filled);
            buffer[filled..filled + count].copy_from_slice(&available[..count]);
            self.consume(count);
            filled += count;
        }
        Ok(filled)
    }
}

impl BufRead for PartialFile {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Err(gap) = self.available() {
            self.gap = Some(gap);
        }
        self.available().map_err(|_| io::Error::from(io::ErrorKind::WouldBlock))
    }

    fn consume(&mut self, count: usize) {
        self.position = self.position.saturating_add(count as u64);
    }
}

impl Seek for PartialFile {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let goal = match target {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
            SeekFrom::End(delta) => self.len.checked_add_signed(delta),
        };
        self.position = goal.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_across_two_pieces_is_not_cut_at_the_edge() {
        let mut file = PartialFile::new(6);
        file.add(3, vec![4, 5, 6]);
        file.add(0, vec![1, 2, 3]);
        let mut buffer = [0; 8];
        assert_eq!(file.read(&mut buffer).unwrap(), 6);
        assert_eq!(buffer[..6], [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_gap_is_asked_for_up_to_the_next_piece() {
        let mut file = PartialFile::new(100_000);
        file.add(0, vec![0; 10]);
        file.add(50, vec![0; 10]);
        file.seek(SeekFrom::Start(20)).unwrap();
        file.read_exact(&mut [0; 4]).unwrap_err();
        assert_eq!(file.next_read(), Some(20..50));

        file.seek(SeekFrom::Start(60)).unwrap();
        file.read_exact(&mut [0; 4]).unwrap_err();
        assert_eq!(file.next_read(), Some(60..60 + NEXT_READ));
    }

    #[test]
    fn the_end_of_the_file_is_no_gap() {
        let mut file = PartialFile::new(4);
        file.add(0, vec![0; 4]);
        assert_eq!(file.read_exact(&mut [0; 8]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(file.next_read(), None);
    }

    #[test]
    fn a_file_that_asks_for_ever_more_is_given_up() {
        let mut file = PartialFile::new(u64::MAX);
        for index in 0..MAX_PIECES as u64 {
            file.add(index * 10, vec![0; 1]);
        }
        file.read_exact(&mut [0; 4]).unwrap_err();
        assert_eq!(file.next_read(), None);
    }
}
