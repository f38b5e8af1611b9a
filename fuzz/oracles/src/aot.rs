//! Modules that were compiled, written and read again.
//!
//! It owns the promise that bytes are what was serialized a moment ago; what damaged bytes do is no matter of it.
//!
//! # Invariants
//!
//! Bytes go from [`Module::serialize`] to [`Module::deserialize`] without anybody in between.

use sarsen::{Engine, Error, Module};

/// The module as another process of the same engine would load it.
pub(crate) fn reload(engine: &Engine, module: &Module) -> Result<Module, Error> {
    let bytes = module.serialize()?;
    // SAFETY: these are the bytes that `serialize` has given.
    unsafe { Module::deserialize(engine, bytes) }
}
