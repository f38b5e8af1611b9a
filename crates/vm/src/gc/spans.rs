//! Blocks and lines: which parts of the heap are free. Knows no objects beyond the bits that say where one starts.
//!
//! # Invariants
//!
//! - `starts` has a bit for every eight bytes: set where an allocated object starts, and only there.
//! - A line whose mark is clear holds no object that was alive at the last collection; lines handed out since are those
//!   before the allocation cursor's run.

/// Bytes of a block.
pub(super) const BLOCK: u32 = 32 << 10;
/// Bytes of a line.
pub(super) const LINE: u32 = 128;
/// Lines of a block.
pub(super) const LINES: u32 = BLOCK / LINE;
/// Bytes that a bit of the bitmaps stands for: the alignment of objects.
pub(super) const GRAIN: u32 = 8;

/// What a block is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BlockState {
    /// No live object.
    Free,
    /// Small objects; perhaps with free lines.
    Small,
    /// The start of a large object.
    Large,
    /// More of the large object that starts this many blocks before.
    LargeRest(u32),
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
        let bit = at / GRAIN;
        self.0.get(bit as usize / 64).is_some_and(|word| word >> (bit % 64) & 1 != 0)
    }

    /// Sets a bit; whether it was clear.
    #[inline]
    pub(super) fn set(&mut self, at: u32) -> bool {
        let bit = at / GRAIN;
        let word = &mut self.0[bit as usize / 64];
        let mask = 1 << (bit % 64);
        let was_clear = *word & mask == 0;
        *word |= mask;
        was_clear
    }

    /// The last set bit at or before `at`, not before `first`.
    pub(super) fn last_before(&self, at: u32, first: u32) -> Option<u32> {
        let (bit, first_bit) = (at / GRAIN, first / GRAIN);
        let mut index = bit as usize / 64;
        let mut word = self.0.get(index)? & (u64::MAX >> (63 - bit % 64));
        loop {
            if word != 0 {
                let found = index as u32 * 64 + 63 - word.leading_zeros();
                return (found >= first_bit).then_some(found * GRAIN);
            }
            if index == first_bit as usize / 64 {
                return None;
            }
            index -= 1;
            word = self.0[index];
        }
    }

    /// Clears every bit.
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }
}

/// The blocks of a heap.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    states: Vec<BlockState>,
    /// A mark for every line.
    lines: Vec<bool>,
    /// Where the search for free lines goes on: block and line.
    next: (u32, u32),
    /// Blocks that have never been used, from here on, are zero.
    fresh_from: u32,
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
    /// Blocks in use so far.
    pub(super) fn count(&self) -> u32 {
        self.states.len() as u32
    }

    pub(super) fn state(&self, at: u32) -> BlockState {
        self.states.get((at / BLOCK) as usize).copied().unwrap_or(BlockState::Free)
    }

    /// Adds `count` blocks at the end.
    pub(super) fn extend(&mut self, count: u32) {
        self.states.resize(self.states.len() + count as usize, BlockState::Free);
        self.lines.resize(self.states.len() * LINES as usize, false);
    }

    /// The next run of free lines of at least `bytes` bytes in the blocks there are.
    pub(super) fn take_lines(&mut self, bytes: u32) -> Option<Span> {
        let wanted = bytes.div_ceil(LINE);
        while self.next.0 < self.count() {
            let (block, from) = self.next;
            if !matches!(self.states[block as usize], BlockState::Free | BlockState::Small) {
                self.next = (block + 1, 0);
                continue;
            }
            let marks = &self.lines[(block * LINES) as usize..((block + 1) * LINES) as usize];
            let Some(first) = (from..LINES).find(|&line| !marks[line as usize]) else {
                self.next = (block + 1, 0);
                continue;
            };
            let end = (first..LINES).find(|&line| marks[line as usize]).unwrap_or(LINES);
            self.next = (block, end);
            if end - first >= wanted {
                self.states[block as usize] = BlockState::Small;
                let used = block < self.fresh_from;
                self.fresh_from = self.fresh_from.max(block + 1);
                return Some(Span { start: block * BLOCK + first * LINE, len: (end - first) * LINE, used });
            }
        }
        None
    }

    /// Free blocks in a row for an object of `bytes` bytes, among those there are.
    pub(super) fn take_blocks(&mut self, bytes: u64) -> Option<Span> {
        let wanted = bytes.div_ceil(u64::from(BLOCK)) as usize;
        let mut run = 0;
        for at in 1..self.states.len() {
            run = if self.states[at] == BlockState::Free { run + 1 } else { 0 };
            if run == wanted {
                return Some(self.claim((at + 1 - wanted) as u32, wanted as u32));
            }
        }
        None
    }

    fn claim(&mut self, first: u32, count: u32) -> Span {
        self.states[first as usize] = BlockState::Large;
        for rest in 1..count {
            self.states[(first + rest) as usize] = BlockState::LargeRest(rest);
        }
        let used = first < self.fresh_from;
        self.fresh_from = self.fresh_from.max(first + count);
        Span { start: first * BLOCK, len: count.saturating_mul(BLOCK), used }
    }

    /// Where the object that `at` could be inside of cannot start before.
    pub(super) fn earliest_start(&self, at: u32) -> u32 {
        let block = at / BLOCK;
        match self.state(at) {
            BlockState::LargeRest(distance) => (block - distance) * BLOCK,
            _ => block * BLOCK,
        }
    }

    /// Forgets all line marks: marking starts.
    pub(super) fn clear_marks(&mut self) {
        self.lines.fill(false);
    }

    /// Marks the lines that an object covers.
    #[inline]
    pub(super) fn mark(&mut self, at: u32, size: u64) {
        let first = at / LINE;
        let last = ((u64::from(at) + size - 1) / u64::from(LINE)) as u32;
        if first == last {
            self.lines[first as usize] = true;
        } else {
            self.lines[first as usize..=last as usize].fill(true);
        }
    }

    /// Marking is done: blocks without marks are free, and the search for lines starts over.
    pub(super) fn sweep(&mut self) {
        for block in 1..self.states.len() {
            let marks = &self.lines[block * LINES as usize..(block + 1) * LINES as usize];
            if !marks.contains(&true) {
                self.states[block] = BlockState::Free;
            }
        }
        self.next = (1, 0);
    }

    /// The first block never holds objects, so that no reference is zero.
    pub(super) fn start_over(&mut self) {
        self.next = (1, 0);
    }
}
