//! What operators and declarations cost: the one place that every tier charges by.
//!
//! It charges nothing: tiers add up the costs of blocks, and the runtime pays for bulk work as it goes.
//!
//! # Invariants
//!
//! No operator does work for which nobody has paid that grows with what a module declares.

use crate::Op;

/// The fuel that an operator costs. What only structures the code is free, everything else costs one; bulk operations
/// additionally pay [`bulk_cost`] where they run, and what a module declares is paid for by those who come by it: see
/// [`clauses_cost`], [`locals_cost`] and [`fields_cost`].
pub const fn cost(op: Op) -> u32 {
    match op {
        Op::Nop | Op::Drop | Op::Block | Op::Loop | Op::Else | Op::End | Op::TryTable => 0,
        _ => 1,
    }
}

/// The fuel that a `try_table` costs on the way in: one for each of its clauses. An exception leaves all that it is compared
/// with in vain, so that the search has been paid for.
pub const fn clauses_cost(clauses: usize) -> u64 {
    clauses as u64
}

/// The fuel that a function costs on the way in for locals of so many slots, which are zero.
pub const fn locals_cost(slots: u64) -> u64 {
    bulk_cost(slots * 8)
}

/// The fuel that a new struct of so many bytes costs whose fields nobody has computed.
pub const fn fields_cost(bytes: u32) -> u64 {
    bulk_cost(bytes as u64)
}

/// The cost of a block with something more in it.
pub const fn add(cost: u32, more: u64) -> u32 {
    let most = u32::MAX - cost;
    cost + if more > most as u64 { most } else { more as u32 }
}

/// The fuel that work on so many bytes costs: about what a loop over cache lines would.
pub const fn bulk_cost(bytes: u64) -> u64 {
    bytes >> BULK_SHIFT
}

/// The bytes that one fuel pays for, as a power of two.
pub const BULK_SHIFT: u32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_stop_at_the_most_that_a_block_can_cost() {
        assert_eq!(add(3, 4), 7);
        assert_eq!(add(u32::MAX - 4, 4), u32::MAX);
        assert_eq!(add(u32::MAX - 4, 5), u32::MAX);
        assert_eq!(add(1, u64::MAX), u32::MAX);
    }
}
