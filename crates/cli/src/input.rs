//! Reading modules from files, binary or text.
//!
//! Owns the difference between the two, so that errors in text point at line and column, and knows compiled modules when it
//! sees them; loading those is `crate::load`'s matter.
//! It does not validate.

use crate::failure::Failure;
use crate::text;
use sarsen::ArtifactInfo;
use std::fs;
use std::io::{self, Read};
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

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Bytes {
        Bytes(Arc::new(bytes))
    }
}

/// Whether `file` is a compiled module. A file that cannot be read is none: whoever reads it will say why. Neither is a pipe,
/// whose bytes come only once.
pub(crate) fn is_artifact(file: &Path) -> bool {
    let mut start = [0; 8];
    let mut read = || fs::File::open(file)?.read_exact(&mut start);
    fs::metadata(file).is_ok_and(|file| file.is_file()) && read().is_ok() && ArtifactInfo::detect(start)
}

/// The bytes of the module in `file`, translated if it is text.
pub(crate) fn bytes(file: &Path) -> Result<Bytes, Failure> {
    let bytes = match fs::File::open(file) {
        Ok(mut opened) => read(file, Ok(&mut opened)),
        Err(error) => read(file, Err(error)),
    };
    bytes.map(Bytes::from)
}

/// The same of what has been opened.
pub(crate) fn read(file: &Path, opened: io::Result<&mut fs::File>) -> Result<Vec<u8>, Failure> {
    let mut contents = Vec::new();
    let read = opened.and_then(|opened| opened.read_to_end(&mut contents));
    read.map_err(|error| Failure::of(file, error))?;
    if ArtifactInfo::detect(&contents) {
        return Err(Failure::of(
            file,
            "a compiled module, which is there to be run; what it was made from is needed",
        ));
    }
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
    text::binary(file, text)
}

/// Whether instantiating the valid module `bytes` runs a start function.
pub(crate) fn has_start(bytes: &[u8]) -> bool {
    Parser::new(0).parse_all(bytes).any(|payload| matches!(payload, Ok(Payload::StartSection { .. })))
}
