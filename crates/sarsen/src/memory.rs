//! Memories. How one grows, and where its pages are, is the matter of `sarsen_vm`.
//!
//! # Invariants
//!
//! Slices of a memory borrow the store, so that it can neither run code nor grow the memory meanwhile.

use crate::fiber::on_fiber;
use crate::func::refused;
use crate::store::Opaque;
use crate::types::MemoryType;
use crate::{AsContext, AsContextMut, Engine, Error, ErrorKind, Result, StoreContext, StoreContextMut};
use sarsen_vm::MemoryId;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::Relaxed;

/// A memory of a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Memory {
    store: u64,
    id: MemoryId,
}

/// An access was outside of a memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct MemoryAccessError {}

impl fmt::Display for MemoryAccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of bounds memory access")
    }
}

impl std::error::Error for MemoryAccessError {}

impl Memory {
    /// A new memory.
    ///
    /// # Errors
    /// If the type is invalid or shared, or there is no room.
    pub fn new(mut store: impl AsContextMut, ty: MemoryType) -> Result<Memory> {
        let opaque = &mut store.as_context_mut().0.opaque;
        if ty.is_shared() {
            return Err(Error::msg("shared memories are made with SharedMemory::new"));
        }
        ty.check()?;
        let bytes = ty.0.min_bytes();
        let made = opaque.vm.new_memory(ty.0);
        let id = made.ok_or_else(|| opaque.vm.take_refusal().map_or_else(|| no_room(bytes), refused))?;
        Ok(Memory::from_id(opaque, id))
    }

