//! What operators cost: the one function that every tier charges by.
//!
//! It charges nothing: tiers add up the costs of blocks, and the runtime pays for bulk work as it goes.

use crate::Op;

/// The fuel that an operator costs. What only structures the code is free, everything else costs one; bulk operations
/// additionally pay [`bulk_cost`] where they run.
pub const fn cost(op: Op) -> u32 {
    match op {
        Op::Nop | Op::Drop | Op::Block | Op::Loop | Op::Else | Op::End | Op::TryTable => 0,
        _ => 1,
    }
}

/// The fuel that work on so many bytes costs: about what a loop over cache lines would.
pub const fn bulk_cost(bytes: u64) -> u64 {
    bytes >> BULK_SHIFT
}

/// The bytes that one fuel pays for, as a power of two.
pub const BULK_SHIFT: u32 = 6;
