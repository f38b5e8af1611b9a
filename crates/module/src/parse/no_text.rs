//! In place of the text format, in builds without it: what is not binary is no module.

use crate::bytes::Bytes;
use crate::error::Error;
use crate::limits::ModuleLimits;
use sarsen_isa::Features;

/// The bytes themselves.
pub(crate) fn binary(bytes: Bytes, _features: Features, limits: &ModuleLimits) -> Result<Bytes, Error> {
    super::check_len(&bytes, limits)?;
    Ok(bytes)
}
