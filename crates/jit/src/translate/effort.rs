//! What compiling a function may cost: in proportion to its size, so that no module takes much longer than others of its
//! size do. A function that would cost more is left to the interpreter.
//!
//! Costs are counted while Cranelift's form grows, before much of it is there. The clock is not asked: the same module gives
//! the same code.

use super::{Failure, Step, Translator};

/// What every function may cost.
const BASE: usize = 1000;

/// What each byte of a body may cost. Machines as compilers know them need less than half of it, fuel and checks included.
const PER_BYTE: usize = 16;

/// What each parameter and result may cost: who stands in for the function handles them too.
const PER_VALUE: usize = 4;

/// What no function may cost: some seconds.
const MOST: usize = 4_000_000;

/// Blocks that a function may have: registers are allocated in a time that grows with their square.
const MAX_BLOCKS: usize = 100_000;

/// Locals times blocks: how often it may be asked which value a local has at the start of a block. Most do not live so long.
const MAX_LOOKUPS: usize = 1 << 28;

/// A handler of a call is an edge to a block, and often a block.
const HANDLER: usize = 8;

/// Loops around code within which it costs not more than without them: it grows with their square.
const LOOPS: usize = 32;

/// What a function costs so far.
pub(super) struct Effort {
    spent: usize,
    allowed: usize,
    /// Instructions and values that were there when somebody last looked.
    seen: usize,
    /// Loops around the operator at hand.
    loops: usize,
}

impl Effort {
    /// For a function with a body of so many bytes, and so many parameters and results.
    pub(super) fn of(bytes: usize, values: usize) -> Effort {
        Effort { spent: 0, allowed: BASE + bytes * PER_BYTE + values * PER_VALUE, seen: 0, loops: 0 }
    }

    /// So many bytes take the place of a call.
    pub(super) fn inline(&mut self, bytes: usize) {
        self.allowed += bytes * PER_BYTE;
    }

    pub(super) fn enter_loop(&mut self) {
        self.loops += 1;
    }

    /// A loop is over: each branch back to it gets each value that is different from what it was before, and so is a
    /// parameter of its header.
    pub(super) fn leave_loop(&mut self, branches: usize, values: usize) {
        self.loops -= 1;
        self.spent += branches * values / 2;
    }

    /// So many values are copied, or declared.
    pub(super) fn spend(&mut self, values: usize) {
        self.spent += values;
    }

    /// A call has so many handlers.
    pub(super) fn spend_on_handlers(&mut self, handlers: usize) {
        self.spent += handlers * HANDLER;
    }

    /// Whether there is something left.
    pub(super) fn check(&self) -> Step {
        if self.spent > self.allowed.min(MOST) { Err(Failure::Effort) } else { Ok(()) }
    }

    /// Cranelift's form has so many instructions and values now.
    fn look(&mut self, made: usize) {
        let weight = 1 + self.loops * self.loops / (LOOPS * LOOPS);
        self.spent += made.saturating_sub(self.seen) * weight;
        self.seen = made;
    }
}

impl Translator<'_, '_> {
    /// Gives up if the function costs too much.
    pub(super) fn check_effort(&mut self) -> Step {
        let dfg = &self.b.func.dfg;
        let blocks = dfg.num_blocks();
        self.effort.look(dfg.num_insts() + dfg.num_values());
        if blocks > MAX_BLOCKS || blocks * self.locals.len() > MAX_LOOKUPS {
            return Err(Failure::Effort);
        }
        self.effort.check()
    }
}