    /// As [`Memory::new`], waiting for a [limiter](crate::Store::limiter_async).
    ///
    /// # Errors
    /// As [`Memory::new`].
    pub async fn new_async<T: Send + 'static>(
        mut store: impl AsContextMut<Data = T>,
        ty: MemoryType,
    ) -> Result<Memory> {
        on_fiber(store.as_context_mut(), |store| Memory::new(store, ty)).await
    }

    /// Its type.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> MemoryType {
        MemoryType(self.expect(&store.as_context().0.opaque).memory_type(self.id))
    }

    /// Bytes of a page.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn page_size(&self, store: impl AsContext) -> u64 {
        self.ty(store).page_size()
    }

    /// Logarithm of the bytes of a page.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn page_size_log2(&self, store: impl AsContext) -> u8 {
        self.ty(store).page_size_log2()
    }

    #[track_caller]
    fn expect<'a>(&self, opaque: &'a Opaque) -> &'a sarsen_vm::Store {
        opaque.expect(self.store, "memory");
        &opaque.vm
    }

    /// Its bytes.
    ///
    /// # Panics
    /// If it belongs to another store, or is shared: see [`SharedMemory`].
    pub fn data<'a, T: 'static>(&self, store: impl Into<StoreContext<'a, T>>) -> &'a [u8] {
        self.bytes(&store.into().0.opaque).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Its bytes.
    ///
    /// # Panics
    /// If it belongs to another store, or is shared: see [`SharedMemory`].
    pub fn data_mut<'a, T: 'static>(&self, store: impl Into<StoreContextMut<'a, T>>) -> &'a mut [u8] {
        self.bytes_mut(&mut store.into().0.opaque).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Its bytes, and the embedder's data of the store.
    ///
    /// # Panics
    /// If it belongs to another store, or is shared: see [`SharedMemory`].
    pub fn data_and_store_mut<'a, T: 'static>(
        &self,
        store: impl Into<StoreContextMut<'a, T>>,
    ) -> (&'a mut [u8], &'a mut T) {
        let inner = store.into().0;
        let bytes = self.bytes_mut(&mut inner.opaque).unwrap_or_else(|error| panic!("{error}"));
        (bytes, &mut inner.data)
    }

    /// Where its bytes are, and how many, if they can be borrowed.
    #[inline]
    fn place(&self, opaque: &Opaque) -> Result<(*mut u8, usize)> {
        opaque.check(self.store, "memory")?;
        let vm = &opaque.vm;
        if vm.shared_memory(self.id).is_some() {
            return Err(Error::msg("the bytes of a shared memory cannot be borrowed"));
        }
        Ok((vm.memory_base(self.id), usize::try_from(vm.memory_len(self.id)).unwrap_or(usize::MAX)))
    }

    #[inline]
    pub(crate) fn bytes<'a>(&self, opaque: &'a Opaque) -> Result<&'a [u8]> {
        let (base, len) = self.place(opaque)?;
        // SAFETY: the memory has this many bytes, and the borrow of the store keeps code from running.
        Ok(unsafe { std::slice::from_raw_parts(base, len) })
    }

    #[inline]
    pub(crate) fn bytes_mut<'a>(&self, opaque: &'a mut Opaque) -> Result<&'a mut [u8]> {
        let (base, len) = self.place(opaque)?;
        // SAFETY: the memory has this many bytes, and the exclusive borrow of the store keeps everyone else away.
        Ok(unsafe { std::slice::from_raw_parts_mut(base, len) })
    }

    #[inline]
    pub(crate) fn bytes_and_extension<'a, E: Default + Send + 'static>(
        &self,
        opaque: &'a mut Opaque,
    ) -> Result<(&'a mut [u8], &'a mut E)> {
        let (base, len) = self.place(opaque)?;
        // SAFETY: as above; what other crates keep with a store is not in a memory, and nothing else of it is borrowed.
        Ok((unsafe { std::slice::from_raw_parts_mut(base, len) }, opaque.extension()))
    }

    pub(crate) fn bytes_of_two(opaque: &mut Opaque, from: Memory, to: Memory) -> Result<(&[u8], &mut [u8])> {
        if from == to {
            return Err(Error::msg("expected two memories, found the same twice"));
        }
        let ((base, len), (to_base, to_len)) = (from.place(opaque)?, to.place(opaque)?);
        // SAFETY: as above; memories that are not shared and not the same have no byte in common.
        unsafe {
            Ok((std::slice::from_raw_parts(base, len), std::slice::from_raw_parts_mut(to_base, to_len)))
        }
    }

    /// Where its bytes are: valid until code runs or it grows. What is read and written there is not checked.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn data_ptr(&self, store: impl AsContext) -> *mut u8 {
        self.expect(&store.as_context().0.opaque).memory_base(self.id)
    }

    /// Its size in bytes.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn data_size(&self, store: impl AsContext) -> usize {
        let len = self.expect(&store.as_context().0.opaque).memory_len(self.id);
        usize::try_from(len).unwrap_or(usize::MAX)
    }

    /// Its size in pages.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn size(&self, store: impl AsContext) -> u64 {
        let store = store.as_context();
        let vm = self.expect(&store.0.opaque);
        vm.memory_len(self.id) >> vm.memory_type(self.id).page_size_log2
    }

    /// Copies bytes from `offset` on.
    ///
    /// # Errors
    /// If they are not all inside.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn read(
        &self,
        store: impl AsContext,
        offset: usize,
        buffer: &mut [u8],
    ) -> Result<(), MemoryAccessError> {
        let store = store.as_context();
        let from = self.range(&store.0.opaque, offset, buffer.len())?;
        // SAFETY: the range is inside the memory, and the buffer is not the guest's.
        unsafe { from.copy_to_nonoverlapping(buffer.as_mut_ptr(), buffer.len()) };
        Ok(())
    }

    /// Copies bytes to `offset` on.
    ///
    /// # Errors
    /// If they are not all inside.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn write(
        &self,
        mut store: impl AsContextMut,
        offset: usize,
        buffer: &[u8],
    ) -> Result<(), MemoryAccessError> {
        let store = store.as_context_mut();
        let to = self.range(&store.0.opaque, offset, buffer.len())?;
        // SAFETY: the range is inside the memory, and the buffer is not the guest's.
        unsafe { to.copy_from_nonoverlapping(buffer.as_ptr(), buffer.len()) };
        Ok(())
    }

    fn range(&self, opaque: &Opaque, offset: usize, len: usize) -> Result<*mut u8, MemoryAccessError> {
        self.expect(opaque).memory_range(self.id, offset as u64, len as u64).ok_or(MemoryAccessError {})
    }

    /// Grows by `delta` pages; the old size.
    ///
    /// # Errors
    /// If it cannot have as many, or belongs to another store.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u64) -> Result<u64> {
        let opaque = &mut store.as_context_mut().0.opaque;
        opaque.check(self.store, "memory")?;
        let grown = opaque.vm.grow_memory(self.id, delta);
        let no_room = || Error::of(ErrorKind::Limit, format!("the memory cannot grow by {delta} pages"));
        grown.ok_or_else(|| opaque.vm.take_refusal().map_or_else(no_room, refused))
    }

    /// As [`Memory::grow`], waiting for a [limiter](crate::Store::limiter_async).
    ///
    /// # Errors
    /// As [`Memory::grow`].
    pub async fn grow_async<T: Send + 'static>(
        &self,
        mut store: impl AsContextMut<Data = T>,
        delta: u64,
    ) -> Result<u64> {
        on_fiber(store.as_context_mut(), |store| self.grow(store, delta)).await
    }

    pub(crate) fn from_id(store: &Opaque, id: MemoryId) -> Memory {
        Memory { store: store.id(), id }
    }

    pub(crate) fn id(&self, store: &Opaque) -> Result<MemoryId> {
        store.check(self.store, "memory")?;
        Ok(self.id)
    }
}

fn no_room(bytes: u64) -> Error {
    Error::of(ErrorKind::Limit, format!("cannot allocate a memory of {bytes} bytes"))
}

/// A memory that threads share: it can be given to any number of stores of its engine.
#[derive(Clone, Debug)]
pub struct SharedMemory {
    engine: Engine,
    memory: Arc<sarsen_vm::SharedMemory>,
}

