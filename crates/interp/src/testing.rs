//! What the unit tests of this crate share: modules from text, and calls of their functions in either form of dispatch.
//!
//! It expects nothing of them: the tests do.

use crate::{CodeOptions, Dispatch, ModuleCode, call, disassemble};
use sarsen_abi::{Exit, Slot, VmFunc};
use sarsen_isa::Features;
use sarsen_module::{Bytes, Module, ModuleLimits, Parallelism, TypeRegistry};
use sarsen_vm::{Extern, Failure, InstanceId, Store, StoreConfig};
use std::path::Path;
use std::sync::Arc;

/// Both forms of dispatch. Where a build has one, that one runs twice.
pub(crate) const DISPATCHES: [Dispatch; 2] = [Dispatch::Threaded, Dispatch::Match];

/// A module that is valid, binary or text.
pub(crate) fn load(module: impl Into<Bytes>) -> Arc<Module> {
    load_among(&Default::default(), module)
}

/// The same, with types that other modules have too.
fn load_among(registry: &Arc<TypeRegistry>, module: impl Into<Bytes>) -> Arc<Module> {
    let limits = ModuleLimits::default();
    let loaded = Module::new(registry, module, &Features::all(), &limits, Parallelism::Sequential);
    Arc::new(loaded.unwrap())
}

/// The programs of the benches, by name.
pub(crate) fn guests() -> Vec<(String, Arc<Module>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/guests/wasm");
    let mut guests: Vec<(String, Arc<Module>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, load(std::fs::read(&path).unwrap()))
        })
        .collect();
    guests.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(guests.len() > 10, "the programs of the benches are missing");
    guests
}

/// The code of a module's first function, one line an instruction.
pub(crate) fn code(module: &str) -> String {
    let lines = disassemble(&load(module), 0, false).unwrap();
    lines.iter().map(|line| line.text.clone() + "\n").collect()
}

/// Instances in a store of their own. The newest is the one that is called.
pub(crate) struct Guest {
    store: Store,
    instance: InstanceId,
}

impl Guest {
    /// Without imports.
    pub(crate) fn new(module: &Arc<Module>, dispatch: Dispatch) -> Guest {
        Guest::of(&ModuleCode::new(module, CodeOptions { dispatch, ..CodeOptions::default() }))
    }

    /// The same with this code.
    pub(crate) fn of(code: &Arc<ModuleCode>) -> Guest {
        let mut store = Store::new(code.module().registry(), StoreConfig::default()).unwrap();
        let instance = store.instantiate(code.module(), &[], code.table()).unwrap();
        Guest { store, instance }
    }

    /// Adds an instance that imports the function `name` of the one before.
    pub(crate) fn add(&mut self, module: &str, options: CodeOptions, name: &str) {
        let import = self.store.export(self.instance, name).unwrap();
        let module = load_among(self.store.registry(), module);
        let code = ModuleCode::new(&module, options);
        self.instance = self.store.instantiate(&module, &[import], code.table()).unwrap();
    }

    /// The record of the exported function `name`.
    pub(crate) fn record(&mut self, name: &str) -> *const VmFunc {
        let Some(Extern::Func(func)) = self.store.export(self.instance, name) else {
            panic!("no function {name}");
        };
        func.record()
    }

    /// Calls the export `name` with arguments, as slots hold them; its results, likewise.
    pub(crate) fn call(&mut self, name: &str, arguments: &[Slot]) -> Result<Vec<Slot>, Exit> {
        self.try_call(name, arguments).map_err(|failure| failure.exit)
    }

    /// The same, with the frames of a failure.
    pub(crate) fn try_call(&mut self, name: &str, arguments: &[Slot]) -> Result<Vec<Slot>, Failure> {
        let record = self.record(name);
        // SAFETY: the store is live, and so are its records.
        let (params, results) = unsafe { ((*record).params as usize, (*record).results as usize) };
        assert_eq!(arguments.len(), params, "{name} takes {params} slots");
        let mut slots = arguments.to_vec();
        slots.resize(params.max(results), 0);
        // SAFETY: the store is exclusively ours, the record is its own, and every slot is a number of some type.
        let outcome = unsafe { call(self.store.vm(), record, &mut slots) };
        slots.truncate(results);
        outcome.map(|()| slots)
    }

    /// The runtime's error behind the last [`Exit::ERROR`].
    pub(crate) fn error<E: std::error::Error + 'static>(&mut self) -> Option<Box<E>> {
        self.store.take_error()?.downcast().ok()
    }
}
