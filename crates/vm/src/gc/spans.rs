//! Blocks and lines: which parts of the heap are free. Knows no objects beyond the bits that say where one starts.
//!
//! # Invariants
//!
//! - A line is in use if it was handed out since the last collection, or holds a part of an object that this found alive.
//! - What is in use is not handed out.

/// Bytes of a block.
pub(super) const BLOCK: u32 = 32 << 10;
/// Bytes of a line.
pub(super) const LINE: u32 = 128;
/// Lines of a block.
pub(super) const LINES: u32 = BLOCK / LINE;
/// Bytes that a bit of the bitmaps stands for: the alignment of objects.
pub(super) const GRAIN: u32 = 8;

/// The reference of the heap's first byte. Programs are full of small numbers: if they looked like references, what they happen
/// to mean would be kept alive by stacks.
pub(super) const ORIGIN: u32 = 1 << 28;

/// What a block is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum BlockState {
    /// No object.
    Free,
    /// Small objects; perhaps with free lines.
    Small,
    /// A part of a large object.
    Large,
}

/// A bit for every [`GRAIN`] of the heap.
#[derive(Debug, Default)]
pub(super) struct Bitmap(Vec<u64>);

impl Bitmap {
    /// Makes room for the first `bytes` bytes of the heap.
    pub(super) fn extend(&mut self, bytes: u64) {
        self.0.resize((bytes / u64::from(GRAIN)).div_ceil(64) as usize, 0);
    }

    #[inline]
    pub(super) fn get(&self, at: u32) -> bool {
        let bit = at.wrapping_sub(ORIGIN) / GRAIN;
        self.0.get(bit as usize / 64).is_some_and(|word| word >> (bit % 64) & 1 != 0)
    }

    /// Sets a bit; whether it was clear.
    #[inline]
    pub(super) fn set(&mut self, at: u32) -> bool {
        let bit = (at - ORIGIN) / GRAIN;
        let word = &mut self.0[bit as usize / 64];
        let mask = 1 << (bit % 64);
        let was_clear = *word & mask == 0;
        *word |= mask;
        was_clear
    }

    /// The last set bit from `first`, the first of a word, to `last`.
    pub(super) fn last_in(&self, first: u32, last: u32) -> Option<u32> {
        let (from, to) = ((first - ORIGIN) / GRAIN, (last - ORIGIN) / GRAIN);
        let words = self.0.get(from as usize / 64..=to as usize / 64)?;
        let mut mask = u64::MAX >> (63 - to % 64);
        for (word, at) in words.iter().rev().zip((0..=to / 64).rev()) {
            let bits = word & mask;
            if bits != 0 {
                return Some(ORIGIN + (at * 64 + bits.ilog2()) * GRAIN);
            }
            mask = u64::MAX;
        }
        None
    }

    /// Where the bit of reference zero would lie, until it is extended.
    pub(super) fn words(&mut self) -> *mut u64 {
        self.0.as_mut_ptr().wrapping_sub((ORIGIN / GRAIN / 64) as usize)
    }

    /// Clears every bit.
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }
}

/// The blocks of a heap. Searches go on where the last of their kind ended, so that all between two collections take
/// no more steps than the heap has lines; what they skip is found after the next collection.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    states: Vec<BlockState>,
    /// For every line, whether it is in use.
    lines: Vec<bool>,
    next: Searches,
    /// Blocks that have never been used, from here on, are zero.
    fresh_from: u32,
}

/// Where searches go on.
#[derive(Debug, Default)]
struct Searches {
    /// For any free line.
    single: u32,
    /// For several free lines of a block.
    several: u32,
    /// For free blocks.
    blocks: u32,
}

/// A run of lines, or of blocks, that has been handed out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) len: u32,
    /// Whether it has to be zeroed.
    pub(super) used: bool,
}

