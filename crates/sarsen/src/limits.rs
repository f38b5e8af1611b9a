//! Limits on what guests may ask for. They are asked from `sarsen-vm`, which also adds up totals; how large a module may be
//! is in [`ModuleLimits`](crate::ModuleLimits), how deep calls and how large the heap of any store in
//! [`Config`](crate::Config).
//!
//! # Invariants
//!
//! A [`Limiter`] points at the data of the store that owns it.

use crate::fiber::unfinished;
use crate::{Error, ErrorKind, Result};
use sarsen_vm::{Growth, HostError, Waiter};
use std::future::ready;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Decides about what guests ask for. A panic stops the guest, and goes on where it was called; so does an error, where it was
/// called for a memory or a table.
pub trait ResourceLimiter: Send {
    /// Whether a memory may grow from `current` to `desired` bytes. It is asked again where another thread has made a shared
    /// memory larger meanwhile, and what was allowed is not what it would be.
    ///
    /// # Errors
    /// As the embedder likes: guests that are told no go on without, those for which this fails stop.
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool>;

    /// Whether a table may grow from `current` to `desired` elements.
    ///
    /// # Errors
    /// As for [`ResourceLimiter::memory_growing`].
    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool>;

    /// A memory that was allowed to grow cannot, because of its type or the system.
    ///
    /// # Errors
    /// If the guest is to stop; by default, it is told that it has no more.
    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        let _ = error;
        Ok(())
    }

    /// A table that was allowed to grow cannot.
    ///
    /// # Errors
    /// As for [`ResourceLimiter::memory_grow_failed`].
    fn table_grow_failed(&mut self, error: Error) -> Result<()> {
        let _ = error;
        Ok(())
    }

    /// Whether the heap of the garbage collector may grow from `current` to `desired` bytes; `maximum` is what
    /// [`Config::max_gc_heap`](crate::Config::max_gc_heap) allows. Errors count as no. Guests that find no room after a
    /// collection trap with [`Trap::AllocationTooLarge`](crate::Trap::AllocationTooLarge).
    ///
    /// # Errors
    /// As the embedder likes.
    fn gc_heap_growing(&mut self, current: usize, desired: usize, maximum: usize) -> Result<bool> {
        let _ = (current, desired, maximum);
        Ok(true)
    }

    /// Bytes that all memories of the store may have together. A shared memory counts in every store that it was given to,
    /// as large as it is at the moment.
    fn total_memory_bytes(&self) -> usize {
        usize::MAX
    }

    /// Elements that all tables of the store may have together.
    fn total_table_elements(&self) -> usize {
        usize::MAX
    }

    /// Instances that the store may hold.
    fn instances(&self) -> usize {
        usize::MAX
    }

    /// Tables that the store may hold.
    fn tables(&self) -> usize {
        usize::MAX
    }

    /// Memories that the store may hold.
    fn memories(&self) -> usize {
        usize::MAX
    }
}

/// Whether something may grow, later.
type Later<'a> = Pin<Box<dyn Future<Output = Result<bool>> + Send + 'a>>;

/// A [`ResourceLimiter`] that may take its time: the guest waits meanwhile, if it was called such that it can. Its methods are
/// what `async fn`s are with the `async_trait` crate.
pub trait ResourceLimiterAsync: Send {
    /// As [`ResourceLimiter::memory_growing`].
    fn memory_growing<'life0, 'async_trait>(
        &'life0 mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Later<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait;

    /// As [`ResourceLimiter::table_growing`].
    fn table_growing<'life0, 'async_trait>(
        &'life0 mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Later<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait;

    /// As [`ResourceLimiter::gc_heap_growing`].
    fn gc_heap_growing<'life0, 'async_trait>(
        &'life0 mut self,
        current: usize,
        desired: usize,
        maximum: usize,
    ) -> Later<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let _ = (current, desired, maximum);
        Box::pin(ready(Ok(true)))
    }

    /// As [`ResourceLimiter::memory_grow_failed`].
    ///
    /// # Errors
    /// As there.
    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        let _ = error;
        Ok(())
    }

    /// As [`ResourceLimiter::table_grow_failed`].
    ///
    /// # Errors
    /// As there.
    fn table_grow_failed(&mut self, error: Error) -> Result<()> {
        let _ = error;
        Ok(())
    }

    /// As [`ResourceLimiter::total_memory_bytes`].
    fn total_memory_bytes(&self) -> usize {
        usize::MAX
    }

    /// As [`ResourceLimiter::total_table_elements`].
    fn total_table_elements(&self) -> usize {
        usize::MAX
    }

    /// As [`ResourceLimiter::instances`].
    fn instances(&self) -> usize {
        usize::MAX
    }

    /// As [`ResourceLimiter::tables`].
    fn tables(&self) -> usize {
        usize::MAX
    }

