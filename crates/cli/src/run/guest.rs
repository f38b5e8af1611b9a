//! What the stores of a guest know: its grants, its threads, its limits.
//!
//! Owns the limit on memory, which all threads of the guest share, and the count of what they have taken.
//! Who may start threads, and what was granted, is decided by others.

use super::ending::Reader;
use super::options::Options;
use super::values::Size;
use sarsen::{Engine, Error, ErrorKind, ResourceLimiter, Store};
use sarsen_wasi::p1::WasiP1Ctx;
use sarsen_wasi::threads::WasiThreads;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Bytes that an element of a table takes.
const TABLE_ELEMENT: usize = 8;

/// The data of each store of a guest: threads have stores of their own.
#[derive(Clone)]
pub(super) struct Guest {
    pub(super) wasi: WasiP1Ctx,
    pub(super) threads: WasiThreads<Guest>,
    pub(super) limits: Limits,
    pub(super) reader: Reader,
}

impl Guest {
    pub(super) fn new(wasi: WasiP1Ctx, reader: Reader, options: &Options) -> Guest {
        let threads = WasiThreads::new(options.max_threads(), wasi.stop_handle());
        let guest = Guest { wasi, threads, limits: Limits::new(options.max_memory), reader };
        let (fuel, limited) = (options.fuel, options.max_memory.is_some() || options.wants_stats());
        guest.threads.configure(move |store| set_up(store, fuel, limited));
        guest
    }

    /// A store of this guest's.
    ///
    /// # Errors
    /// If the system has no room for its stack.
    pub(super) fn store(self, engine: &Engine, options: &Options) -> sarsen::Result<Store<Guest>> {
        let mut store = Store::try_new(engine, self)?;
        set_up(&mut store, options.fuel, options.max_memory.is_some() || options.wants_stats());
        Ok(store)
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

/// How much of everything one store has, and what all stores of the guest may have together.
#[derive(Clone)]
pub(crate) struct Limits {
    /// Not a share: what a thread made a common memory grow by stays when the thread ends.
    memory: Arc<Budget>,
    heap: Share,
    tables: Share,
}

impl Limits {
    pub(crate) fn new(maximum: Option<Size>) -> Limits {
        let bytes = maximum.map_or(usize::MAX, |Size(bytes)| bytes);
        Limits {
            memory: Arc::new(Budget::new(bytes)),
            heap: Share::of(Budget::new(bytes)),
            tables: Share::of(Budget::new(bytes / TABLE_ELEMENT)),
        }
    }

    /// Bytes of all memories that the threads have had.
    pub(super) fn taken(&self) -> usize {
        self.memory.taken.load(Ordering::Relaxed)
    }

    /// What to say of a module whose memories or tables there is no room for, if that is why it failed.
    pub(super) fn explain(&self, error: Error) -> Error {
        let refused =
            [&self.memory, &self.tables.budget].map(|budget| budget.refused.load(Ordering::Relaxed));
        if error.kind() == ErrorKind::Limit && refused.contains(&true) {
            return error.context(format!("--max-memory allows {} bytes", self.memory.maximum));
        }
        error
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> sarsen::Result<bool> {
        Ok(self.memory.take(desired - current))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> sarsen::Result<bool> {
        Ok(self.tables.take(desired - current))
    }

    fn gc_heap_growing(&mut self, current: usize, desired: usize, _: usize) -> sarsen::Result<bool> {
        Ok(self.heap.take(desired - current))
    }
}

/// What all threads may have together.
struct Budget {
    maximum: usize,
    taken: AtomicUsize,
    /// More was asked for than there is.
    refused: AtomicBool,
}

impl Budget {
    fn new(maximum: usize) -> Budget {
        Budget { maximum, taken: AtomicUsize::new(0), refused: AtomicBool::new(false) }
    }

    fn take(&self, more: usize) -> bool {
        let sum = |taken: usize| taken.checked_add(more).filter(|sum| *sum <= self.maximum);
        let allowed = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum).is_ok();
        if !allowed {
            self.refused.store(true, Ordering::Relaxed);
        }
        allowed
    }
}

/// What one store has of a budget, which gets it back when the store goes. A clone is for another store, and has nothing.
struct Share {
    budget: Arc<Budget>,
    own: usize,
}

impl Share {
    fn of(budget: Budget) -> Share {
        Share { budget: Arc::new(budget), own: 0 }
    }

    fn take(&mut self, more: usize) -> bool {
        let allowed = self.budget.take(more);
        if allowed {
            self.own += more;
        }
        allowed
    }
}

impl Clone for Share {
    fn clone(&self) -> Share {
        Share { budget: Arc::clone(&self.budget), own: 0 }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.taken.fetch_sub(self.own, Ordering::Relaxed);
    }
}
