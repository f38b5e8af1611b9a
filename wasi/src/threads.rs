//! Threads of a guest: `wasi.thread-spawn`, for modules that import a shared memory and export `wasi_thread_start`.
//!
//! # Invariants
//!
//! - Each thread has a store and an instance of its own; the memory and the WASI context are common.
//! - The first trap or exit of any thread is the outcome of the whole guest, and ends the other threads.
//!
//! The engine must be one whose code can be stopped: the interpreter's always can, compiled code needs
//! [`Config::interruptible`](sarsen::Config::interruptible).
//! What a store needs besides its data (fuel, limits) is set by the embedder, through [`WasiThreads::configure`].

use crate::price;
use crate::stop::StopHandle;
use sarsen::{Caller, Error, ExternType, InstancePre, InterruptHandle, Linker, Module, SharedMemory, Store};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// Where the function that starts a thread is imported from.
const SPAWN: (&str, &str) = ("wasi", "thread-spawn");

/// The export that a thread runs.
const ENTRY: &str = "wasi_thread_start";

/// The largest number of a thread; libraries keep the bits above for themselves.
const MAX_NUMBER: u32 = (1 << 29) - 1;

/// What `thread-spawn` returns when there can be no more threads: `EAGAIN`, negated.
const NO_THREAD: i32 = -(crate::Errno::Again as i32);

/// How long an ending guest waits for threads that are being stopped. One that is stuck in an operation of the system is
/// left alone with its store.
const FAREWELL: Duration = Duration::from_secs(1);

/// The threads of one guest. Part of the data of its stores; clones are the same guest's.
pub struct WasiThreads<T: 'static>(Arc<Group<T>>);

impl<T> Clone for WasiThreads<T> {
    fn clone(&self) -> WasiThreads<T> {
        WasiThreads(Arc::clone(&self.0))
    }
}

struct Group<T: 'static> {
    /// What each thread instantiates, once it is known.
    module: OnceLock<InstancePre<T>>,
    configure: OnceLock<Configure<T>>,
    max: usize,
    stop: StopHandle,
    state: Mutex<State>,
    ended: Condvar,
}

type Configure<T> = Box<dyn Fn(&mut Store<T>) + Send + Sync>;

#[derive(Default)]
struct State {
    last_number: u32,
    /// How to stop each thread that runs. The first one has number 0.
    running: HashMap<u32, Option<InterruptHandle>>,
    /// The outcome is decided: nothing new starts.
    over: bool,
    /// The error that decided it.
    error: Option<Error>,
}

impl<T: Clone + Send + 'static> WasiThreads<T> {
    /// No threads yet; `max` at once besides the first one. `stop` is [`WasiP1Ctx::stop_handle`] of the guest's context.
    ///
    /// [`WasiP1Ctx::stop_handle`]: crate::p1::WasiP1Ctx::stop_handle
    pub fn new(max: usize, stop: StopHandle) -> WasiThreads<T> {
        WasiThreads(Arc::new(Group {
            module: OnceLock::new(),
            configure: OnceLock::new(),
            max,
            stop,
            state: Mutex::default(),
            ended: Condvar::new(),
        }))
    }

    /// Sets what is done with the store of each new thread: its fuel, its limits. Only the first call counts.
    pub fn configure(&self, configure: impl Fn(&mut Store<T>) + Send + Sync + 'static) {
        let _ = self.0.configure.set(Box::new(configure));
    }

    /// Runs the guest: `main` on this thread, and the threads that it starts. When one of them traps or exits, or `main`
    /// returns, the others are ended. The first error is the outcome.
    ///
    /// # Errors
    /// That of `main`, or of the thread that was earlier; or if the module starts threads, and its engine's code cannot be
    /// stopped, as threads must be that others end: see [`Engine::is_interruptible`](sarsen::Engine::is_interruptible).
    pub fn run<R>(
        &self,
        module: &InstancePre<T>,
        store: &mut Store<T>,
        main: impl FnOnce(&mut Store<T>) -> sarsen::Result<R>,
    ) -> sarsen::Result<R> {
        let stoppable = store.engine().is_interruptible();
        if !stoppable && wants_threads(module.module()) {
            return Err(Error::msg("threads need code that can be stopped: `Config::interruptible` is off"));
        }
        let _ = self.0.module.set(module.clone());
        self.0.lock().running.insert(0, stoppable.then(|| store.interrupt_handle()));
        let outcome = main(store);
        self.0.lock().running.remove(&0);
        let outcome = match outcome {
            Ok(value) => {
                self.0.end(None);
                Ok(value)
            }
            Err(error) => {
                self.0.end(Some(error));
                Err(())
            }
        };
        let error = self.0.await_end();
        match (outcome, error) {
            (Ok(value), None) => Ok(value),
            (_, Some(error)) => Err(error),
            (Err(()), None) => Err(Error::msg("the guest's outcome was taken by another call of `run`")),
        }
    }

    /// Starts a thread; its number, or a negative error.
    fn spawn(&self, data: &T, argument: i32) -> i32 {
        let Some(module) = self.0.module.get() else { return NO_THREAD };
        // Without room for its stack there is no thread; the others go on.
        let Ok(store) = Store::try_new(module.module().engine(), data.clone()) else { return NO_THREAD };
        let Some(number) = self.0.reserve() else { return NO_THREAD };
        let threads = self.clone();
        let thread = std::thread::Builder::new().name(format!("wasi-{number}")).spawn(move || {
            let error = threads.enter(store, number, argument).err();
            let mut state = threads.0.lock();
            state.running.remove(&number);
            drop(state);
            if let Some(error) = error {
                threads.0.end(Some(error));
            }
            threads.0.ended.notify_all();
        });
        if thread.is_err() {
            self.0.lock().running.remove(&number);
            return NO_THREAD;
        }
        number as i32
    }

    /// A thread's life.
    fn enter(&self, mut store: Store<T>, number: u32, argument: i32) -> sarsen::Result<()> {
        let Some(module) = self.0.module.get() else {
            return Err(Error::msg("the guest has not been started"));
        };
        if let Some(configure) = self.0.configure.get() {
            configure(&mut store);
        }
        if !self.0.register(number, store.interrupt_handle()) {
            return Ok(());
        }
        let instance = module.instantiate(&mut store)?;
        let entry = instance.get_typed_func::<(i32, i32), ()>(&mut store, ENTRY)?;
        entry.call(&mut store, (number as i32, argument))
    }
}