    /// As [`ResourceLimiter::memories`].
    fn memories(&self) -> usize {
        usize::MAX
    }
}

/// Fixed limits.
#[derive(Clone, Debug)]
pub struct StoreLimits {
    memory_size: Option<usize>,
    table_elements: Option<usize>,
    gc_heap_bytes: usize,
    total_memory_bytes: usize,
    total_table_elements: usize,
    instances: usize,
    tables: usize,
    memories: usize,
    trap_on_grow_failure: bool,
}

impl Default for StoreLimits {
    fn default() -> StoreLimits {
        StoreLimits {
            memory_size: None,
            table_elements: None,
            gc_heap_bytes: usize::MAX,
            total_memory_bytes: usize::MAX,
            total_table_elements: usize::MAX,
            instances: usize::MAX,
            tables: usize::MAX,
            memories: usize::MAX,
            trap_on_grow_failure: false,
        }
    }
}

/// Builds [`StoreLimits`].
#[derive(Clone, Debug, Default)]
pub struct StoreLimitsBuilder(StoreLimits);

impl StoreLimitsBuilder {
    /// No limits yet.
    pub fn new() -> StoreLimitsBuilder {
        StoreLimitsBuilder::default()
    }

    /// Bytes that each memory may have.
    #[must_use]
    pub fn memory_size(mut self, limit: usize) -> Self {
        self.0.memory_size = Some(limit);
        self
    }

    /// Elements that each table may have.
    #[must_use]
    pub fn table_elements(mut self, limit: usize) -> Self {
        self.0.table_elements = Some(limit);
        self
    }

    /// Bytes that all memories of the store may have together.
    #[must_use]
    pub fn total_memory_bytes(mut self, limit: usize) -> Self {
        self.0.total_memory_bytes = limit;
        self
    }

    /// Elements that all tables of the store may have together; each takes 8 bytes.
    #[must_use]
    pub fn total_table_elements(mut self, limit: usize) -> Self {
        self.0.total_table_elements = limit;
        self
    }

    /// Bytes that the heap of the garbage collector may have: structs, arrays, exceptions, and references to something of
    /// the host's, but not what these refer to.
    #[must_use]
    pub fn gc_heap_bytes(mut self, limit: usize) -> Self {
        self.0.gc_heap_bytes = limit;
        self
    }

    /// Instances that the store may hold.
    #[must_use]
    pub fn instances(mut self, limit: usize) -> Self {
        self.0.instances = limit;
        self
    }

    /// Tables that the store may hold.
    #[must_use]
    pub fn tables(mut self, limit: usize) -> Self {
        self.0.tables = limit;
        self
    }

    /// Memories that the store may hold.
    #[must_use]
    pub fn memories(mut self, limit: usize) -> Self {
        self.0.memories = limit;
        self
    }

    /// Whether guests stop that want more memory or larger tables than they can have, instead of being told no.
    #[must_use]
    pub fn trap_on_grow_failure(mut self, trap: bool) -> Self {
        self.0.trap_on_grow_failure = trap;
        self
    }

    /// The limits.
    pub fn build(self) -> StoreLimits {
        self.0
    }
}

impl StoreLimits {
    /// What is said to somebody who wants `desired`.
    fn answer(&self, limit: Option<usize>, desired: usize, what: &str) -> Result<bool> {
        match limit {
            Some(limit) if desired > limit && self.trap_on_grow_failure => Err(Error::of(
                ErrorKind::Limit,
                format!("{desired} {what} are more than the {limit} allowed"),
            )),
            _ => Ok(limit.is_none_or(|limit| desired <= limit)),
        }
    }

    fn failed(&self, error: Error) -> Result<()> {
        if self.trap_on_grow_failure { Err(error) } else { Ok(()) }
    }
}

impl ResourceLimiter for StoreLimits {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.answer(self.memory_size, desired, "bytes of memory")
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.answer(self.table_elements, desired, "table elements")
    }

    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        self.failed(error)
    }

    fn table_grow_failed(&mut self, error: Error) -> Result<()> {
        self.failed(error)
    }

    fn gc_heap_growing(&mut self, _: usize, desired: usize, _: usize) -> Result<bool> {
        Ok(desired <= self.gc_heap_bytes)
    }

    fn total_memory_bytes(&self) -> usize {
        self.total_memory_bytes
    }

    fn total_table_elements(&self) -> usize {
        self.total_table_elements
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.tables
    }

    fn memories(&self) -> usize {
        self.memories
    }
}

/// The runtime's view of the limiter in a store's data.
pub(crate) struct Limiter<T, F> {
    data: *mut T,
    find: Mutex<F>,
}

/// The same of one that may take its time.
pub(crate) struct LimiterAsync<T, F>(pub(crate) Limiter<T, F>);

// SAFETY: the pointer is only followed by the thread that has the store exclusively.
unsafe impl<T, F: Send> Send for Limiter<T, F> {}

