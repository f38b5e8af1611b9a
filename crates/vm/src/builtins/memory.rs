//! Growth and bulk operations of memories.
//!
//! Ranges are checked before anything is paid for, and every piece is paid for before it is written, and found anew: memories
//! can have moved when it is paid for. Pages and their limits are `crate::memory`'s matter.

use super::builtins;
use crate::memory::range;
use sarsen_abi::VmMemory;
use sarsen_module::MemoryIndex;

/// Bytes that are worked on between two looks at the store's interrupt flag.
const PIECE: u64 = 1 << 20;

/// A memory of the calling instance. It lives as long as the store, and changes whenever somebody else runs.
///
/// # Safety
/// The index must be validated.
unsafe fn memory(instance: *mut sarsen_abi::VmInstance, index: u32) -> *const VmMemory {
    // SAFETY: by contract.
    unsafe { *(*instance).memories.add(index as usize) }
}

builtins! {
    /// Grows a memory: `delta -> old size or -1`.
    grow |call| {
        let index = MemoryIndex(call.low());
        let id = call.instance().memories[index.index()];
        let old = call.store.grow_memory(id, call.arg(0));
        call.store.check_refusal()?;
        let failed = if call.store.memory_type(id).memory64 { u64::MAX } else { u64::from(u32::MAX) };
        call.set(old.unwrap_or(failed));
        Ok(())
    }

    /// Copies between memories: `to from len ->`.
    copy |call| {
        let (to, from, len) = (call.arg(0), call.arg(1), call.arg(2));
        let (to_memory, from_memory) = (memory(call.instance, call.low()), memory(call.instance, call.high()));
        range(&*to_memory, to, len)?;
        range(&*from_memory, from, len)?;
        // Pieces in the order that reads all of an overlap before it is written.
        let backwards = from < to;
        for start in (0..len).step_by(PIECE as usize) {
            let piece = PIECE.min(len - start);
            let at = if backwards { len - start - piece } else { start };
            call.store.spend(piece)?;
            let (to, from) = (range(&*to_memory, to + at, piece)?, range(&*from_memory, from + at, piece)?);
            std::ptr::copy(from, to, piece as usize);
        }
        Ok(())
    }

    /// Fills a range: `at value len ->`.
    fill |call| {
        let (at, value, len) = (call.arg(0), call.arg(1) as u8, call.arg(2));
        let memory = memory(call.instance, call.low());
        range(&*memory, at, len)?;
        for start in (0..len).step_by(PIECE as usize) {
            let piece = PIECE.min(len - start);
            call.store.spend(piece)?;
            range(&*memory, at + start, piece)?.write_bytes(value, piece as usize);
        }
        Ok(())
    }

    /// Copies from a data segment: `to from len ->`.
    init |call| {
        let id = call.id();
        let (segment, index) = (call.low(), call.high());
        let (to, from, len) = (call.arg(0), call.arg(1), call.arg(2));
        let memory = memory(call.instance, index);
        range(&*memory, to, len)?;
        // The bytes are the module's, which the instance keeps.
        let bytes = call.store.data_slice(id, segment, from, len)?.as_ptr();
        for start in (0..len).step_by(PIECE as usize) {
            let piece = PIECE.min(len - start);
            call.store.spend(piece)?;
            let to = range(&*memory, to + start, piece)?;
            to.copy_from_nonoverlapping(bytes.add(start as usize), piece as usize);
        }
        Ok(())
    }

    /// Drops a data segment.
    data_drop |call| {
        let segment = call.low();
        let instance = call.instance();
        instance.dropped_data.drop(&instance.module, segment);
        Ok(())
    }
}
