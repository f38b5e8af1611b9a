//! Wasmtime 48 with Cranelift.
//!
//! Modules are compiled before the first run; the collector is the one it chooses.

use super::alike::{bound, calls, instances, start, waiting};
use super::{Calls, Engine, Instances, Loaded, Meter, Run, Start, Waiting, lap, time_run, time_steps};
use crate::Result;
use sarsen_benches::Guest;
use std::path::Path;
use std::time::{Duration, Instant};
use wasmtime::{Config, Instance, Module, PoolingAllocationConfig, Store, TypedFunc};

pub(super) struct Wasmtime {
    /// How reports name this configuration.
    pub(super) name: &'static str,
    /// How many instances its pool has room for; zero for none.
    pub(super) pool: u32,
    /// How the guest's time is bounded.
    pub(super) meter: Meter,
}

struct LoadedModule(Module, Meter);

impl Engine for Wasmtime {
    fn name(&self) -> &'static str {
        self.name
    }

    fn supports(&self, _guest: &Guest) -> bool {
        true
    }

    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        let mut config = config();
        config.consume_fuel(self.meter == Meter::Fuel).epoch_interruption(self.meter == Meter::Epochs);
        let engine = wasmtime::Engine::new(&config)?;
        Ok(Box::new(LoadedModule(Module::new(&engine, wasm)?, self.meter)))
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

    fn waiting(&self) -> Result<Box<dyn Waiting>> {
        let mut config = config();
        if self.pool > 0 {
            let mut pool = pool(self.pool);
            pool.total_stacks(self.pool);
            config.allocation_strategy(pool);
        }
        Ok(Box::new(WaitingModule::new(&wasmtime::Engine::new(&config)?)?))
    }

    fn instances(&self, wasm: &[u8]) -> Result<Box<dyn Instances>> {
        let mut config = config();
        if self.pool > 0 {
            config.allocation_strategy(pool(self.pool));
        }
        Ok(Box::new(InstancesOf::new(&wasmtime::Engine::new(&config)?, wasm)?))
    }
}

bound!(wasmtime);
start!(wasmtime);
calls!(wasmtime);
instances!(wasmtime);
waiting!(wasmtime);

impl Loaded for LoadedModule {
    fn run(&self, n: i32) -> Result<Run> {
        let mut store = Store::new(self.0.engine(), ());
        bound(&mut store, self.1)?;
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
    wasmtime::Engine::new(&config())
}

fn config() -> Config {
    let mut config = Config::new();
    config.wasm_gc(true).wasm_function_references(true).wasm_exceptions(true).wasm_tail_call(true);
    config
}

/// A pool as its documentation recommends it for instances that are made fast: what instances write stays resident, and is
/// cleared by hand, up to more than the guests here have of it.
fn pool(instances: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances).total_memories(instances).total_tables(instances);
    pool.max_memory_size(64 << 20).table_elements(5_000);
    pool.linear_memory_keep_resident(1 << 20).table_keep_resident(64 << 10);
    pool
}
