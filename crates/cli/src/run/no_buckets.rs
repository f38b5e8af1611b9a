//! In place of buckets of values, which only components have, in builds without these.

use super::values::KeyValue;
use crate::failure::Failure;
use sarsen_wasi::WasiCtxBuilder;

/// Refuses.
pub(super) fn grant(_builder: &mut WasiCtxBuilder, bucket: &KeyValue) -> Result<(), Failure> {
    let (name, place) =
        (&bucket.name, bucket.file.as_deref().map_or("memory".into(), |file| file.to_string_lossy()));
    Err(Failure::usage(format_args!(
        "--keyvalue {name} in {place}: this sarsen was built without components"
    )))
}
