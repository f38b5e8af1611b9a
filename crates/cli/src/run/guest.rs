//! What the stores of a guest know: its grants, its threads, its limits.
//!
//! Owns the limit on memory and the count of what the guest has taken.
//! Who may start threads, and what was granted, is decided by others.

use super::options::Options;
use super::values::Size;
use sarsen::{Engine, Error, Module, ResourceLimiter, Store, StoreLimits, StoreLimitsBuilder};
use sarsen_wasi::p1::WasiP1Ctx;
use sarsen_wasi::threads::WasiThreads;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The data of each store of a guest: threads have stores of their own.
#[derive(Clone)]
pub(super) struct Guest {
    pub(super) wasi: WasiP1Ctx,
    pub(super) threads: WasiThreads<Guest>,
    pub(super) limits: Limits,
}

impl Guest {
    pub(super) fn new(wasi: WasiP1Ctx, options: &Options) -> Guest {
        let threads = WasiThreads::new(options.max_threads(), wasi.stop_handle());
        let guest = Guest { wasi, threads, limits: Limits::new(options.max_memory) };
        let (fuel, limited) = (options.fuel, options.max_memory.is_some() || options.wants_stats());
        guest.threads.configure(move |store| set_up(store, fuel, limited));
        guest
    }

    /// A store of this guest's.
    pub(super) fn store(self, engine: &Engine, options: &Options) -> Store<Guest> {
        let mut store = Store::new(engine, self);
        set_up(&mut store, options.fuel, options.max_memory.is_some() || options.wants_stats());
        store
    }
}

fn set_up(store: &mut Store<Guest>, fuel: Option<u64>, limited: bool) {
    if let Some(fuel) = fuel {
        // It fails only if the engine does not count fuel, and it does if there is a number.
        let _ = store.set_fuel(fuel);
    }
    if limited {
        store.limiter(|guest| &mut guest.limits);
    }
}

/// How much memory a guest may have, and has.
#[derive(Clone)]
pub(super) struct Limits {
    limits: StoreLimits,
    maximum: Option<Size>,
    taken: Arc<AtomicUsize>,
}

impl Limits {
    fn new(maximum: Option<Size>) -> Limits {
        let limits = StoreLimitsBuilder::new();
        let limits = match maximum {
            Some(Size(bytes)) => limits.total_memory_bytes(bytes).gc_heap_bytes(bytes),
            None => limits,
        };
        Limits { limits: limits.build(), maximum, taken: Arc::default() }
    }

    /// Bytes of all memories of all threads. Memories do not shrink.
    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Notes memories that no store makes, because threads share them.
    ///
    /// # Errors
    /// If there may not be so much.
    pub(super) fn take_shared(&self, bytes: usize) -> sarsen::Result<()> {
        let taken = self.taken.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        match self.maximum {
            Some(Size(maximum)) if taken > maximum => Err(Error::msg(format!(
                "its shared memory starts with {bytes} bytes, and --max-memory allows {maximum}"
            ))),
            _ => Ok(()),
        }
    }

    /// What to say of a module whose memories there is no room for, if that is why it failed.
    pub(super) fn explain(&self, module: &Module, error: Error) -> Error {
        match self.maximum {
            Some(Size(maximum)) if error.kind() == sarsen::ErrorKind::Limit => {
                let name = module.name().map_or(String::new(), |name| format!("{name}: "));
                error.context(format!("{name}--max-memory allows {maximum} bytes"))
            }
            _ => error,
        }
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> sarsen::Result<bool> {
        let allowed = self.limits.memory_growing(current, desired, maximum)?;
        if allowed {
            self.taken.fetch_add(desired - current, Ordering::Relaxed);
        }
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> sarsen::Result<bool> {
        self.limits.table_growing(current, desired, maximum)
    }

    fn gc_heap_growing(&mut self, current: usize, desired: usize, maximum: usize) -> sarsen::Result<bool> {
        self.limits.gc_heap_growing(current, desired, maximum)
    }

    fn total_memory_bytes(&self) -> usize {
        self.limits.total_memory_bytes()
    }
}