impl<T, F> Limiter<T, F> {
    pub(crate) fn new(data: *mut T, find: F) -> Limiter<T, F> {
        Limiter { data, find: Mutex::new(find) }
    }

    /// The data, and how to find the limiter in it. The runtime takes care that a panic does not unwind running code.
    #[expect(clippy::mut_from_ref, reason = "the data are not this one's")]
    fn parts(&self) -> (&mut T, MutexGuard<'_, F>) {
        // SAFETY: the data lives beside the runtime's store, which is what calls; nobody else has it meanwhile.
        let data = unsafe { &mut *self.data };
        (data, self.find.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Waits for an answer.
fn answer(waiter: Option<Waiter>, later: Later<'_>) -> Result<bool> {
    // SAFETY: the store is where it was when it asked; the answer has nothing of it but data of the embedder's.
    unsafe { Waiter::wait_for(waiter, later) }.map_err(unfinished)?
}

fn failed(error: Error) -> HostError {
    HostError::Error(Box::new(error))
}

/// The error of growth that nobody has refused.
fn no_room(what: &str) -> Error {
    Error::of(ErrorKind::Limit, format!("the {what} cannot grow: its type or the system has no room"))
}

fn size(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// A total, where the largest stands for none.
fn total(limit: usize) -> u64 {
    if limit == usize::MAX { u64::MAX } else { limit as u64 }
}

/// How large it is, how large it would be, and how large it may ever be.
fn sizes(growth: &Growth) -> (usize, usize, Option<usize>) {
    (size(growth.current), size(growth.desired), growth.maximum.map(size))
}

/// What both views say in the same way.
macro_rules! totals {
    () => {
        fn memory_grow_failed(&mut self) -> Result<(), HostError> {
            self.limiter().memory_grow_failed(no_room("memory")).map_err(failed)
        }

        fn table_grow_failed(&mut self) -> Result<(), HostError> {
            self.limiter().table_grow_failed(no_room("table")).map_err(failed)
        }

        fn total_memory_bytes(&self) -> u64 {
            total(self.limiter().total_memory_bytes())
        }

        fn total_table_elements(&self) -> u64 {
            total(self.limiter().total_table_elements())
        }

        fn instances(&self) -> usize {
            self.limiter().instances()
        }

        fn tables(&self) -> usize {
            self.limiter().tables()
        }

        fn memories(&self) -> usize {
            self.limiter().memories()
        }
    };
}

impl<T, F: FnMut(&mut T) -> &mut dyn ResourceLimiter> Limiter<T, F> {
    fn limiter(&self) -> &mut dyn ResourceLimiter {
        let (data, mut find) = self.parts();
        find(data)
    }
}

impl<T, F: FnMut(&mut T) -> &mut dyn ResourceLimiterAsync> LimiterAsync<T, F> {
    fn limiter(&self) -> &mut dyn ResourceLimiterAsync {
        let (data, mut find) = self.0.parts();
        find(data)
    }
}

impl<T, F: Send + FnMut(&mut T) -> &mut dyn ResourceLimiter> sarsen_vm::ResourceLimiter for Limiter<T, F> {
    fn memory_growing(&mut self, growth: Growth) -> Result<bool, HostError> {
        let (current, desired, maximum) = sizes(&growth);
        self.limiter().memory_growing(current, desired, maximum).map_err(failed)
    }

    fn table_growing(&mut self, growth: Growth) -> Result<bool, HostError> {
        let (current, desired, maximum) = sizes(&growth);
        self.limiter().table_growing(current, desired, maximum).map_err(failed)
    }

    fn gc_heap_growing(&mut self, growth: Growth) -> bool {
        let (current, desired, maximum) = sizes(&growth);
        let answer = self.limiter().gc_heap_growing(current, desired, maximum.unwrap_or(usize::MAX));
        answer.unwrap_or(false)
    }

    totals!();
}

impl<T, F: Send + FnMut(&mut T) -> &mut dyn ResourceLimiterAsync> sarsen_vm::ResourceLimiter
    for LimiterAsync<T, F>
{
    fn memory_growing(&mut self, growth: Growth) -> Result<bool, HostError> {
        let (current, desired, maximum) = sizes(&growth);
        answer(growth.waiter, self.limiter().memory_growing(current, desired, maximum)).map_err(failed)
    }

    fn table_growing(&mut self, growth: Growth) -> Result<bool, HostError> {
        let (current, desired, maximum) = sizes(&growth);
        answer(growth.waiter, self.limiter().table_growing(current, desired, maximum)).map_err(failed)
    }

    fn gc_heap_growing(&mut self, growth: Growth) -> bool {
        let (current, desired, maximum) = sizes(&growth);
        let later = self.limiter().gc_heap_growing(current, desired, maximum.unwrap_or(usize::MAX));
        answer(growth.waiter, later).unwrap_or(false)
    }

    totals!();
}
