//! The operand stack during translation: which value is where.
//!
//! A pushed local or constant is only remembered; it costs an instruction when something forces it into its *canonical*
//! slot, the one that its height on the stack gives it. It emits nothing: whoever forces a value writes the
//! instruction.
//!
//! # Invariants
//!
//! - Every entry below `settled` is in its canonical slot.
//! - At most [`WINDOW`] entries lie above `settled`, so that looking through them is cheap however long the stack gets.

use crate::value::Class;

/// How many entries may be pending at once.
pub(super) const WINDOW: usize = 48;

/// Number of a slot in the frame.
pub(super) type SlotNo = u16;

/// The last numbers of slots, where no entry starts: what lies right behind one can be numbered too, such as the second
/// half of a vector.
const SPARE_SLOTS: SlotNo = 8;

/// The kind of a value: its accumulator class, or a vector of two slots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// `i32`.
    I32,
    /// `i64`.
    I64,
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// `v128`.
    V128,
    /// Any reference.
    Ref,
}

impl Kind {
    /// The slots that it takes.
    pub(super) fn slots(self) -> u32 {
        if self == Kind::V128 { 2 } else { 1 }
    }

    /// Its accumulator; vectors have none.
    pub(super) fn class(self) -> Option<Class> {
        match self {
            Kind::I32 | Kind::I64 | Kind::Ref => Some(Class::Int),
            Kind::F32 => Some(Class::F32),
            Kind::F64 => Some(Class::F64),
            Kind::V128 => None,
        }
    }
}

/// Where the value of an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In the local with this slot.
    Local(SlotNo),
    /// A scalar constant with these bits.
    Const(u64),
    /// In the entry's canonical slot (or only in an accumulator, until its one use).
    Temp,
}

/// An entry of the operand stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    /// Where it is.
    pub(super) place: Place,
    /// Its kind.
    pub(super) kind: Kind,
    /// Its canonical slot.
    pub(super) slot: SlotNo,
}

impl Entry {
    /// The slot that holds it, unless it is a constant.
    pub(super) fn home(&self) -> Option<SlotNo> {
        match self.place {
            Place::Local(slot) => Some(slot),
            Place::Temp => Some(self.slot),
            Place::Const(_) => None,
        }
    }
}

/// The operand stack.
pub(super) struct Stack {
    entries: Vec<Entry>,
    settled: usize,
    /// First slot of the operand area.
    base: u32,
    /// One past the highest slot that the function has needed.
    high: u32,
}

impl Stack {
    pub(super) fn new(base: u32) -> Stack {
        Stack { entries: Vec::with_capacity(WINDOW / 2), settled: 0, base, high: base }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The slot that the next entry gets.
    pub(super) fn next_slot(&self) -> u32 {
        self.entries.last().map_or(self.base, |entry| u32::from(entry.slot) + entry.kind.slots())
    }

    /// The canonical slot of the entry at `height`, which may be the next one.
    pub(super) fn slot_at(&self, height: usize) -> u32 {
        self.entries.get(height).map_or_else(|| self.next_slot(), |entry| u32::from(entry.slot))
    }

    /// One past the highest slot needed so far.
    pub(super) fn high(&self) -> u32 {
        self.high
    }

    /// Makes sure that the frame has `slot`.
    pub(super) fn reserve(&mut self, slot: u32) {
        self.high = self.high.max(slot + 1);
    }

    /// Pushes an entry and returns its canonical slot; none when slot numbers no longer reach it.
    pub(super) fn push(&mut self, place: Place, kind: Kind) -> Option<SlotNo> {
        let slot = self.next_slot();
        self.high = self.high.max(slot + kind.slots());
        let slot = SlotNo::try_from(slot).ok().filter(|&slot| slot < SlotNo::MAX - SPARE_SLOTS)?;
        self.entries.push(Entry { place, kind, slot });
        Some(slot)
    }

    pub(super) fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop();
        self.settled = self.settled.min(self.entries.len());
        entry
    }

    pub(super) fn top(&self) -> Option<&Entry> {
        self.entries.last()
    }

    pub(super) fn get(&self, height: usize) -> Entry {
        self.entries[height]
    }

    pub(super) fn truncate(&mut self, height: usize) {
        self.entries.truncate(height);
        self.settled = self.settled.min(height);
    }

    /// Whether too many entries are pending.
    pub(super) fn is_crowded(&self) -> bool {
        self.entries.len() - self.settled > WINDOW
    }

    /// The heights from `from` on that may not be settled.
    pub(super) fn pending(&self, from: usize) -> std::ops::Range<usize> {
        self.settled.max(from)..self.entries.len()
    }

