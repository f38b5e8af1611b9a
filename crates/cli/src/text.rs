//! Modules in the text format, as binaries.

use crate::failure::Failure;
use std::path::Path;

/// The binary form of the module in `file`, which is text.
pub(crate) fn binary(file: &Path, text: &str) -> Result<Vec<u8>, Failure> {
    // The error brings the file, line, column and the line itself.
    wat::Parser::new().parse_str(Some(file), text).map_err(|error| Failure::of(file, error))
}
