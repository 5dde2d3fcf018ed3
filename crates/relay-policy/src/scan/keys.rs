//! The keys of the objects that are open, to find a key that comes twice. Bounded, and quick for any keys an attacker
//! chooses: no hash to collide, no comparison with every other key.

use std::cmp::Ordering;

use super::ScanError;

/// The longest key, in bytes after decoding its escapes.
pub const MAX_KEY_BYTES: usize = 1024;

/// How many bytes the keys of all open objects may have together.
pub const MAX_OPEN_KEY_BYTES: usize = 64 * 1024;

/// How many keys all open objects may have together.
pub const MAX_OPEN_KEYS: usize = 1024;

/// Where an object's keys begin: all keys behind this are its own, as long as nothing is open inside it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    keys: usize,
    bytes: usize,
}

/// The keys of all open objects, one after the other.
#[derive(Default)]
pub(super) struct OpenKeys {
    bytes: Vec<u8>,
    /// Where each finished key begins and ends in `bytes`; those of one object are sorted by what they spell.
    keys: Vec<(usize, usize)>,
    /// Where the key begins that is being read or was read last.
    newest: usize,
}

impl OpenKeys {
    /// An object begins here.
    pub(super) fn mark(&self) -> Mark {
        Mark { keys: self.keys.len(), bytes: self.bytes.len() }
    }

    /// A key begins.
    pub(super) fn start(&mut self) {
        self.newest = self.bytes.len();
    }

    /// More of the key that began at byte `at` of the body.
    pub(super) fn extend(&mut self, part: &[u8], at: u64) -> Result<(), ScanError> {
        let end = self.bytes.len().saturating_add(part.len());
        if end - self.newest > MAX_KEY_BYTES {
            return Err(ScanError::KeyTooLong { at });
        }
        if end > MAX_OPEN_KEY_BYTES {
            return Err(ScanError::TooManyKeys { at });
        }
        self.bytes.extend_from_slice(part);
        Ok(())
    }

    /// The key that is being read or was read last, decoded.
    pub(super) fn newest(&self) -> &[u8] {
        self.bytes.get(self.newest..).unwrap_or_default()
    }

    /// The key that began at byte `at` is over; its object's keys begin at `mark`.
    pub(super) fn finish(&mut self, mark: Mark, at: u64) -> Result<(), ScanError> {
        if self.keys.len() >= MAX_OPEN_KEYS {
            return Err(ScanError::TooManyKeys { at });
        }
        let siblings = self.keys.get(mark.keys..).unwrap_or_default();
        match siblings.binary_search_by(|&key| self.compare(key)) {
            Ok(_) => Err(ScanError::DuplicateKey { at }),
            Err(place) => {
                self.keys.insert(mark.keys + place, (self.newest, self.bytes.len()));
                Ok(())
            }
        }
    }

    /// The object whose keys begin at `mark` is closed.
    pub(super) fn forget(&mut self, mark: Mark) {
        self.keys.truncate(mark.keys);
        self.bytes.truncate(mark.bytes);
    }

    fn compare(&self, (start, end): (usize, usize)) -> Ordering {
        self.bytes.get(start..end).unwrap_or_default().cmp(self.newest())
    }
}
