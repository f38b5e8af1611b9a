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
/// [`clause_cost`], [`slots_cost`] and [`object_cost`].
pub const fn cost(op: Op) -> u32 {
    match op {
        Op::Nop | Op::Drop | Op::Block | Op::Loop | Op::Else | Op::End | Op::TryTable => 0,
        _ => 1,
    }
}

/// The fuel that each clause of a `try_table` costs on the way in, with a payload of so many slots. An exception leaves all that
/// it is compared with in vain, and one clause takes it, so that the search and what arrives have been paid for.
pub const fn clause_cost(payload: u32) -> u64 {
    1 + slots_cost(payload)
}

/// The fuel that so many slots cost which are moved or zeroed. A function pays on the way in for what it is given, declares and
/// returns; a loop each time, and a block at its end, for what a branch there carries; a throw for its payload.
pub const fn slots_cost(slots: u32) -> u64 {
    bulk_cost(slots as u64 * 8)
}

/// The fuel that a new struct of so many bytes costs.
pub const fn object_cost(bytes: u32) -> u64 {
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
