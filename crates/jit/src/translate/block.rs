//! Blocks that are open: where branches to them go, and with what.

use cranelift_codegen::ir::{self, Type, Value};

/// What opened a block.
pub(super) enum Opener {
    /// The body.
    Function,
    /// `block`.
    Block,
    /// `loop`: its header.
    Loop(ir::Block),
    /// `if`: where it goes otherwise, and the parameters that this way gets too.
    If(ir::Block, Vec<Value>),
    /// `else`.
    Else,
    /// `try_table`: how many handlers were known before.
    Try(usize),
    /// Anything that cannot be reached.
    Dead,
}

/// An open block.
pub(super) struct Block {
    pub(super) opener: Opener,
    /// Where its end is.
    pub(super) end: ir::Block,
    /// Something branches to its end.
    pub(super) ends: bool,
    /// So many branches go back to its header.
    pub(super) repeats: usize,
    pub(super) results: usize,
    /// Values that a branch to its label carries.
    pub(super) carried: usize,
    /// Operands below its parameters.
    pub(super) height: usize,
    /// These operands are variables, because the function is entered inside of the block.
    pub(super) named: bool,
}

impl Block {
    /// One that nothing branches to yet, and that has neither parameters nor results.
    pub(super) fn new(opener: Opener, end: ir::Block, height: usize) -> Block {
        Block { opener, end, ends: false, repeats: 0, results: 0, carried: 0, height, named: false }
    }
}

/// Types of the values that a block takes and gives.
pub(super) struct Signature {
    pub(super) params: Vec<Type>,
    pub(super) results: Vec<Type>,
}
