//! Buckets of values for `wasi:keyvalue`, in memory or in files.
//!
//! What a guest does with them is the matter of `sarsen-wasi`.

use super::values::KeyValue;
use crate::failure::Failure;
use sarsen_wasi::WasiCtxBuilder;
use sarsen_wasi::p2::keyvalue::{FileStore, MemoryBucket};

/// Bytes of keys and values in a bucket in memory.
const BUCKET: usize = 256 << 20;

/// Grants a bucket.
pub(super) fn grant(builder: &mut WasiCtxBuilder, bucket: &KeyValue) -> Result<(), Failure> {
    let Some(file) = &bucket.file else {
        builder.keyvalue(&bucket.name, MemoryBucket::new(BUCKET));
        return Ok(());
    };
    let store = FileStore::open(file);
    let store =
        store.map_err(|error| Failure::usage(format_args!("--keyvalue {}: {error}", file.display())))?;
    builder.keyvalue(&bucket.name, store.bucket(&bucket.name));
    Ok(())
}
