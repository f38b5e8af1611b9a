//! wasmi 2.0.
//!
//! Its defaults are its fastest: direct tail-call dispatch, no fuel. Modules are validated and translated lazily, as ours are.

use super::{Engine, Loaded, Run, Start, lap, time_run};
use crate::Result;
use sarsen_benches::{Class, Guest};
use std::time::{Duration, Instant};
use wasmi::{CompilationMode, Config, Instance, Module, Store, TypedFunc};

pub(super) struct Wasmi;

struct LoadedModule(Module);

impl Engine for Wasmi {
    fn name(&self) -> &'static str {
        "wasmi"
    }

    fn supports(&self, guest: &Guest) -> bool {
        guest.class == Class::Plain
    }

    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        Ok(Box::new(LoadedModule(Module::new(&engine(CompilationMode::Eager), wasm)?)))
    }

    fn load_lazily(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        Ok(Box::new(LoadedModule(Module::new(&engine(CompilationMode::LazyTranslation), wasm)?)))
    }

    fn start(&self, wasm: &[u8], name: &str) -> Result<Start> {
        let mut since = Instant::now();
        let module = Module::new(&engine(CompilationMode::LazyTranslation), wasm)?;
        let mut start = Start { module: lap(&mut since), ..Start::default() };
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, &module, &[])?;
        start.instance = lap(&mut since);
        let func: TypedFunc<i32, i64> = instance.get_typed_func(&store, name)?;
        func.call(&mut store, 1)?;
        start.call = lap(&mut since);
        Ok(start)
    }
}

impl Loaded for LoadedModule {
    fn run(&self, n: i32) -> Result<Run> {
        let mut store = Store::new(self.0.engine(), ());
        let instance = Instance::new(&mut store, &self.0, &[])?;
        let run: TypedFunc<i32, i64> = instance.get_typed_func(&store, "run")?;
        time_run(|| run.call(&mut store, n))
    }

    fn instantiate(&self) -> Result<Duration> {
        let mut since = Instant::now();
        let mut store = Store::new(self.0.engine(), ());
        Instance::new(&mut store, &self.0, &[])?;
        Ok(lap(&mut since))
    }
}

fn engine(mode: CompilationMode) -> wasmi::Engine {
    wasmi::Engine::new(Config::default().compilation_mode(mode))
}
