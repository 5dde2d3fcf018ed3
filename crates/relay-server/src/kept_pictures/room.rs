//! Room for kept pictures. It is taken before a picture is fetched: many are fetched at one time.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The room of all pictures.
#[derive(Debug)]
pub(super) struct PictureRoom {
    limit: u64,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    kept: u64,
    /// For pictures on their way.
    reserved: u64,
}

/// Room for a picture on its way; dropping it gives the room back.
#[derive(Debug)]
pub(super) struct Place<'a> {
    room: &'a PictureRoom,
    bytes: u64,
}

impl PictureRoom {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, taken: Mutex::default() }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Room for a picture of at most `bytes`, if there is as much.
    pub(super) fn reserve(&self, bytes: u64) -> Option<Place<'_>> {
        let mut taken = self.taken();
        let reserved = taken.reserved.saturating_add(bytes);
        if taken.kept.saturating_add(reserved) > self.limit {
            return None;
        }
        taken.reserved = reserved;
        Some(Place { room: self, bytes })
    }

    /// Bytes of the pictures that are kept.
    pub(super) fn kept(&self) -> u64 {
        self.taken().kept
    }

    /// Takes over what was counted on the disk. `before` is what was kept when the count began: a picture that came in
    /// since may not be in it, and is better counted twice until the next time.
    pub(super) fn recount(&self, before: u64, counted: u64) {
        let mut taken = self.taken();
        taken.kept = counted.saturating_add(taken.kept.saturating_sub(before));
    }
}

impl Place<'_> {
    /// The picture is kept, and is so large.
    pub(super) fn settle(self, bytes: u64) {
        let mut taken = self.room.taken();
        taken.kept = taken.kept.saturating_add(bytes);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        taken.reserved = taken.reserved.saturating_sub(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_on_their_way_take_room() {
        let room = PictureRoom::new(100);
        let first = room.reserve(60).unwrap();
        assert!(room.reserve(60).is_none(), "both together are too much");
        let second = room.reserve(40).unwrap();
        first.settle(30);
        assert_eq!(room.kept(), 30);
        drop(second);
        assert!(room.reserve(70).is_some(), "a transfer that failed gives its room back");
        assert!(room.reserve(71).is_none());
    }

    #[test]
    fn a_count_of_the_disk_forgets_nothing_that_came_in_meanwhile() {
        let room = PictureRoom::new(100);
        room.reserve(50).unwrap().settle(50);
        let before = room.kept();
        room.reserve(20).unwrap().settle(20);
        room.recount(before, 30);
        assert_eq!(room.kept(), 50);
        room.recount(room.kept(), 45);
        assert_eq!(room.kept(), 45);
    }
}
