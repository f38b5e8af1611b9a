//! `wasi:keyvalue`: buckets of values by key, in memory or in a file.
//!
//! `store` says what a bucket is, `memory` and `file` are two; `functions` is what guests call, with the limits. Which
//! bucket a guest may open, and by which name, is granted by [`WasiCtxBuilder::keyvalue`](crate::WasiCtxBuilder::keyvalue).

mod file;
mod functions;
mod memory;
mod store;

pub use file::FileStore;
pub use functions::add_to_linker;
pub use memory::MemoryBucket;
pub use store::{Bucket, BucketError, Change};

/// Bytes of a key. Larger ones would be values.
pub(crate) const MAX_KEY: usize = 4 << 10;

/// Bytes of a value: it is in the host's memory as a whole, and several times while it is passed on.
pub(crate) const MAX_VALUE: usize = 16 << 20;

/// Keys of one page of a listing, and keys or pairs of one batch.
pub(crate) const MAX_KEYS: usize = 1000;

/// Bytes of keys in one page, and of values in the result of one batch.
pub(crate) const MAX_BYTES: usize = 32 << 20;
