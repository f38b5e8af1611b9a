//! What entries of the table hold of what a guest has written or a peer has sent, so that all of them together have a bound.
//!
//! Does not count what every entry takes: how many there are has a bound of its own.
//!
//! # Invariant
//!
//! Whoever changes what an entry holds weighs it afterwards; the bound is exceeded by one change at most, which ends the guest.

use sarsen_component::{Resource, ResourceTable, ResourceTableError};

/// An entry whose size is up to a guest.
pub(crate) trait Holds: Send + 'static {
    /// Bytes beside the entry itself.
    fn held(&self) -> usize;
}

/// Adds an entry.
pub(crate) fn push<R: Holds>(table: &mut ResourceTable, value: R) -> Result<Resource<R>, ResourceTableError> {
    let resource = table.push(value)?;
    match weigh(table, &resource) {
        Ok(()) => Ok(resource),
        Err(error) => {
            table.delete(resource)?;
            Err(error)
        }
    }
}

/// Says what an entry holds now.
pub(crate) fn weigh<R: Holds>(
    table: &mut ResourceTable,
    resource: &Resource<R>,
) -> Result<(), ResourceTableError> {
    let bytes = table.get(resource)?.held();
    table.set_bytes(resource, bytes)
}
