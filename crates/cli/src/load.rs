//! Loading what is to be run: modules, binary or text, and compiled ones, which are told by how they start.
//!
//! # Invariants
//!
//! Whoever names a compiled module on the command line trusts it as they trust any program that they start: its name says
//! what it is, so that nobody runs one who believes it to be confined; `sarsen compile` has written it, and it is replaced by
//! renaming, never changed.

use crate::failure::Failure;
use crate::input;
use sarsen::{Engine, Module};
use std::path::Path;

/// What names of compiled modules end with.
pub(crate) const EXTENSION: &str = "sarsen";

/// The module in `file`.
pub(crate) fn module(engine: &Engine, file: &Path) -> Result<Module, Failure> {
    if !input::is_artifact(file) {
        let module = Module::from_file_with(engine, file, |opened| input::read(file, opened))?;
        return module.map_err(|error| Failure::of_engine(file, &error));
    }
    if file.extension().is_none_or(|extension| extension != EXTENSION) {
        let problem = format!(
            "a compiled module, which nothing confines: if you trust whoever has compiled it, let its name end with `.{EXTENSION}`"
        );
        return Err(Failure::of(file, problem));
    }
    // SAFETY: by the invariants of this module.
    let module = unsafe { Module::deserialize_file(engine, file) };
    // The error brings the file.
    module.map_err(|error| Failure::of_loading(&error))
}
