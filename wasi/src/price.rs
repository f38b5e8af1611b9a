//! What guests pay for what the host does for them, in bytes that are copied: see [`AnyStore::spend`].
//!
//! Prices are rough, and the same on every machine. They keep a guest from making the host work much longer than its fuel says.

use sarsen::{AnyStore, AsContextMut, Result};

/// Any function: what asks the system for something takes as long as a copy of a page, or longer.
pub(crate) const REQUEST: u64 = 4096;

/// A value that is looked at, as an operator.
pub(crate) const VALUE: u64 = 64;

/// A new thread, with its store and instance.
pub(crate) const THREAD: u64 = 1 << 18;

/// An entry of a directory, which is shown or passed over.
pub(crate) const ENTRY: u64 = 512;

/// The guest pays for what takes as long as a copy of so many bytes.
pub(crate) fn pay(store: &mut impl AsContextMut, bytes: u64) -> Result<()> {
    if bytes == 0 { Ok(()) } else { AnyStore::new(store).spend(bytes) }
}
