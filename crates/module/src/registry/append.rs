//! A vector that only grows, read without a lock while it does.
//!
//! Buckets double in size and never move, so a reader needs two acquire loads. Writers are serialized by the caller.
//! What equal definitions have in common is `registry/mod.rs`' matter.

use std::sync::OnceLock;

/// Logarithm of the first bucket's length.
const FIRST: u32 = 6;
const BUCKETS: usize = 20;

/// Elements that appear once and stay.
#[derive(Debug)]
pub(super) struct AppendVec<T> {
    buckets: [OnceLock<Box<[OnceLock<T>]>>; BUCKETS],
}

impl<T> Default for AppendVec<T> {
    fn default() -> AppendVec<T> {
        AppendVec { buckets: [const { OnceLock::new() }; BUCKETS] }
    }
}

impl<T> AppendVec<T> {
    /// Elements that there is room for.
    pub(super) const CAPACITY: usize = (1 << (FIRST + BUCKETS as u32)) - (1 << FIRST);

    pub(super) fn get(&self, index: usize) -> Option<&T> {
        let (bucket, position) = locate(index);
        self.buckets.get(bucket)?.get()?.get(position)?.get()
    }

    /// Makes the element at `index` appear. One that is there already stays.
    pub(super) fn set(&self, index: usize, element: T) {
        let (bucket, position) = locate(index);
        let len = 1 << (bucket as u32 + FIRST);
        let bucket = self.buckets[bucket].get_or_init(|| (0..len).map(|_| OnceLock::new()).collect());
        let _already_there = bucket[position].set(element);
    }
}

/// Bucket and position in it.
fn locate(index: usize) -> (usize, usize) {
    let shifted = index + (1 << FIRST);
    let bucket = shifted.ilog2() - FIRST;
    (bucket as usize, shifted - (1 << (bucket + FIRST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_dense() {
        assert_eq!(locate(0), (0, 0));
        assert_eq!(locate(63), (0, 63));
        assert_eq!(locate(64), (1, 0));
        assert_eq!(locate(191), (1, 127));
        assert_eq!(locate(192), (2, 0));
        let (bucket, position) = locate(AppendVec::<u8>::CAPACITY - 1);
        assert_eq!((bucket, position), (BUCKETS - 1, (1 << 25) - 1));
    }

    #[test]
    fn elements_stay() {
        let vec = AppendVec::default();
        (0..1000).for_each(|index| vec.set(index, index));
        assert!((0..1000).all(|index| vec.get(index) == Some(&index)));
        assert_eq!(vec.get(1000), None);
        assert_eq!(vec.get(usize::MAX / 2), None);
    }
}
