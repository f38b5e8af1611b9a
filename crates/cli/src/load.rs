//! Loading what is to be run: modules and components, binary or text, and compiled modules, which are told by how they start.
//!
//! # Invariants
//!
//! Whoever names a compiled module on the command line trusts it as they trust any program that they start: its name says
//! what it is, so that nobody runs one who believes it to be confined; `sarsen compile` has written it, and it is replaced by
//! renaming, never changed.

use crate::component::Component;
use crate::failure::Failure;
use crate::input;
use sarsen::{Engine, Module};
use std::path::Path;

/// What names of compiled modules end with.
pub(crate) const EXTENSION: &str = "sarsen";

/// What can be run.
pub(crate) enum Loaded {
    Module(Module),
    Component(Component),
}

/// Why no module comes out of a file.
enum NoModule {
    Component(Vec<u8>),
    Failure(Failure),
}

/// The module in `file`.
pub(crate) fn module(engine: &Engine, file: &Path) -> Result<Module, Failure> {
    match load(engine, file)? {
        Loaded::Module(module) => Ok(module),
        Loaded::Component(_) => Err(Failure::of(file, "a component, where a core module is needed")),
    }
}

/// The module or component in `file`.
pub(crate) fn load(engine: &Engine, file: &Path) -> Result<Loaded, Failure> {
    if input::is_artifact(file) {
        return artifact(engine, file).map(Loaded::Module);
    }
    let of_engine = |error| Failure::of_engine(file, &error);
    let module = Module::from_file_with(engine, file, |opened| {
        let bytes = input::read(file, opened).map_err(NoModule::Failure)?;
        if Component::is_component(&bytes) { Err(NoModule::Component(bytes)) } else { Ok(bytes) }
    });
    match module {
        Ok(module) => module.map(Loaded::Module).map_err(of_engine),
        Err(NoModule::Failure(failure)) => Err(failure),
        Err(NoModule::Component(bytes)) => {
            Component::from_owner(engine, bytes).map(Loaded::Component).map_err(of_engine)
        }
    }
}

/// The compiled module in `file`.
fn artifact(engine: &Engine, file: &Path) -> Result<Module, Failure> {
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
