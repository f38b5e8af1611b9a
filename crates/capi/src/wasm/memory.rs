//! Memories, those that threads share among them.

use super::types::{wasm_externtype_t, wasm_memorytype_t};
use crate::failure::noted;
use crate::object::{Object, wasm_memory_t, wasm_ref_t};
use crate::store::{Data, wasm_store_t};
use sarsen::{AsContextMut, Error, ExternType, Memory, MemoryType, Result, SharedMemory, StoreContextMut};

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

    /// Where its bytes are, and how many.
    pub(crate) fn place(&self, context: &mut StoreContextMut<'_, Data>) -> (*mut u8, usize) {
        match self {
            Bytes::Own(memory) => {
                let data = memory.data_mut(context.as_context_mut());
                (data.as_mut_ptr(), data.len())
            }
            Bytes::Shared(memory) => (memory.data().as_ptr().cast_mut().cast(), memory.data_size()),
        }
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

/// Does something with a memory and its store.
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
extern "C" fn wasm_memory_new(store: &wasm_store_t, ty: &wasm_memorytype_t) -> Option<Box<wasm_memory_t>> {
    let memory = store.0.try_enter(|context| {
        let ty = ty.memory()?;
        if ty.is_shared() {
            return Ok(Object::SharedMemory(SharedMemory::new(context.engine(), ty)?));
        }
        Ok(Object::Memory(Memory::new(context, ty)?))
    });
    Some(wasm_ref_t::new(&store.0, noted(memory)?))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_type(memory: &wasm_memory_t) -> Option<Box<wasm_memorytype_t>> {
    let ty = noted(with(memory, |bytes, context| Ok(bytes.ty(context))))?;
    Some(Box::new(wasm_externtype_t::new(&ExternType::Memory(ty))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_data(memory: &wasm_memory_t) -> *mut u8 {
    noted(with(memory, |bytes, context| Ok(bytes.place(context).0))).unwrap_or(std::ptr::null_mut())
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_data_size(memory: &wasm_memory_t) -> usize {
    noted(with(memory, |bytes, context| Ok(bytes.place(context).1))).unwrap_or(0)
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_size(memory: &wasm_memory_t) -> u32 {
    let size = noted(with(memory, |bytes, context| Ok(bytes.size(context)))).unwrap_or(0);
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_grow(memory: &wasm_memory_t, delta: u32) -> bool {
    noted(with(memory, |bytes, context| bytes.grow(context, delta.into()))).is_some()
}
