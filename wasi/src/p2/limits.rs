//! What a guest can make the host hold, each number with its reason.
//!
//! How many things it may have open is the [`ResourceTable`](sarsen_component::ResourceTable)'s matter: see
//! `ResourceTable::set_max_capacity`.

/// Bytes of one read, whatever the guest asks for: they are in the host's memory before they are in the guest's. Larger pieces
/// are hardly faster.
pub(crate) const MAX_READ: usize = 64 << 10;

/// Bytes that one write to a file or a stream in memory may have: they are in the host's memory as well.
pub(crate) const MAX_WRITE: usize = 1 << 20;

/// Bytes that functions take which write and flush: the interface's number.
pub(crate) const MAX_WRITE_AND_FLUSH: usize = 4096;

/// Random bytes of one call. They cannot be fewer than asked for, so that more than this ends the guest.
pub(crate) const MAX_RANDOM: u64 = 16 << 20;

/// Names that are looked up at once: each has a thread of the host's, and a resolver cannot be interrupted.
pub(crate) const MAX_LOOKUPS: usize = 16;
