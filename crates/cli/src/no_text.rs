//! In place of the text format, in builds without it.

use crate::failure::Failure;
use std::path::Path;

/// Refuses.
pub(crate) fn binary(file: &Path, _text: &str) -> Result<Vec<u8>, Failure> {
    Err(Failure::of(file, "not a binary module; this sarsen was built without the text format"))
}
