//! The blocks that are open during translation, and the branches that wait for their ends. The instructions are emitted
//! by [`super::control`].

use super::Translator;
use super::emit::Pos;
use super::kinds::Kinds;

/// What opened a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Opener {
    /// The function.
    Function,
    /// `block`.
    Block,
    /// `loop`, with the position of its header.
    Loop(Pos),
    /// `if`, with the branch that skips it.
    If(Pos),
    /// `else`.
    Else,
    /// `try_table`, with the number of its first clause among the pending ones.
    Try,
    /// A block in code that cannot be reached.
    Dead,
}

/// A forward branch whose target is not known yet: the instruction, and the byte where the distance goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixup {
    pub(super) pos: Pos,
    pub(super) at: usize,
}

/// An open block.
pub(super) struct Block<'a> {
    pub(super) opener: Opener,
    /// Height of the operand stack below the parameters.
    pub(super) height: usize,
    pub(super) parameters: Kinds<'a>,
    pub(super) results: Kinds<'a>,
    /// Branches to the end.
    pub(super) fixups: Vec<Fixup>,
    /// The clauses of a `try_table`, and where its body starts.
    pub(super) clauses: Vec<super::exception::Clause>,
    pub(super) start: Pos,
}

impl<'a> Block<'a> {
    pub(super) fn function(results: Kinds<'a>) -> Block<'a> {
        Block::new(Opener::Function, 0, Kinds::none(), results)
    }

    pub(super) fn dead(height: usize) -> Block<'a> {
        Block::new(Opener::Dead, height, Kinds::none(), Kinds::none())
    }

    pub(super) fn new(opener: Opener, height: usize, parameters: Kinds<'a>, results: Kinds<'a>) -> Block<'a> {
        Block { opener, height, parameters, results, fixups: Vec::new(), clauses: Vec::new(), start: 0 }
    }

    /// The kinds of the values that a branch to the block carries.
    pub(super) fn label_kinds(&self) -> Kinds<'a> {
        if matches!(self.opener, Opener::Loop(_)) { self.parameters } else { self.results }
    }
}

impl Translator<'_> {
    /// The index of the block that a branch of this depth goes to.
    pub(super) fn target(&self, depth: u32) -> usize {
        self.blocks.len() - 1 - depth as usize
    }

    /// Whether a branch to the block goes backwards.
    pub(super) fn is_back(&self, target: usize) -> bool {
        matches!(self.blocks[target].opener, Opener::Loop(_))
    }

    /// Lets the branch at `pos` go to the block, with its distance at byte `at`.
    pub(super) fn bind(&mut self, target: usize, pos: Pos, at: usize) {
        match self.blocks[target].opener {
            Opener::Loop(header) => self.emitter.put_target(pos, at, header),
            _ => self.blocks[target].fixups.push(Fixup { pos, at }),
        }
    }

    /// Lets branches arrive here.
    pub(super) fn arrive(&mut self, fixups: &[Fixup]) {
        let here = self.emitter.here();
        for fixup in fixups {
            self.emitter.put_target(fixup.pos, fixup.at, here);
        }
        self.label();
    }
}
