//! Limits on what guests may ask for. They are asked from `sarsen-vm`, which also adds up totals; how large a module may be
//! is in [`ModuleLimits`](crate::ModuleLimits), how deep calls and how large the heap of any store in
//! [`Config`](crate::Config).
//!
//! # Invariants
//!
//! A [`Limiter`] points at the data of the store that owns it.

use crate::Result;

/// Decides about what guests ask for. A panic stops the guest, and goes on where it was called.
pub trait ResourceLimiter: Send {
    /// Whether a memory may grow from `current` to `desired` bytes. Errors count as no.
    ///
    /// # Errors
    /// As the embedder likes.
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool>;

    /// Whether a table may grow from `current` to `desired` elements. Errors count as no.
    ///
    /// # Errors
    /// As the embedder likes.
    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool>;

    /// Whether the heap of the garbage collector may grow from `current` to `desired` bytes; `maximum` is what
    /// [`Config::max_gc_heap`](crate::Config::max_gc_heap) allows. Errors count as no. Guests that find no room after a
    /// collection trap with [`Trap::HeapExhausted`](crate::Trap::HeapExhausted).
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

    /// The limits.
    pub fn build(self) -> StoreLimits {
        self.0
    }
}

impl ResourceLimiter for StoreLimits {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(self.memory_size.is_none_or(|limit| desired <= limit))
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(self.table_elements.is_none_or(|limit| desired <= limit))
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
    find: std::sync::Mutex<F>,
}

// SAFETY: the pointer is only followed by the thread that has the store exclusively.
unsafe impl<T, F: Send> Send for Limiter<T, F> {}

impl<T, F: FnMut(&mut T) -> &mut dyn ResourceLimiter> Limiter<T, F> {
    pub(crate) fn new(data: *mut T, find: F) -> Limiter<T, F> {
        Limiter { data, find: std::sync::Mutex::new(find) }
    }

    fn with<R>(&self, ask: impl FnOnce(&mut dyn ResourceLimiter) -> R) -> R {
        // SAFETY: the data lives beside the runtime's store, which is what calls; nobody else has it meanwhile.
        let data = unsafe { &mut *self.data };
        let mut find = self.find.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ask(find(data))
    }

    /// Asks; the runtime takes care that a panic does not unwind running code.
    fn allows(&self, ask: impl FnOnce(&mut dyn ResourceLimiter) -> Result<bool>) -> bool {
        matches!(self.with(ask), Ok(true))
    }
}

fn size(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// A total, where the largest stands for none.
fn total(limit: usize) -> u64 {
    if limit == usize::MAX { u64::MAX } else { limit as u64 }
}

impl<T, F: Send + FnMut(&mut T) -> &mut dyn ResourceLimiter> sarsen_vm::ResourceLimiter for Limiter<T, F> {
    fn memory_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool {
        self.allows(|limiter| limiter.memory_growing(size(current), size(desired), maximum.map(size)))
    }

    fn table_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool {
        self.allows(|limiter| limiter.table_growing(size(current), size(desired), maximum.map(size)))
    }

    fn gc_heap_growing(&mut self, current: u64, desired: u64, maximum: u64) -> bool {
        self.allows(|limiter| limiter.gc_heap_growing(size(current), size(desired), size(maximum)))
    }

    fn total_memory_bytes(&self) -> u64 {
        total(self.with(|limiter| limiter.total_memory_bytes()))
    }

    fn total_table_elements(&self) -> u64 {
        total(self.with(|limiter| limiter.total_table_elements()))
    }

    fn instances(&self) -> usize {
        self.with(|limiter| limiter.instances())
    }

    fn tables(&self) -> usize {
        self.with(|limiter| limiter.tables())
    }

    fn memories(&self) -> usize {
        self.with(|limiter| limiter.memories())
    }
}
