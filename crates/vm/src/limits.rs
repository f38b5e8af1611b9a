//! Limits: numbers with their reasons, and the embedder's say in growth. Who counts and asks is the store; the shapes of
//! modules have limits of their own in `sarsen-module`.

use crate::native::INTERPRETED;
use sarsen_abi::VmFunctions;

/// Slots of a store's value stack: 1 MiB, what a thread's stack would leave for wasm, some 10,000 nested calls.
pub const DEFAULT_STACK_SLOTS: usize = (1 << 20) / 8;

/// Bytes of addresses reserved per memory: all that 32-bit addresses reach, so that such a memory never moves.
pub const DEFAULT_MEMORY_RESERVATION: usize = 4 << 30;

/// Bytes of native stack for wasm: threads have 2 MiB or more.
pub const DEFAULT_NATIVE_STACK: usize = 512 << 10;

/// Bytes of native stack of a call that can wait: what wasm may have, and as much as threads have besides. Only what is used
/// takes memory.
pub(crate) const DEFAULT_FIBER_STACK: usize = 2 << 20;

/// Elements that a table may have: 80 MB of them. No program known needs more.
pub const MAX_TABLE_ELEMENTS: u64 = 10_000_000;

/// Bytes that a memory may have whatever its type says: 16 GiB, more than any machine's share.
pub const MAX_MEMORY_BYTES: u64 = 16 << 30;

/// Decides about what guests ask for. Absent, only the limits above and the types' own hold.
pub trait ResourceLimiter: Send {
    /// Whether a memory may grow from `current` to `desired` bytes.
    fn memory_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool;

    /// Whether a table may grow from `current` to `desired` elements.
    fn table_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool;

    /// Whether the GC heap may grow from `current` to `desired` bytes.
    fn gc_heap_growing(&mut self, current: u64, desired: u64, maximum: u64) -> bool {
        let _ = (current, desired, maximum);
        true
    }

    /// Bytes that all memories of the store may have together.
    fn total_memory_bytes(&self) -> u64 {
        u64::MAX
    }

    /// Elements that all tables of the store may have together.
    fn total_table_elements(&self) -> u64 {
        u64::MAX
    }

    /// Instances that the store may hold.
    fn instances(&self) -> usize {
        usize::MAX
    }

    /// Tables that the store may hold.
    fn tables(&self) -> usize {
        usize::MAX
    }

    /// Memories that the store may hold.
    fn memories(&self) -> usize {
        usize::MAX
    }
}

/// How a store is set up.
#[derive(Clone, Copy, Debug)]
pub struct StoreConfig {
    /// Slots of the value stack.
    pub stack_slots: usize,
    /// Bytes of addresses reserved per memory. Smaller reservations suit processes with thousands of instances; a memory
    /// that outgrows its reservation is copied.
    pub memory_reservation: usize,
    /// Bytes that the GC heap may grow to; at most 3.75 GiB.
    pub heap_bytes: usize,
    /// Bytes of native stack that compiled code, and activations nested through host functions, may take together.
    pub native_stack: usize,
    /// Bytes of native stack that a call has which can wait: those, and what host functions take.
    pub fiber_stack: usize,
    /// Bytes without memory behind them that every memory with 32-bit addresses and pages of 64 KiB has after all that these
    /// addresses reach: compiled code for such memories does without checks. Zero for none.
    pub memory_guard: usize,
    /// What compiled code calls of the runtime's.
    pub functions: &'static VmFunctions,
}

impl Default for StoreConfig {
    fn default() -> StoreConfig {
        StoreConfig {
            stack_slots: DEFAULT_STACK_SLOTS,
            memory_reservation: DEFAULT_MEMORY_RESERVATION,
            heap_bytes: 15 << 28,
            native_stack: DEFAULT_NATIVE_STACK,
            fiber_stack: DEFAULT_FIBER_STACK,
            memory_guard: 0,
            functions: &INTERPRETED,
        }
    }
}
