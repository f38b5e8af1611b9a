//! Sarsen.
//!
//! One value per configuration that is compared; every load makes its own engine, as the peers do.

use super::alike::{bound, calls, instances, start, waiting};
use super::{Calls, Engine, Instances, Loaded, Meter, Run, Start, Waiting, lap, time_run, time_steps};
use crate::Result;
use ::sarsen::{Caller, Config, Dispatch, Func, Instance, Module, Store, Strategy, TypedFunc};
use sarsen_benches::Guest;
use std::path::Path;
use std::time::{Duration, Instant};

pub(super) struct Sarsen {
    /// How reports name this configuration.
    pub(super) name: &'static str,
    /// Whether loading may use all processors.
    pub(super) parallel: bool,
    /// The interpreter's loop.
    pub(super) dispatch: Dispatch,
    /// How functions are executed.
    pub(super) strategy: Strategy,
    /// How the guest's time is bounded.
    pub(super) meter: Meter,
}

struct LoadedModule(Module, Meter);

impl Engine for Sarsen {
    fn name(&self) -> &'static str {
        self.name
    }

    fn supports(&self, _guest: &Guest) -> bool {
        true
    }

    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        Ok(Box::new(LoadedModule(Module::new(&self.engine()?, wasm)?, self.meter)))
    }

    fn load_lazily(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        self.load(wasm)
    }

    fn start(&self, wasm: &[u8], name: &str) -> Result<Start> {
        start(|| Ok(Module::new(&self.engine()?, wasm)?), name)
    }

    fn precompile(&self, wasm: &[u8]) -> Result<Vec<u8>> {
        Ok(self.engine()?.precompile_module(wasm)?)
    }

    fn start_precompiled(&self, file: &Path, name: &str) -> Result<Start> {
        // SAFETY: `precompile` has made the file, and nobody else knows of it.
        start(|| Ok(unsafe { Module::deserialize_file(&self.engine()?, file) }?), name)
    }

    fn ticks(&self, wasm: &[u8], n: i32) -> Result<Vec<Duration>> {
        let module = Module::new(&self.engine()?, wasm)?;
        let mut store = Store::new(module.engine(), Vec::with_capacity(n as usize));
        let tick = Func::wrap(&mut store, |mut caller: Caller<'_, Vec<Instant>>| {
            caller.data_mut().push(Instant::now())
        });
        let instance = Instance::new(&mut store, &module, &[tick.into()])?;
        let run: TypedFunc<i32, ()> = instance.get_typed_func(&mut store, "run")?;
        let start = Instant::now();
        run.call(&mut store, n)?;
        Ok(store.data().iter().map(|&tick| tick - start).collect())
    }

    fn calls(&self) -> Result<Box<dyn Calls>> {
        Ok(Box::new(CallsInstance::new(&self.engine()?)?))
    }

    fn waiting(&self) -> Result<Box<dyn Waiting>> {
        Ok(Box::new(WaitingModule::new(&self.engine()?)?))
    }

    fn instances(&self, wasm: &[u8]) -> Result<Box<dyn Instances>> {
        Ok(Box::new(InstancesOf::new(&self.engine()?, wasm)?))
    }
}

bound!(sarsen);
start!(sarsen);
calls!(sarsen);
instances!(sarsen);
waiting!(sarsen);

impl Sarsen {
    fn engine(&self) -> ::sarsen::Result<::sarsen::Engine> {
        let mut config = Config::new();
        config.parallel_compilation(self.parallel).dispatch(self.dispatch).strategy(self.strategy);
        config.consume_fuel(self.meter == Meter::Fuel).epoch_interruption(self.meter == Meter::Epochs);
        ::sarsen::Engine::new(&config)
    }
}

impl Loaded for LoadedModule {
    fn run(&self, n: i32) -> Result<Run> {
        let mut store = Store::new(self.0.engine(), ());
        bound(&mut store, self.1)?;
        let instance = Instance::new(&mut store, &self.0, &[])?;
        let run: TypedFunc<i32, i64> = instance.get_typed_func(&mut store, "run")?;
        time_run(|| run.call(&mut store, n))
    }

    fn compiled(&self) -> Option<u32> {
        self.0.tier_stats().map(|stats| stats.functions + stats.loops)
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
