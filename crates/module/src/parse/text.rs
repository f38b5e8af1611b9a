//! The text format: from text to binary, with the `wat` crate.

use crate::bytes::Bytes;
use crate::error::{Error, ErrorKind};
use crate::limits::ModuleLimits;
use wat::Detect;

/// The module as binary: the bytes themselves unless they are text.
pub(crate) fn binary(bytes: Bytes, limits: &ModuleLimits) -> Result<Bytes, Error> {
    check_len(&bytes, limits)?;
    if Detect::from_bytes(&*bytes) != Detect::WasmText {
        return Ok(bytes);
    }
    let binary = match wat::parse_bytes(&bytes) {
        Ok(binary) => Bytes::from(binary.into_owned()),
        Err(error) => return Err(Error::new(ErrorKind::Text, None, error.to_string())),
    };
    check_len(&binary, limits)?;
    Ok(binary)
}

/// Offsets are 32-bit, whatever the configuration says.
fn check_len(bytes: &[u8], limits: &ModuleLimits) -> Result<(), Error> {
    let limit = limits.bytes.min(u32::MAX as usize);
    if bytes.len() > limit {
        return Err(Error::limit(format!("module size of {} exceeds limit of {limit} bytes", bytes.len())));
    }
    Ok(())
}
