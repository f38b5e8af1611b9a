//! Wasmtime 48 with Cranelift.
//!
//! Modules are compiled before the first run; the collector is the one it chooses.

use super::alike::{calls, start};
use super::{Calls, Engine, Loaded, Run, Start, lap, time_run, time_steps};
use crate::Result;
use sarsen_benches::Guest;
use std::path::Path;
use std::time::{Duration, Instant};
use wasmtime::{Config, Instance, Module, Store, TypedFunc};

pub(super) struct Wasmtime;

struct LoadedModule(Module);

impl Engine for Wasmtime {
    fn name(&self) -> &'static str {
        "wasmtime"
    }

    fn supports(&self, _guest: &Guest) -> bool {
        true
    }

    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        Ok(Box::new(LoadedModule(Module::new(&engine()?, wasm)?)))
    }

    fn load_lazily(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        self.load(wasm)
    }

    fn start(&self, wasm: &[u8], name: &str) -> Result<Start> {
        start(|| Ok(Module::new(&engine()?, wasm)?), name)
    }

    fn precompile(&self, wasm: &[u8]) -> Result<Vec<u8>> {
        Ok(engine()?.precompile_module(wasm)?)
    }

    fn start_precompiled(&self, file: &Path, name: &str) -> Result<Start> {
        // SAFETY: `precompile` has made the file, and nobody else knows of it.
        start(|| Ok(unsafe { Module::deserialize_file(&engine()?, file) }?), name)
    }

    fn calls(&self) -> Result<Box<dyn Calls>> {
        Ok(Box::new(CallsInstance::new(&engine()?)?))
    }
}

start!(wasmtime);
calls!(wasmtime);

impl Loaded for LoadedModule {
    fn run(&self, n: i32) -> Result<Run> {
        let mut store = Store::new(self.0.engine(), ());
        let instance = Instance::new(&mut store, &self.0, &[])?;
        let run: TypedFunc<i32, i64> = instance.get_typed_func(&mut store, "run")?;
        time_run(|| run.call(&mut store, n))
    }

    fn steps(&self, live: i32, work: i32, count: usize) -> Result<Vec<Duration>> {
        let mut store = Store::new(self.0.engine(), ());
        let instance = Instance::new(&mut store, &self.0, &[])?;
        instance.get_typed_func::<i32, ()>(&mut store, "prepare")?.call(&mut store, live)?;
        let step: TypedFunc<i32, ()> = instance.get_typed_func(&mut store, "step")?;
        time_steps(count, || step.call(&mut store, work))
    }

    fn instantiate(&self) -> Result<Duration> {
        let mut since = Instant::now();
        let mut store = Store::new(self.0.engine(), ());
        Instance::new(&mut store, &self.0, &[])?;
        Ok(lap(&mut since))
    }
}

fn engine() -> wasmtime::Result<wasmtime::Engine> {
    let mut config = Config::new();
    config.wasm_gc(true).wasm_function_references(true).wasm_exceptions(true).wasm_tail_call(true);
    wasmtime::Engine::new(&config)
}
