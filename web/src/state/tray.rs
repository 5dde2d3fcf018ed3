//! The pictures to edit, in order. Their places give them their numbers: 图1, Image 1.

/// A direction in which a picture moves one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the first place.
    Earlier,
    /// Towards the last place.
    Later,
}

/// A picture and the id that stays with it while its place changes.
#[derive(Clone, Debug)]
pub struct Slot<P> {
    /// Unique in the tray's life; keys the view's list.
    pub id: u32,
    /// The picture.
    pub picture: P,
}

/// The ordered pictures.
#[derive(Clone, Debug)]
pub struct Tray<P> {
    slots: Vec<Slot<P>>,
    next_id: u32,
}

impl<P> Default for Tray<P> {
    fn default() -> Self {
        Self { slots: Vec::new(), next_id: 1 }
    }
}

impl<P> Tray<P> {
    /// The pictures in order.
    #[must_use]
    pub fn slots(&self) -> &[Slot<P>] {
        &self.slots
    }

    /// The picture with this id.
    #[must_use]
    pub fn get(&self, id: u32) -> Option<&P> {
        self.slots.iter().find(|slot| slot.id == id).map(|slot| &slot.picture)
    }

    /// How many pictures there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Adds a picture in the last place and returns its number, or gives it back when `max` are there already.
    pub fn add(&mut self, picture: P, max: usize) -> Result<usize, P> {
        if self.slots.len() >= max {
            return Err(picture);
        }
        self.slots.push(Slot { id: self.next_id, picture });
        self.next_id += 1;
        Ok(self.slots.len())
    }

    /// Changes every picture; their order and ids stay.
    pub fn update_each(&mut self, mut change: impl FnMut(usize, &mut P)) {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            change(index, &mut slot.picture);
        }
    }

    /// Takes every picture out. Ids are not used again: what is still on its way knows its picture by them.
    pub fn clear(&mut self) {
        self.slots.clear();
    }

    /// Takes a picture out; the ones after it move up. Returns the number it had.
    pub fn remove(&mut self, id: u32) -> Option<usize> {
        let index = self.index(id)?;
        self.slots.remove(index);
        Some(index + 1)
    }

    /// Moves a picture one place; returns its new number, or nothing when it is at that end already.
    pub fn shift(&mut self, id: u32, direction: Direction) -> Option<usize> {
        let from = self.index(id)?;
        let to = match direction {
            Direction::Earlier => from.checked_sub(1)?,
            Direction::Later => from + 1,
        };
        (to < self.slots.len()).then(|| {
            self.slots.swap(from, to);
            to + 1
        })
    }

    /// Puts a picture in the place of another, the ones between moving over (drag and drop). Returns its new number.
    pub fn place(&mut self, id: u32, at: u32) -> Option<usize> {
        let (from, to) = (self.index(id)?, self.index(at)?);
        let slot = self.slots.remove(from);
        self.slots.insert(to, slot);
        Some(to + 1)
    }

    fn index(&self, id: u32) -> Option<usize> {
        self.slots.iter().position(|slot| slot.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tray(names: &[&'static str]) -> Tray<&'static str> {
        let mut tray = Tray::default();
        for name in names {
            tray.add(*name, 3).unwrap();
        }
        tray
    }

    fn order(tray: &Tray<&'static str>) -> Vec<&'static str> {
        tray.slots().iter().map(|slot| slot.picture).collect()
    }

    #[test]
    fn an_id_is_never_used_again() {
        let mut tray = tray(&["a"]);
        let before = tray.slots()[0].id;
        tray.clear();
        tray.add("b", 3).unwrap();
        assert_ne!(tray.slots()[0].id, before);
    }

    #[test]
    fn a_fourth_picture_is_given_back() {
        let mut tray = tray(&["a", "b", "c"]);
        assert_eq!(tray.add("d", 3), Err("d"));
        assert_eq!(order(&tray), ["a", "b", "c"]);
    }

    #[test]
    fn removing_renumbers_the_rest_and_never_reuses_an_id() {
        let mut tray = tray(&["a", "b", "c"]);
        assert_eq!(tray.remove(2), Some(2));
        assert_eq!(tray.remove(2), None);
        assert_eq!(tray.add("d", 3), Ok(3));
        assert_eq!(tray.slots().iter().map(|slot| slot.id).collect::<Vec<_>>(), [1, 3, 4]);
    }

    #[test]
    fn shifting_stops_at_the_ends() {
        let mut tray = tray(&["a", "b"]);
        assert_eq!(tray.shift(1, Direction::Earlier), None);
        assert_eq!(tray.shift(2, Direction::Later), None);
        assert_eq!(tray.shift(1, Direction::Later), Some(2));
        assert_eq!(order(&tray), ["b", "a"]);
    }

    #[test]
    fn dropping_on_a_place_moves_the_others_over() {
        let mut tray = tray(&["a", "b", "c"]);
        assert_eq!(tray.place(3, 1), Some(1));
        assert_eq!(order(&tray), ["c", "a", "b"]);
        assert_eq!(tray.place(3, 2), Some(3));
        assert_eq!(order(&tray), ["a", "b", "c"]);
    }
}
