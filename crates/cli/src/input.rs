//! Reading modules from files, binary or text.
//!
//! Owns the difference between the two, so that errors in text point at line and column.
//! It does not validate.

use crate::failure::Failure;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use wasmparser::{Parser, Payload};

/// The bytes of a module, which engines keep without a copy.
#[derive(Clone)]
pub(crate) struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The bytes of the module in `file`, translated if it is text.
pub(crate) fn bytes(file: &Path) -> Result<Bytes, Failure> {
    read(file).map(|bytes| Bytes(Arc::new(bytes)))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let contents = fs::read(file).map_err(|error| Failure::of(file, error))?;
    // No text starts with a zero byte: what does is a module, and if it is damaged the engine says where.
    if contents.starts_with(b"\0") {
        return Ok(contents);
    }
    if contents.is_empty() {
        return Err(Failure::of(file, "the file is empty"));
    }
    let Ok(text) = str::from_utf8(&contents) else {
        let problem = "not a module: a binary starts with `\\0asm`, and text is UTF-8";
        return Err(Failure::of(file, problem));
    };
    match wat::Parser::new().parse_str(Some(file), text) {
        Ok(bytes) => Ok(bytes),
        // The message brings the file, line, column and the line itself.
        Err(error) => Err(Failure::of(file, error)),
    }
}

/// Whether instantiating the valid module `bytes` runs a start function.
pub(crate) fn has_start(bytes: &[u8]) -> bool {
    Parser::new(0).parse_all(bytes).any(|payload| matches!(payload, Ok(Payload::StartSection { .. })))
}
