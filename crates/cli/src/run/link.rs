//! Where imports come from: WASI, shared memories, and modules that were loaded before.
//!
//! Owns what is offered to whom, and the message if something is missing.
//! A module is not offered what it does not ask for: that would cost time at every start.

use super::ending::Ending;
use super::entry;
use super::guest::Guest;
use super::options::Options;
use crate::failure::Failure;
use crate::{load, terminal, types};
use sarsen::{Engine, ImportType, InstancePre, Linker, Module, Store};
use sarsen_wasi::{p1, threads};
use std::path::Path;

/// Imports that are listed where some are missing.
const LISTED: usize = 20;

/// The modules that preview 1 and its predecessor are imported from.
const WASI: [&str; 2] = ["wasi_snapshot_preview1", "wasi_unstable"];

/// Definitions for the imports of modules.
pub(super) struct Offer<'a> {
    engine: &'a Engine,
    ending: &'a Ending,
    linker: Linker<Guest>,
    has_wasi: bool,
}

impl<'a> Offer<'a> {
    pub(super) fn new(engine: &'a Engine, ending: &'a Ending) -> Offer<'a> {
        let mut linker = Linker::new(engine);
        // Modules that are loaded before may replace whatever there is.
        linker.allow_shadowing(true);
        Offer { engine, ending, linker, has_wasi: false }
    }

    /// Loads the modules that the options name, each with what those before it export.
    pub(super) fn preload(&mut self, options: &Options, store: &mut Store<Guest>) -> Result<(), Failure> {
        for preload in &options.preload {
            let file = &preload.file;
            let module = load::module(self.engine, file)?;
            let ready = self.link(file, &module, store)?;
            let instance = ready.instantiate(&mut *store).and_then(|instance| {
                entry::initialize(store, &module, instance)?;
                Ok(instance)
            });
            let defined = instance
                .and_then(|instance| self.linker.instance(&mut *store, &preload.name, instance).map(drop));
            defined.map_err(|error| self.ending.failure(file, &store.data().limits.explain(error)))?;
        }
        Ok(())
    }

    /// Finds what a module imports.
    pub(super) fn link(
        &mut self,
        file: &Path,
        module: &Module,
        store: &mut Store<Guest>,
    ) -> Result<InstancePre<Guest>, Failure> {
        let problem = |error| Failure::of_engine(file, &error);
        if !self.has_wasi && module.imports().any(|import| WASI.contains(&import.module())) {
            self.add_wasi().map_err(problem)?;
        }
        if threads::wants_threads(module) {
            self.add_threads().map_err(problem)?;
        }
        threads::add_memories_to_linker(&mut self.linker, store, module)
            .map_err(|error| self.ending.failure(file, &store.data().limits.explain(error)))?;
        match self.linker.instantiate_pre(module) {
            Ok(ready) => Ok(ready),
            Err(_) => Err(self.missing(file, module, store)),
        }
    }

    fn add_wasi(&mut self) -> sarsen::Result<()> {
        self.has_wasi = true;
        p1::add_to_linker(&mut self.linker, |guest: &mut Guest| &mut guest.wasi)
    }

    fn add_threads(&mut self) -> sarsen::Result<()> {
        threads::add_to_linker(&mut self.linker, |guest: &mut Guest| Some(&guest.threads))
    }

    /// What a module wants that is not there, and what of all that could be offered comes close.
    fn missing(&mut self, file: &Path, module: &Module, store: &mut Store<Guest>) -> Failure {
        let is_missing = |import: &ImportType<'_>, linker: &Linker<Guest>, store: &mut Store<Guest>| {
            linker.get_by_import(store, import).is_none()
        };
        let mut missing: Vec<_> = Vec::new();
        for import in module.imports() {
            if is_missing(&import, &self.linker, store) {
                missing.push(import);
            }
        }
        // For the hints.
        let _ = self.add_wasi().and_then(|()| self.add_threads());
        let offered: Vec<_> = self
            .linker
            .iter(&mut *store)
            .map(|(module, name, value)| (module.to_owned(), name.to_owned(), value))
            .collect();
        let mut offered: Vec<Offered> = offered
            .into_iter()
            .map(|(module, name, value)| {
                let ty = types::text(&value.ty(&*store));
                Offered { module, name, ty }
            })
            .collect();
        offered.sort();
        let mut message = "imports are not provided:".to_owned();
        for import in missing.iter().take(LISTED) {
            let (module, name) = (import.module(), import.name());
            message += &format!("\n  {module:?} {name:?} {}", types::text(&import.ty()));
            if let Some(near) = nearest(import, &offered) {
                message += &format!("; there is {:?} {:?} {}", near.module, near.name, near.ty);
            }
        }
        if missing.len() > LISTED {
            message += &format!("\n  and {} more", missing.len() - LISTED);
        }
        Failure::of(file, message)
    }
}

/// Something that a module could import.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Offered {
    module: String,
    name: String,
    ty: String,
}

/// What comes closest: the name in another module, or a similar one in this module.
fn nearest<'a>(import: &ImportType<'_>, offered: &'a [Offered]) -> Option<&'a Offered> {
    let (module, name) = (import.module(), import.name());
    // The current names come before those of their predecessor.
    let same_name = offered.iter().find(|offer| offer.name == name);
    same_name.or_else(|| {
        let neighbours = || offered.iter().filter(|offer| offer.module == module);
        let near = terminal::nearest(name, neighbours().map(|offer| offer.name.as_str()))?;
        neighbours().find(|offer| offer.name == near)
    })
}
