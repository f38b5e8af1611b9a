//! Loading what is to be run: modules, binary or text, and compiled ones, which are told by how they start.
//!
//! # Invariants
//!
//! Whoever names a compiled module on the command line trusts it as they trust any program that they start: `sarsen compile`
//! has written it, and it is replaced by renaming, never changed.

use crate::failure::Failure;
use crate::input;
use sarsen::{Engine, Module};
use std::path::Path;

/// The module in `file`.
pub(crate) fn module(engine: &Engine, file: &Path) -> Result<Module, Failure> {
    if !input::is_artifact(file) {
        let bytes = input::bytes(file)?;
        return Module::from_owner(engine, bytes).map_err(|error| Failure::of_engine(file, &error));
    }
    // SAFETY: by the invariants of this module.
    let module = unsafe { Module::deserialize_file(engine, file) };
    // The error brings the file.
    module.map_err(|error| Failure::of_loading(&error))
}
