//! What is written once for the runtimes whose interfaces agree: starts, and calls between the host and `calls.wat`.
//!
//! What is timed of calls is the loop around them, on the side that makes them. It does not choose how many there are.

use crate::Result;
use std::any::Any;
use std::time::Duration;

/// The guest.
pub(crate) const GUEST: &str = include_str!("../calls.wat");

/// A way between host and guest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Crossing {
    /// The host calls a function with one parameter, whose type it knows.
    In,
    /// The same with four parameters.
    InFour,
    /// The host calls a function whose type it finds out.
    InDynamic,
    /// The guest calls a closure with one parameter.
    Out,
    /// The same with four parameters.
    OutFour,
    /// The guest calls a host function that takes a list of values.
    OutDynamic,
}

impl Crossing {
    /// All of them, and how reports name them.
    pub(crate) const ALL: [(Crossing, &str); 6] = [
        (Crossing::In, "typed call in"),
        (Crossing::InFour, "typed call in, 4 parameters"),
        (Crossing::InDynamic, "dynamic call in"),
        (Crossing::Out, "call of a closure"),
        (Crossing::OutFour, "call of a closure, 4 parameters"),
        (Crossing::OutDynamic, "call of a dynamic host function"),
    ];
}

/// An instance of the guest.
pub(crate) trait Calls {
    /// Makes so many calls. Processor time of the calling thread.
    fn cross(&mut self, crossing: Crossing, count: i32) -> Result<Duration>;
}

/// A module whose imports have been found, of which instances are made, each in a store of its own.
pub(crate) trait Instances {
    /// Makes so many instances, one after the other: `run(1)` is called in each, `write(bytes)` if that is not zero, and it is
    /// dropped. Processor time of the calling thread.
    fn cycle(&self, count: u32, bytes: i32) -> Result<Duration>;

    /// The same in so many threads at once. Wall-clock time.
    fn cycle_in_threads(&self, threads: u32, count: u32, bytes: i32) -> Result<Duration>;

    /// So many live instances, in each of which `run(1)` has been called.
    fn keep(&self, count: usize) -> Result<Box<dyn Any>>;
}

/// Implements [`Instances`] in the file of a runtime.
macro_rules! instances {
    ($runtime:ident) => {
        pub(super) struct InstancesOf($runtime::InstancePre<()>);

        impl InstancesOf {
            pub(super) fn new(engine: &$runtime::Engine, wasm: &[u8]) -> $crate::Result<Self> {
                let module = $runtime::Module::new(engine, wasm)?;
                Ok(Self($runtime::Linker::new(engine).instantiate_pre(&module)?))
            }

            fn one(&self) -> $crate::Result<($runtime::Store<()>, $runtime::Instance)> {
                let mut store = $runtime::Store::new(self.0.module().engine(), ());
                let instance = self.0.instantiate(&mut store)?;
                let run = instance.get_typed_func::<i32, i64>(&mut store, "run")?;
                if run.call(&mut store, 1)? != 3 {
                    return Err("the guest computes something else".into());
                }
                Ok((store, instance))
            }

            fn work(&self, count: u32, bytes: i32) -> $crate::Result<()> {
                for _ in 0..count {
                    let (mut store, instance) = self.one()?;
                    if bytes != 0 {
                        instance.get_typed_func::<i32, ()>(&mut store, "write")?.call(&mut store, bytes)?;
                    }
                }
                Ok(())
            }
        }

        impl $crate::engine::alike::Instances for InstancesOf {
            fn cycle(&self, count: u32, bytes: i32) -> $crate::Result<std::time::Duration> {
                let before = $crate::clock::CpuTime::now();
                self.work(count, bytes)?;
                Ok(before.elapsed())
            }

            fn cycle_in_threads(
                &self,
                threads: u32,
                count: u32,
                bytes: i32,
            ) -> $crate::Result<std::time::Duration> {
                let before = std::time::Instant::now();
                std::thread::scope(|scope| {
                    let work = || self.work(count, bytes).map_err(|error| error.to_string());
                    let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
                    threads
                        .into_iter()
                        .try_for_each(|thread| thread.join().map_err(|_| "a thread panicked")?)
                })?;
                Ok(before.elapsed())
            }

            fn keep(&self, count: usize) -> $crate::Result<Box<dyn std::any::Any>> {
                let instances = (0..count).map(|_| self.one()).collect::<$crate::Result<Vec<_>>>()?;
                Ok(Box::new(instances))
            }
        }
    };
}
pub(super) use instances;

