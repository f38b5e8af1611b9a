//! Where files can always be changed.

use std::fs::File;
use std::io;

/// Refuses.
pub(crate) fn sealed_file<'a>(_parts: impl Iterator<Item = &'a [u8]>) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
