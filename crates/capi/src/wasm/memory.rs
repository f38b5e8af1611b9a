//! Memories, those that threads share among them.

use super::types::{wasm_externtype_t, wasm_memorytype_t};
use crate::failure::noted;
use crate::lent::held;
use crate::object::{Object, wasm_memory_t, wasm_ref_t};
use crate::store::{Data, wasm_store_t};
use sarsen::{Error, ExternType, Memory, MemoryType, Result, SharedMemory, StoreContextMut};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// A memory of either kind.
pub(crate) enum Bytes<'a> {
    Own(Memory),
    Shared(&'a SharedMemory),
}

impl Bytes<'_> {
    fn ty(&self, context: &mut StoreContextMut<'_, Data>) -> MemoryType {
        match self {
            Bytes::Own(memory) => memory.ty(context),
            Bytes::Shared(memory) => memory.ty(),
        }
    }

    /// Where its bytes are, and how many. No reference to them is made: C has pointers to them.
    fn place(&self, context: &mut StoreContextMut<'_, Data>) -> (*mut u8, usize) {
        match self {
            Bytes::Own(memory) => (memory.data_ptr(&*context), memory.data_size(context)),
            Bytes::Shared(memory) => (memory.data().as_ptr().cast_mut().cast(), memory.data_size()),
        }
    }

    /// The same of `size` bytes from `offset` on, if they are all inside.
    pub(crate) fn range(
        &self,
        context: &mut StoreContextMut<'_, Data>,
        offset: u64,
        size: usize,
    ) -> Result<*mut u8> {
        let (base, len) = self.place(context);
        match usize::try_from(offset) {
            Ok(at) if at.checked_add(size).is_some_and(|end| end <= len) => Ok(base.wrapping_add(at)),
            _ => Err(Error::msg(format!("{size} bytes at {offset:#x} are not inside the memory"))),
        }
    }

    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Bytes::Shared(_))
    }

    fn size(&self, context: &mut StoreContextMut<'_, Data>) -> u64 {
        match self {
            Bytes::Own(memory) => memory.size(context),
            Bytes::Shared(memory) => memory.size(),
        }
    }

    fn grow(&self, context: &mut StoreContextMut<'_, Data>, delta: u64) -> Result<u64> {
        match self {
            Bytes::Own(memory) => memory.grow(context, delta),
            Bytes::Shared(memory) => memory.grow(delta),
        }
    }
}

/// Copies bytes from one place to another, which may have some in common: what arrives is what was there before. Of memories
/// that threads share, each byte is what it is at some moment of the call.
///
/// # Safety
/// There are so many at both places, and nobody changes them meanwhile, or all do so atomically who can, and they are `shared`.
pub(crate) unsafe fn copy_bytes(from: *const u8, to: *mut u8, size: usize, shared: bool) {
    if !shared {
        // SAFETY: by contract.
        return unsafe { to.copy_from(from, size) };
    }
    let copy = |index: usize| {
        // SAFETY: by contract; an atomic byte has the layout of a byte.
        unsafe {
            let byte = AtomicU8::from_ptr(from.cast_mut().add(index)).load(Relaxed);
            AtomicU8::from_ptr(to.add(index)).store(byte, Relaxed);
        }
    };
    // What is still to be copied must not be overwritten.
    if to.cast_const() <= from {
        (0..size).for_each(copy);
    } else {
        (0..size).rev().for_each(copy);
    }
}

/// Does something with a memory that is held, and its store.
pub(crate) fn with<R>(
    memory: &wasm_memory_t,
    body: impl FnOnce(Bytes<'_>, &mut StoreContextMut<'_, Data>) -> Result<R>,
) -> Result<R> {
    let bytes = match &memory.object {
        Object::Memory(memory) => Bytes::Own(*memory),
        Object::SharedMemory(memory) => Bytes::Shared(memory),
        _ => return Err(Error::msg("expected a memory, found something else")),
    };
    memory.store.try_enter(|context| body(bytes, context))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_memory_new(
    store: *const wasm_store_t,
    ty: *const wasm_memorytype_t,
) -> Option<Box<wasm_memory_t>> {
    // SAFETY: by the contract of pointers.
    let (wasm_store_t(store), ty) = unsafe { (held(store), (*ty).memory()) };
    let memory = store.try_enter(|context| {
        let ty = ty?;
        if ty.is_shared() {
            return Ok(Object::SharedMemory(SharedMemory::new_limited(context, ty)?));
        }
        Ok(Object::Memory(Memory::new(context, ty)?))
    });
    Some(wasm_ref_t::new(&store, noted(memory)?))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_memory_type(memory: *const wasm_memory_t) -> Option<Box<wasm_memorytype_t>> {
    // SAFETY: by the contract of pointers.
    let memory = unsafe { held(memory) };
    let ty = noted(with(&memory, |bytes, context| Ok(bytes.ty(context))))?;
    Some(Box::new(wasm_externtype_t::new(&ExternType::Memory(ty))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_memory_data(memory: *const wasm_memory_t) -> *mut u8 {
    // SAFETY: by the contract of pointers.
    let memory = unsafe { held(memory) };
    noted(with(&memory, |bytes, context| Ok(bytes.place(context).0))).unwrap_or(std::ptr::null_mut())
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_memory_data_size(memory: *const wasm_memory_t) -> usize {
    // SAFETY: by the contract of pointers.
    let memory = unsafe { held(memory) };
    noted(with(&memory, |bytes, context| Ok(bytes.place(context).1))).unwrap_or(0)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_memory_size(memory: *const wasm_memory_t) -> u32 {
    // SAFETY: by the contract of pointers.
    let memory = unsafe { held(memory) };
    let size = noted(with(&memory, |bytes, context| Ok(bytes.size(context)))).unwrap_or(0);
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_memory_grow(memory: *const wasm_memory_t, delta: u32) -> bool {
    // SAFETY: by the contract of pointers.
    let memory = unsafe { held(memory) };
    noted(with(&memory, |bytes, context| bytes.grow(context, delta.into()))).is_some()
}
