//! Writing instructions: words, payloads, and the map from code positions to module offsets.
//!
//! Knows nothing of WebAssembly operators; the rest of the translator decides what to write.

use crate::code::Positions;
use crate::dispatch::Encoding;

/// Position of a word in the code of a function.
pub(super) type Pos = u32;

/// The code of a function as it grows.
pub(super) struct Emitter {
    encoding: Encoding,
    words: Vec<u64>,
    positions: Vec<(Pos, u32)>,
    /// Module offset of the operator that is being translated.
    pub(super) offset: u32,
}

impl Emitter {
    /// For a body of `bytes`.
    pub(super) fn new(encoding: Encoding, bytes: usize) -> Emitter {
        // What bodies typically take; a fraction is given back in the end.
        let (words, positions) = (Vec::with_capacity(bytes / 2), Vec::with_capacity(bytes / 4));
        Emitter { encoding, words, positions, offset: 0 }
    }

    /// Position of the next instruction.
    pub(super) fn here(&self) -> Pos {
        self.words.len() as Pos
    }

    /// Appends instruction `id` of `words` words, its payload zero.
    pub(super) fn instruction(&mut self, id: u16, words: usize) -> Pos {
        let pos = self.here();
        self.words.resize(pos as usize + words, 0);
        self.words[pos as usize] = self.encoding.encode(id);
        self.positions.push((pos, self.offset));
        pos
    }

    /// Replaces the instruction at `pos`, keeping its payload.
    pub(super) fn replace(&mut self, pos: Pos, id: u16) {
        self.words[pos as usize] = self.encoding.encode(id);
    }

    /// Removes every instruction from `pos` on.
    pub(super) fn truncate(&mut self, pos: Pos) {
        self.words.truncate(pos as usize);
        while self.positions.last().is_some_and(|&(at, _)| at >= pos) {
            self.positions.pop();
        }
    }

    /// Writes 16 bits at byte `at` of the instruction at `pos`.
    pub(super) fn put16(&mut self, pos: Pos, at: usize, value: u16) {
        let word = &mut self.words[pos as usize + at / 8];
        let shift = (at % 8) * 8;
        *word = *word & !(0xffff << shift) | u64::from(value) << shift;
    }

    /// Writes 32 bits at byte `at` of the instruction at `pos`.
    pub(super) fn put32(&mut self, pos: Pos, at: usize, value: u32) {
        let word = &mut self.words[pos as usize + at / 8];
        let shift = (at % 8) * 8;
        *word = *word & !(0xffff_ffff << shift) | u64::from(value) << shift;
    }

    /// Writes 64 bits at byte `at` of the instruction at `pos`.
    pub(super) fn put64(&mut self, pos: Pos, at: usize, value: u64) {
        self.words[pos as usize + at / 8] = value;
    }

    /// Writes the distance from the instruction at `pos` to `target`, in bytes, at byte `at`.
    pub(super) fn put_target(&mut self, pos: Pos, at: usize, target: Pos) {
        self.put32(pos, at, (target.wrapping_sub(pos) as i32 * 8) as u32);
    }

    /// The finished code.
    pub(super) fn finish(self) -> (Box<[u64]>, Positions) {
        (self.words.into(), Positions::new(&self.positions))
    }
}
