//! A bucket in memory, with a bound.
//!
//! # Invariant
//!
//! `used` is the sum of what the entries take.

use super::store::{Bucket, BucketError, Change};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an entry takes beside its bytes.
const OVERHEAD: usize = 128;

/// Bytes that a bucket takes unless told otherwise.
const DEFAULT_CAPACITY: usize = 64 << 20;

/// Values in memory, gone with the last clone.
#[derive(Clone, Debug)]
pub struct MemoryBucket(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    entries: BTreeMap<String, Vec<u8>>,
    used: usize,
    capacity: usize,
}

impl Default for MemoryBucket {
    fn default() -> MemoryBucket {
        MemoryBucket::new(DEFAULT_CAPACITY)
    }
}

impl MemoryBucket {
    /// An empty bucket that takes so many bytes, keys and some for each of them included.
    pub fn new(capacity: usize) -> MemoryBucket {
        MemoryBucket(Arc::new(Mutex::new(State { entries: BTreeMap::new(), used: 0, capacity })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn set(&mut self, key: &str, value: Vec<u8>) -> Result<(), BucketError> {
        let size = |value: &Vec<u8>| key.len() + value.len() + OVERHEAD;
        let before = self.entries.get(key).map_or(0, size);
        let used = self.used - before + size(&value);
        if used > self.capacity {
            return Err(BucketError::new("the bucket is full"));
        }
        self.used = used;
        self.entries.insert(key.to_owned(), value);
        Ok(())
    }
}

impl Bucket for MemoryBucket {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BucketError> {
        Ok(self.lock().entries.get(key).cloned())
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), BucketError> {
        self.lock().set(key, value.to_vec())
    }

    fn delete(&self, key: &str) -> Result<(), BucketError> {
        let mut state = self.lock();
        if let Some(value) = state.entries.remove(key) {
            state.used -= key.len() + value.len() + OVERHEAD;
        }
        Ok(())
    }

    fn exists(&self, key: &str) -> Result<bool, BucketError> {
        Ok(self.lock().entries.contains_key(key))
    }

    fn keys(&self, after: Option<&str>, max: usize) -> Result<Vec<String>, BucketError> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let state = self.lock();
        let keys = state.entries.range::<str, _>((start, Bound::Unbounded)).map(|(key, _)| key.clone());
        Ok(keys.take(max).collect())
    }

    fn update(&self, key: &str, change: &mut Change<'_>) -> Result<(), BucketError> {
        let mut state = self.lock();
        match change(state.entries.get(key).map(Vec::as_slice))? {
            Some(value) => state.set(key, value),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_makes_room() {
        let bucket = MemoryBucket::new(2 * OVERHEAD + 20);
        bucket.set("a", &[0; 9]).unwrap();
        bucket.set("b", &[0; 9]).unwrap();
        assert!(bucket.set("c", b"").is_err() && bucket.set("a", &[0; 10]).is_err());
        bucket.set("a", &[0; 2]).unwrap();
        bucket.set("b", &[0; 16]).unwrap();
        bucket.delete("a").unwrap();
        bucket.delete("nothing").unwrap();
        bucket.set("c", b"").unwrap();
        assert_eq!(bucket.lock().used, 2 * OVERHEAD + 18);
    }
}
