//! Reading modules from files, binary or text.
//!
//! Owns the difference between the two, so that errors in text point at line and column.
//! It does not validate.

use crate::failure::Failure;
use std::fs;
use std::path::Path;
use wasmparser::{Parser, Payload};

/// The bytes of the module in `file`, translated if it is text.
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let contents = fs::read(file).map_err(|error| Failure::of(file, error))?;
    if contents.starts_with(b"\0asm") {
        return Ok(contents);
    }
    match wat::Parser::new().parse_bytes(Some(file), &contents) {
        Ok(bytes) => Ok(bytes.into_owned()),
        // The message brings the file, line, column and the line itself.
        Err(error) => Err(Failure::of(file, error)),
    }
}

/// Whether instantiating the valid module `bytes` runs a start function.
pub(crate) fn has_start(bytes: &[u8]) -> bool {
    Parser::new(0).parse_all(bytes).any(|payload| matches!(payload, Ok(Payload::StartSection { .. })))
}
