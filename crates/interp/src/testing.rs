//! What the unit tests of this crate share: modules from text, and calls of their functions in either form of dispatch.
//!
//! It expects nothing of them: the tests do.

use crate::{CodeOptions, Dispatch, ModuleCode, call, disassemble};
use sarsen_abi::{Exit, Slot};
use sarsen_isa::Features;
use sarsen_module::{Bytes, Module, ModuleLimits, Parallelism};
use sarsen_vm::{Extern, InstanceId, Store, StoreConfig};
use std::path::Path;
use std::sync::Arc;

/// Both forms of dispatch. Where a build has one, that one runs twice.
pub(crate) const DISPATCHES: [Dispatch; 2] = [Dispatch::Threaded, Dispatch::Match];

/// A module that is valid, binary or text.
pub(crate) fn load(module: impl Into<Bytes>) -> Arc<Module> {
    let limits = ModuleLimits::default();
    let loaded = Module::new(&Default::default(), module, &Features::all(), &limits, Parallelism::Sequential);
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

/// An instance in a store of its own.
pub(crate) struct Guest {
    store: Store,
    instance: InstanceId,
}

impl Guest {
    /// Without imports.
    pub(crate) fn new(module: &Arc<Module>, dispatch: Dispatch) -> Guest {
        let mut store = Store::new(module.registry(), StoreConfig::default()).unwrap();
        let code = ModuleCode::new(module, CodeOptions { dispatch, ..CodeOptions::default() });
        let instance = store.instantiate(module, &[], code.table()).unwrap();
        Guest { store, instance }
    }

    /// Calls the export `name` with arguments, as slots hold them; its results, likewise.
    pub(crate) fn call(&mut self, name: &str, arguments: &[Slot]) -> Result<Vec<Slot>, Exit> {
        let Some(Extern::Func(func)) = self.store.export(self.instance, name) else {
            panic!("no function {name}");
        };
        let record = self.store.func_record(func);
        let (params, results) = (record.params as usize, record.results as usize);
        assert_eq!(arguments.len(), params, "{name} takes {params} slots");
        let mut slots = arguments.to_vec();
        slots.resize(params.max(results), 0);
        // SAFETY: the store is exclusively ours, the record is its own, and every slot is a number of some type.
        let outcome = unsafe { call(self.store.vm(), func.record(), &mut slots) };
        slots.truncate(results);
        outcome.map(|()| slots).map_err(|failure| failure.exit)
    }

    /// The runtime's error behind the last [`Exit::ERROR`].
    pub(crate) fn error<E: std::error::Error + 'static>(&mut self) -> Option<Box<E>> {
        self.store.take_error()?.downcast().ok()
    }
}