/// Defines `start` in the file of a runtime.
macro_rules! start {
    ($runtime:ident) => {
        /// Times a start whose module comes from `load`.
        fn start(
            load: impl FnOnce() -> $crate::Result<$runtime::Module>,
            name: &str,
        ) -> $crate::Result<$crate::engine::Start> {
            use $crate::engine::{Start, lap};
            let mut since = std::time::Instant::now();
            let module = load()?;
            let mut start = Start { module: lap(&mut since), ..Start::default() };
            let mut store = $runtime::Store::new(module.engine(), ());
            let instance = $runtime::Instance::new(&mut store, &module, &[])?;
            start.instance = lap(&mut since);
            let func = instance.get_typed_func::<i32, i64>(&mut store, name)?;
            func.call(&mut store, 1)?;
            start.call = lap(&mut since);
            Ok(start)
        }
    };
}
pub(super) use start;

/// Implements [`Calls`] in the file of a runtime.
macro_rules! calls {
    ($runtime:ident) => {
        struct CallsInstance {
            store: $runtime::Store<u64>,
            instance: $runtime::Instance,
        }

        impl CallsInstance {
            fn new(engine: &$runtime::Engine) -> $crate::Result<Self> {
                use $runtime::{Caller, Func, FuncType, Val, ValType};
                let module = $runtime::Module::new(engine, $crate::engine::alike::GUEST)?;
                let mut store = $runtime::Store::new(engine, 0_u64);
                let one = Func::wrap(&mut store, |mut caller: Caller<'_, u64>, value: i32| {
                    *caller.data_mut() += 1;
                    value.wrapping_add(1)
                });
                let four = |mut caller: Caller<'_, u64>, a: i32, b: i64, c: f64, d: i32| {
                    *caller.data_mut() += 1;
                    b.wrapping_add(i64::from(a) + i64::from(d) + c as i64)
                };
                let four = Func::wrap(&mut store, four);
                let ty = FuncType::new(engine, [ValType::I32], [ValType::I32]);
                let dynamic = Func::new(&mut store, ty, |mut caller, params, results| {
                    *caller.data_mut() += 1;
                    results[0] = Val::I32(params[0].unwrap_i32().wrapping_add(1));
                    Ok(())
                });
                let imports = [one.into(), four.into(), dynamic.into()];
                let instance = $runtime::Instance::new(&mut store, &module, &imports)?;
                Ok(Self { store, instance })
            }
        }

        impl $crate::engine::alike::Calls for CallsInstance {
            fn cross(
                &mut self,
                crossing: $crate::engine::alike::Crossing,
                count: i32,
            ) -> $crate::Result<std::time::Duration> {
                use std::hint::black_box;
                use $crate::engine::alike::Crossing;
                use $runtime::Val;
                let Self { store, instance } = self;
                let clock = $crate::clock::CpuTime::now;
                let out = match crossing {
                    Crossing::In => {
                        let one = instance.get_typed_func::<i32, i32>(&mut *store, "one")?;
                        let before = clock();
                        for value in 0..count {
                            black_box(one.call(&mut *store, black_box(value))?);
                        }
                        return Ok(before.elapsed());
                    }
                    Crossing::InFour => {
                        let four =
                            instance.get_typed_func::<(i32, i64, f64, i32), i64>(&mut *store, "four")?;
                        let before = clock();
                        for value in 0..count {
                            let params = (value, i64::from(value), 2.5, 1);
                            black_box(four.call(&mut *store, black_box(params))?);
                        }
                        return Ok(before.elapsed());
                    }
                    Crossing::InDynamic => {
                        let one = instance.get_func(&mut *store, "one").ok_or("the guest exports it")?;
                        let before = clock();
                        for value in 0..count {
                            let mut results = [Val::I32(0)];
                            one.call(&mut *store, black_box(&[Val::I32(value)]), &mut results)?;
                            black_box(&results);
                        }
                        return Ok(before.elapsed());
                    }
                    Crossing::Out => "call_one",
                    Crossing::OutFour => "call_four",
                    Crossing::OutDynamic => "call_dynamic",
                };
                let out = instance.get_typed_func::<i32, ()>(&mut *store, out)?;
                let called = *store.data();
                let before = clock();
                out.call(&mut *store, count)?;
                let time = before.elapsed();
                if *store.data() - called != count as u64 {
                    return Err("the guest made fewer calls than it was asked to".into());
                }
                Ok(time)
            }
        }
    };
}
pub(super) use calls;