impl Blocks {
    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        self.states.len() as u32
    }

    /// The block of a reference into the heap.
    pub(super) fn of(at: u32) -> u32 {
        (at - ORIGIN) / BLOCK
    }

    /// The reference of a block's first byte.
    pub(super) fn start(block: u32) -> u32 {
        ORIGIN + block * BLOCK
    }

    /// Whether a block is a part of a large object.
    pub(super) fn is_large(&self, block: u32) -> bool {
        self.states.get(block as usize) == Some(&BlockState::Large)
    }

    /// Adds `count` blocks at the end.
    pub(super) fn extend(&mut self, count: u32) {
        self.states.resize(self.states.len() + count as usize, BlockState::Free);
        self.lines.resize(self.states.len() * LINES as usize, false);
    }

    /// The next run of free lines of a block, with at least `bytes` bytes.
    pub(super) fn take_lines(&mut self, bytes: u32) -> Option<Span> {
        let wanted = bytes.div_ceil(LINE);
        let mut line = if wanted == 1 { self.next.single } else { self.next.several };
        let found = loop {
            let block = line / LINES;
            match self.states.get(block as usize) {
                None => break None,
                Some(BlockState::Large) => line = (block + 1) * LINES,
                Some(BlockState::Free | BlockState::Small) => {
                    let (first, end) = self.free_run(line, (block + 1) * LINES);
                    if first < end && end - first >= wanted {
                        break Some((first, end));
                    }
                    line = end;
                }
            }
        };
        let next = found.map_or(line, |(_, end)| end);
        *(if wanted == 1 { &mut self.next.single } else { &mut self.next.several }) = next;
        found.map(|(first, end)| self.claim_lines(first, end))
    }

    /// The first run of free lines between two lines of a block; empty if there is none.
    fn free_run(&self, from: u32, block_end: u32) -> (u32, u32) {
        let lines = &self.lines[from as usize..block_end as usize];
        let first = lines.iter().position(|&used| !used).unwrap_or(lines.len());
        let len = lines[first..].iter().position(|&used| used).unwrap_or(lines.len() - first);
        (from + first as u32, from + (first + len) as u32)
    }

    fn claim_lines(&mut self, first: u32, end: u32) -> Span {
        let block = first / LINES;
        self.lines[first as usize..end as usize].fill(true);
        self.states[block as usize] = BlockState::Small;
        let used = block < self.fresh_from;
        self.fresh_from = self.fresh_from.max(block + 1);
        Span { start: ORIGIN + first * LINE, len: (end - first) * LINE, used }
    }

    /// The next free blocks in a row for a large object of `bytes` bytes.
    pub(super) fn take_blocks(&mut self, bytes: u64) -> Option<Span> {
        let wanted = u32::try_from(bytes.div_ceil(u64::from(BLOCK))).ok()?;
        let mut run = 0;
        while let Some(&state) = self.states.get(self.next.blocks as usize) {
            self.next.blocks += 1;
            run = if state == BlockState::Free { run + 1 } else { 0 };
            if run == wanted {
                return Some(self.claim_blocks(self.next.blocks - wanted, wanted));
            }
        }
        // A longer run could begin with these once there are more blocks.
        self.next.blocks -= run;
        None
    }

    fn claim_blocks(&mut self, first: u32, count: u32) -> Span {
        let end = first + count;
        self.states[first as usize..end as usize].fill(BlockState::Large);
        self.lines[(first * LINES) as usize..(end * LINES) as usize].fill(true);
        let used = first < self.fresh_from;
        self.fresh_from = self.fresh_from.max(end);
        Span { start: Blocks::start(first), len: count * BLOCK, used }
    }

    /// Free blocks at the end, which blocks that are added would join.
    pub(super) fn trailing_free(&self) -> u32 {
        let used = self.states.iter().rposition(|&state| state != BlockState::Free).map_or(0, |at| at + 1);
        self.count() - used as u32
    }

    /// Forgets which lines are in use: marking starts.
    pub(super) fn clear_marks(&mut self) {
        self.lines.fill(false);
    }

    /// Marks the lines that an object covers.
    #[inline]
    pub(super) fn mark(&mut self, at: u32, size: u64) {
        let at = at - ORIGIN;
        let first = at / LINE;
        let last = ((u64::from(at) + size - 1) / u64::from(LINE)) as u32;
        if first == last {
            self.lines[first as usize] = true;
        } else {
            self.lines[first as usize..=last as usize].fill(true);
        }
    }

    /// Marking is done: all other lines are free, and searches start over. The bytes of what is not free.
    pub(super) fn sweep(&mut self) -> u64 {
        self.next = Searches::default();
        let mut lines_in_use = 0;
        for (state, lines) in self.states.iter_mut().zip(self.lines.chunks_exact_mut(LINES as usize)) {
            let marked = lines.iter().map(|&used| u32::from(used)).sum::<u32>();
            match (*state, marked) {
                (_, 0) => *state = BlockState::Free,
                (BlockState::Large, _) => {
                    lines.fill(true);
                    lines_in_use += u64::from(LINES);
                }
                _ => lines_in_use += u64::from(marked),
            }
        }
        lines_in_use * u64::from(LINE)
    }
}

const _: () = assert!(ORIGIN.is_multiple_of(BLOCK));

#[cfg(test)]
mod tests;
