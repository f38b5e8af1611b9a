//! Zeroed allocations that can fail: the standard library has the one or the other. What is in them is their owners'
//! matter.
//!
//! # Invariants
//!
//! A vector owns what the global allocator gave for exactly its capacity.

use sarsen_abi::Slot;
use std::alloc::{Layout, alloc_zeroed};

/// `len` slots of zeros; none if there is no room. Large ones cost nothing until they are touched.
pub(crate) fn zeroed_slots(len: usize) -> Option<Vec<Slot>> {
    let layout = Layout::array::<Slot>(len).ok()?;
    if layout.size() == 0 {
        return Some(Vec::new());
    }
    // SAFETY: the layout is not empty.
    let base: *mut Slot = unsafe { alloc_zeroed(layout) }.cast();
    // SAFETY: allocated by the global allocator with the layout of `len` slots; zeros are slots.
    (!base.is_null()).then(|| unsafe { Vec::from_raw_parts(base, len, len) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_are_there_and_sizes_that_are_not() {
        assert_eq!(zeroed_slots(0), Some(Vec::new()));
        assert_eq!(zeroed_slots(1000), Some(vec![0; 1000]));
        for len in [usize::MAX, usize::MAX / 8, isize::MAX as usize / 8, 1 << 58] {
            assert_eq!(zeroed_slots(len), None, "{len}");
        }
    }
}