impl SharedMemory {
    /// A new shared memory.
    ///
    /// # Errors
    /// If the type is invalid or not shared, there is no room, or the engine has no threads.
    pub fn new(engine: &Engine, ty: MemoryType) -> Result<SharedMemory> {
        SharedMemory::check(engine, &ty)?;
        let memory = sarsen_vm::SharedMemory::new(ty.0, engine.config().store().memory_guard)
            .ok_or_else(|| no_room(ty.0.max_bytes()))?;
        Ok(SharedMemory { engine: engine.clone(), memory })
    }

    /// A new shared memory of a store, whose [limiter](crate::ResourceLimiter) is asked: for types that a guest has chosen.
    ///
    /// # Errors
    /// As [`SharedMemory::new`], or if the limiter says no.
    pub fn new_limited(mut store: impl AsContextMut, ty: MemoryType) -> Result<SharedMemory> {
        let opaque = &mut store.as_context_mut().0.opaque;
        SharedMemory::check(&opaque.engine, &ty)?;
        let made = opaque.vm.new_memory(ty.0);
        let no_room = || no_room(ty.0.min_bytes());
        let id = made.ok_or_else(|| opaque.vm.take_refusal().map_or_else(no_room, refused))?;
        SharedMemory::of_store(opaque, id).ok_or_else(|| Error::bug("a shared memory is not shared"))
    }

    /// Whether there can be shared memories of this type.
    fn check(engine: &Engine, ty: &MemoryType) -> Result<()> {
        if !engine.config().wasm_features().contains(sarsen_isa::Feature::Threads) {
            return Err(Error::msg("shared memories need the feature threads"));
        }
        if !ty.is_shared() {
            return Err(Error::msg("the type is not that of a shared memory"));
        }
        ty.check()
    }

    /// Its type.
    pub fn ty(&self) -> MemoryType {
        MemoryType(self.memory.ty())
    }

    /// Its size in pages.
    pub fn size(&self) -> u64 {
        self.memory.len() >> self.memory.ty().page_size_log2
    }

    /// Bytes of a page.
    pub fn page_size(&self) -> u64 {
        self.ty().page_size()
    }

    /// Its size in bytes.
    pub fn data_size(&self) -> usize {
        usize::try_from(self.memory.len()).unwrap_or(usize::MAX)
    }

    /// Its bytes, which other threads may change at any time.
    pub fn data(&self) -> &[std::cell::UnsafeCell<u8>] {
        let base = self.memory.vm().base.cast::<std::cell::UnsafeCell<u8>>();
        // SAFETY: the memory has this many bytes, never moves and never shrinks; cells make no claim about who writes.
        unsafe { std::slice::from_raw_parts(base, self.data_size()) }
    }

    /// Copies bytes from `offset` on, each as it is at some moment of the call.
    ///
    /// # Errors
    /// If they are not all inside.
    pub fn read(&self, offset: usize, buffer: &mut [u8]) -> Result<(), MemoryAccessError> {
        let cells = self.cells(offset, buffer.len())?;
        for (byte, cell) in buffer.iter_mut().zip(cells) {
            *byte = cell.load(Relaxed);
        }
        Ok(())
    }

    /// Copies bytes to `offset` and further, one after the other.
    ///
    /// # Errors
    /// If they are not all inside.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), MemoryAccessError> {
        for (byte, cell) in bytes.iter().zip(self.cells(offset, bytes.len())?) {
            cell.store(*byte, Relaxed);
        }
        Ok(())
    }

    /// Bytes that may be looked at while others change them.
    fn cells(&self, offset: usize, len: usize) -> Result<&[AtomicU8], MemoryAccessError> {
        let inside = offset.checked_add(len).and_then(|end| self.data().get(offset..end));
        let cells = inside.ok_or(MemoryAccessError {})?;
        // SAFETY: an atomic byte has the layout of a byte, and everyone changes shared memories atomically or races
        // only with whom the guest lets it race.
        Ok(unsafe { std::slice::from_raw_parts(cells.as_ptr().cast::<AtomicU8>(), cells.len()) })
    }

    /// Grows by `delta` pages; the old size.
    ///
    /// # Errors
    /// If it cannot have as many.
    pub fn grow(&self, delta: u64) -> Result<u64> {
        let grown = self.memory.grow(delta);
        grown.ok_or_else(|| Error::of(ErrorKind::Limit, format!("the memory cannot grow by {delta} pages")))
    }

    pub(crate) fn in_store(&self, store: &mut Opaque) -> Result<MemoryId> {
        store.engine.expect_same(&self.engine, "shared memory")?;
        Ok(store.vm.add_shared_memory(&self.memory))
    }

    pub(crate) fn of_store(store: &Opaque, id: MemoryId) -> Option<SharedMemory> {
        let memory = Arc::clone(store.vm.shared_memory(id)?);
        Some(SharedMemory { engine: store.engine.clone(), memory })
    }
}