    /// Notes that the entry at `height` is in its canonical slot now.
    pub(super) fn settle(&mut self, height: usize) {
        self.entries[height].place = Place::Temp;
    }

    /// Notes that all entries are.
    pub(super) fn settle_all(&mut self) {
        self.settled = self.entries.len();
    }

    /// The pending heights whose value is in local `slot`.
    pub(super) fn uses_of(&self, slot: SlotNo) -> impl Iterator<Item = usize> + '_ {
        self.pending(0).filter(move |&height| self.entries[height].place == Place::Local(slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn height_gives_the_canonical_slot() {
        let mut stack = Stack::new(3);
        assert_eq!(stack.push(Place::Temp, Kind::I32), Some(3));
        assert_eq!(stack.push(Place::Const(0), Kind::V128), Some(4));
        assert_eq!(stack.push(Place::Local(1), Kind::F64), Some(6), "a vector takes two slots");
        assert_eq!((stack.slot_at(0), stack.slot_at(1), stack.slot_at(2), stack.slot_at(3)), (3, 4, 6, 7));
        assert_eq!(stack.pop().map(|entry| entry.slot), Some(6));
        assert_eq!(stack.push(Place::Temp, Kind::Ref), Some(6), "a slot is free when its entry is gone");
    }

    #[test]
    fn the_frame_has_room_for_the_highest_slot() {
        let mut stack = Stack::new(2);
        assert_eq!(stack.high(), 2);
        stack.push(Place::Temp, Kind::V128);
        stack.pop();
        assert_eq!(stack.high(), 4, "what has been needed stays needed");
        stack.reserve(9);
        stack.reserve(5);
        assert_eq!(stack.high(), 10);
    }

    #[test]
    fn a_value_is_at_home_where_its_place_says() {
        let entry = |place| Entry { place, kind: Kind::I32, slot: 7 };
        assert_eq!(entry(Place::Temp).home(), Some(7));
        assert_eq!(entry(Place::Local(2)).home(), Some(2));
        assert_eq!(entry(Place::Const(2)).home(), None);
    }

    #[test]
    fn settled_entries_are_not_pending() {
        let mut stack = Stack::new(0);
        for place in [Place::Local(5), Place::Const(1), Place::Temp] {
            stack.push(place, Kind::I64);
        }
        assert_eq!((stack.pending(0), stack.pending(2)), (0..3, 2..3));
        stack.settle(0);
        assert_eq!(stack.get(0).place, Place::Temp);
        assert_eq!(stack.pending(0), 0..3, "one entry says nothing about the others");
        stack.settle_all();
        assert!(stack.pending(0).is_empty());
        stack.push(Place::Local(5), Kind::I64);
        assert_eq!(stack.pending(0), 3..4);
        stack.truncate(1);
        stack.push(Place::Local(5), Kind::I64);
        assert_eq!(stack.pending(0), 1..2, "what follows a truncation is new");
        stack.pop();
        stack.pop();
        stack.push(Place::Local(5), Kind::I64);
        assert_eq!(stack.pending(0), 0..1, "what follows a pop is new");
    }

    #[test]
    fn a_local_knows_its_pending_uses() {
        let mut stack = Stack::new(8);
        stack.push(Place::Temp, Kind::I32);
        stack.settle_all();
        for place in [Place::Local(1), Place::Local(2), Place::Const(1), Place::Local(1)] {
            stack.push(place, Kind::I32);
        }
        assert_eq!(stack.uses_of(1).collect::<Vec<_>>(), [1, 4]);
        assert_eq!(stack.uses_of(3).count(), 0);
        stack.settle(1);
        assert_eq!(stack.uses_of(1).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn the_window_bounds_what_is_pending() {
        let mut stack = Stack::new(0);
        for _ in 0..WINDOW {
            stack.push(Place::Local(0), Kind::I32);
        }
        assert!(!stack.is_crowded());
        stack.push(Place::Local(0), Kind::I32);
        assert!(stack.is_crowded());
        stack.settle_all();
        assert!(!stack.is_crowded());
    }

    #[test]
    fn slot_numbers_end() {
        let last = SlotNo::MAX - SPARE_SLOTS - 1;
        let mut stack = Stack::new(u32::from(last));
        assert_eq!(stack.push(Place::Temp, Kind::V128), Some(last), "a vector's second half is within reach");
        assert_eq!(stack.push(Place::Temp, Kind::I32), None);
        assert_eq!(stack.len(), 1, "what has no slot is not pushed");
        let mut stack = Stack::new(u32::MAX - 8);
        assert_eq!(stack.push(Place::Temp, Kind::I32), None, "numbers do not wrap");
    }
}