impl<T> Group<T> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a new thread, if there can be one.
    fn reserve(&self) -> Option<u32> {
        let mut state = self.lock();
        let others = state.running.keys().filter(|&&number| number != 0).count();
        if state.over || others >= self.max {
            return None;
        }
        // Numbers come around; those in use are passed over.
        loop {
            state.last_number = state.last_number % MAX_NUMBER + 1;
            let number = state.last_number;
            if let Entry::Vacant(free) = state.running.entry(number) {
                free.insert(None);
                return Some(number);
            }
        }
    }

    /// Notes how a thread is stopped; false if it should not start.
    fn register(&self, number: u32, handle: InterruptHandle) -> bool {
        let mut state = self.lock();
        state.running.insert(number, Some(handle));
        !state.over
    }

    /// The guest ends. Only the first reason counts.
    fn end(&self, error: Option<Error>) {
        let mut state = self.lock();
        if state.over {
            return;
        }
        state.over = true;
        state.error = error;
        for handle in state.running.values().flatten() {
            handle.interrupt();
        }
        drop(state);
        self.stop.stop();
    }

    /// Waits until no thread runs, and takes the error.
    fn await_end(&self) -> Option<Error> {
        let state = self.lock();
        let (mut state, _) = self
            .ended
            .wait_timeout_while(state, FAREWELL, |state| !state.running.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        state.error.take()
    }
}

/// Defines `wasi.thread-spawn`. `threads` finds the guest's threads in a store's data.
///
/// # Errors
/// If it is defined already.
pub fn add_to_linker<T: Clone + Send + 'static>(
    linker: &mut Linker<T>,
    threads: impl Fn(&mut T) -> Option<&WasiThreads<T>> + Copy + Send + Sync + 'static,
) -> sarsen::Result<()> {
    let spawn = move |mut caller: Caller<'_, T>, argument: i32| -> sarsen::Result<i32> {
        price::pay(&mut caller, price::THREAD)?;
        let Some(threads) = threads(caller.data_mut()).cloned() else { return Ok(NO_THREAD) };
        Ok(threads.spawn(caller.data(), argument))
    };
    linker.func_wrap(SPAWN.0, SPAWN.1, spawn)?;
    Ok(())
}

/// Defines a new shared memory for each one that the module imports and nobody has defined, as the limiter of the first
/// thread's store allows.
///
/// # Errors
/// If the limiter says no, or there is no room.
pub fn add_memories_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    store: &mut Store<T>,
    module: &Module,
) -> sarsen::Result<()> {
    for import in module.imports() {
        if let ExternType::Memory(ty) = import.ty()
            && ty.is_shared()
            && linker.get_by_import(&mut *store, &import).is_none()
        {
            let memory = SharedMemory::new_limited(&mut *store, ty)?;
            linker.define(&*store, import.module(), import.name(), memory)?;
        }
    }
    Ok(())
}

/// Whether a module starts threads.
pub fn wants_threads(module: &Module) -> bool {
    module.imports().any(|import| (import.module(), import.name()) == SPAWN)
}
