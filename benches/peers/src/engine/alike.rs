//! What is written once for the runtimes whose interfaces agree: starts, and calls between the host and `calls.wat`.
//!
//! What is timed of calls is the loop around them, on the side that makes them. It does not choose how many there are.

use crate::Result;
use std::any::Any;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The guest.
pub(crate) const GUEST: &str = include_str!("../calls.wat");

/// The guest whose calls could wait.
pub(crate) const WAITING_GUEST: &str = include_str!("../waiting.wat");

/// What a future returns that does not wait.
pub(crate) fn at_once<R>(future: impl Future<Output = R>) -> Result<R> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(result) => Ok(result),
        Poll::Pending => Err("it waits".into()),
    }
}

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
    /// The host calls a function with one parameter, which could wait.
    InAsync,
    /// The guest calls a closure that could wait, and does not.
    OutAsync,
    /// The host reads some bytes of a memory.
    Read,
    /// The host writes them.
    Write,
}

impl Crossing {
    /// All of them, and how reports name them.
    pub(crate) const ALL: [(Crossing, &str); 10] = [
        (Crossing::In, "typed call in"),
        (Crossing::InFour, "typed call in, 4 parameters"),
        (Crossing::InDynamic, "dynamic call in"),
        (Crossing::Out, "call of a closure"),
        (Crossing::OutFour, "call of a closure, 4 parameters"),
        (Crossing::OutDynamic, "call of a dynamic host function"),
        (Crossing::InAsync, "asynchronous call in"),
        (Crossing::OutAsync, "call of an asynchronous closure"),
        (Crossing::Read, "read of 64 bytes of memory"),
        (Crossing::Write, "write of 64 bytes of memory"),
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

/// A module whose instances wait.
pub(crate) trait Waiting {
    /// A guest in a store of its own that waits for so long, as a future.
    fn guest(&self, duration: Duration) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;
}

/// Implements [`Waiting`] in the file of a runtime.
macro_rules! waiting {
    ($runtime:ident) => {
        struct WaitingModule($runtime::InstancePre<std::time::Duration>);

        impl WaitingModule {
            fn new(engine: &$runtime::Engine) -> $crate::Result<Self> {
                use $runtime::{Caller, Linker, Module};
                let module = Module::new(engine, $crate::engine::alike::WAITING_GUEST)?;
                let mut linker = Linker::new(engine);
                linker.func_wrap_async(
                    "host",
                    "wait",
                    |caller: Caller<'_, std::time::Duration>, (value,): (i32,)| {
                        let duration = *caller.data();
                        Box::new(async move {
                            tokio::time::sleep(duration).await;
                            value + 1
                        })
                    },
                )?;
                Ok(Self(linker.instantiate_pre(&module)?))
            }
        }

        impl $crate::engine::alike::Waiting for WaitingModule {
            fn guest(
                &self,
                duration: std::time::Duration,
            ) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send>> {
                let module = self.0.clone();
                Box::pin(async move {
                    let waited = async {
                        let mut store = $runtime::Store::new(module.module().engine(), duration);
                        let instance = module.instantiate_async(&mut store).await?;
                        let wait = instance.get_typed_func::<i32, i32>(&mut store, "wait")?;
                        wait.call_async(&mut store, 41).await
                    };
                    match waited.await {
                        Ok(42) => Ok(()),
                        Ok(other) => Err(format!("the guest returned {other}")),
                        Err(error) => Err(error.to_string()),
                    }
                })
            }
        }
    };
}
pub(super) use waiting;

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

/// Defines `bound` in the file of a runtime.
macro_rules! bound {
    ($runtime:ident) => {
        /// Bounds how long guests run: by more than they need.
        fn bound(store: &mut $runtime::Store<()>, meter: Meter) -> $crate::Result<()> {
            match meter {
                Meter::Nothing => {}
                Meter::Fuel => store.set_fuel(i64::MAX as u64)?,
                Meter::Epochs => store.set_epoch_deadline(1_000_000),
            }
            Ok(())
        }
    };
}
pub(super) use bound;

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
            /// The guest whose calls could wait, in a store of its own.
            waiting: ($runtime::Store<u64>, $runtime::Instance),
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
                Ok(Self { store, instance, waiting: Self::waiting(engine)? })
            }

            fn waiting(
                engine: &$runtime::Engine,
            ) -> $crate::Result<($runtime::Store<u64>, $runtime::Instance)> {
                use $runtime::{Caller, Func};
                let module = $runtime::Module::new(engine, $crate::engine::alike::WAITING_GUEST)?;
                let mut store = $runtime::Store::new(engine, 0_u64);
                let wait = Func::wrap_async(&mut store, |mut caller: Caller<'_, u64>, (value,): (i32,)| {
                    Box::new(async move {
                        *caller.data_mut() += 1;
                        value.wrapping_add(1)
                    })
                });
                let imports = [wait.into()];
                let future = $runtime::Instance::new_async(&mut store, &module, &imports);
                let instance = $crate::engine::alike::at_once(future)??;
                Ok((store, instance))
            }

            fn cross_async(&mut self, is_in: bool, count: i32) -> $crate::Result<std::time::Duration> {
                use std::hint::black_box;
                let (store, instance) = &mut self.waiting;
                let clock = $crate::clock::CpuTime::now;
                if is_in {
                    let one = instance.get_typed_func::<i32, i32>(&mut *store, "one")?;
                    return $crate::engine::alike::at_once(async {
                        let before = clock();
                        for value in 0..count {
                            black_box(one.call_async(&mut *store, black_box(value)).await?);
                        }
                        Ok(before.elapsed())
                    })?;
                }
                let out = instance.get_typed_func::<i32, ()>(&mut *store, "call_wait")?;
                let called = *store.data();
                let time = $crate::engine::alike::at_once::<$crate::Result<_>>(async {
                    let before = clock();
                    out.call_async(&mut *store, count).await?;
                    Ok(before.elapsed())
                })??;
                if *store.data() - called != count as u64 {
                    return Err("the guest made fewer calls than it was asked to".into());
                }
                Ok(time)
            }

            fn access(&mut self, writes: bool, count: i32) -> $crate::Result<std::time::Duration> {
                use std::hint::black_box;
                let Self { store, instance, .. } = self;
                let memory = instance.get_memory(&mut *store, "memory").ok_or("the guest exports it")?;
                let mut bytes = [7; 64];
                let before = $crate::clock::CpuTime::now();
                for at in 0..count as usize {
                    let at = black_box(at % 4096);
                    if writes {
                        memory.write(&mut *store, at, black_box(&bytes))?;
                    } else {
                        memory.read(&*store, at, black_box(&mut bytes))?;
                    }
                }
                Ok(before.elapsed())
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
                match crossing {
                    Crossing::InAsync => return self.cross_async(true, count),
                    Crossing::OutAsync => return self.cross_async(false, count),
                    Crossing::Read => return self.access(false, count),
                    Crossing::Write => return self.access(true, count),
                    _ => {}
                }
                let Self { store, instance, .. } = self;
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
                    _ => "call_dynamic",
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
