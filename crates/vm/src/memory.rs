//! Linear memories.
//!
//! # Invariants
//!
//! - `vm.base .. vm.base + vm.len` is accessible and belongs to the memory.
//! - A shared memory's base never changes, and its length only grows.
//! - Bytes that become accessible are zero.

use crate::limits::MAX_MEMORY_BYTES;
use crate::sys::Reservation;
use sarsen_abi::VmMemory;
use sarsen_isa::Trap;
use sarsen_module::MemoryType;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A memory of one store.
#[derive(Debug)]
pub(crate) struct OwnedMemory {
    vm: VmMemory,
    ty: MemoryType,
    pages: Reservation,
}

/// A memory that several stores can have, and threads use at once.
#[derive(Debug)]
pub struct SharedMemory {
    vm: VmMemory,
    ty: MemoryType,
    pages: Mutex<Reservation>,
}

// SAFETY: `base` never changes and `len` is atomic; what is behind them is shared memory, which the guests race for.
unsafe impl Send for SharedMemory {}
// SAFETY: as above.
unsafe impl Sync for SharedMemory {}

/// The most bytes that a memory of this type can have here.
fn ceiling(ty: &MemoryType) -> u64 {
    ty.max_bytes().min(MAX_MEMORY_BYTES)
}

/// Reserves addresses for a memory and makes its first bytes accessible.
fn reserve(ty: &MemoryType, reservation: u64) -> Option<Reservation> {
    let initial = usize::try_from(ty.min_bytes()).ok().filter(|_| ty.min_bytes() <= ceiling(ty))?;
    let wanted = usize::try_from(ceiling(ty).min(reservation)).ok()?.max(initial);
    let mut pages = Reservation::new(wanted).or_else(|_| Reservation::new(initial)).ok()?;
    pages.commit(initial).ok()?;
    Some(pages)
}

impl OwnedMemory {
    /// None if there is no room for it.
    pub(crate) fn new(ty: MemoryType, reservation: usize) -> Option<Box<OwnedMemory>> {
        let pages = reserve(&ty, reservation as u64)?;
        let vm = VmMemory { base: pages.base(), len: AtomicU64::new(ty.min_bytes()) };
        Some(Box::new(OwnedMemory { vm, ty, pages }))
    }

    /// Grows to `bytes`, which its type allows. False if the system does not.
    fn grow_to(&mut self, bytes: u64) -> bool {
        let Ok(wanted) = usize::try_from(bytes) else { return false };
        if wanted > self.pages.len() {
            return self.move_to_larger(wanted);
        }
        if self.pages.commit(wanted).is_err() {
            return false;
        }
        *self.vm.len.get_mut() = bytes;
        true
    }

    /// Copies everything to a larger reservation.
    fn move_to_larger(&mut self, wanted: usize) -> bool {
        let roomy = usize::try_from(ceiling(&self.ty))
            .unwrap_or(usize::MAX)
            .min(wanted.saturating_mul(2))
            .max(wanted);
        let Ok(mut pages) = Reservation::new(roomy).or_else(|_| Reservation::new(wanted)) else {
            return false;
        };
        if pages.commit(wanted).is_err() {
            return false;
        }
        let len = *self.vm.len.get_mut() as usize;
        // SAFETY: both ranges are accessible, and the new one is nobody else's.
        unsafe { pages.base().copy_from_nonoverlapping(self.vm.base, len) };
        self.vm.base = pages.base();
        *self.vm.len.get_mut() = wanted as u64;
        self.pages = pages;
        true
    }
}

impl SharedMemory {
    /// None if there is no room for it. All addresses that it can grow to are reserved: it must not move.
    pub fn new(ty: MemoryType) -> Option<Arc<SharedMemory>> {
        let pages = reserve(&ty, u64::MAX)?;
        if (pages.len() as u64) < ceiling(&ty) {
            return None;
        }
        let vm = VmMemory { base: pages.base(), len: AtomicU64::new(ty.min_bytes()) };
        Some(Arc::new(SharedMemory { vm, ty, pages: Mutex::new(pages) }))
    }

    /// Its type.
    pub fn ty(&self) -> MemoryType {
        self.ty
    }

    /// What running code sees of it.
    pub fn vm(&self) -> &VmMemory {
        &self.vm
    }

    /// Its bytes at the moment.
    pub fn len(&self) -> u64 {
        self.vm.len.load(Ordering::SeqCst)
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Grows by `delta` pages; the old number of pages, or none if that is not possible.
    pub fn grow(&self, delta: u64) -> Option<u64> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.len();
        let new = grown(&self.ty, old, delta)?;
        pages.commit(usize::try_from(new).ok()?).ok()?;
        self.vm.len.store(new, Ordering::SeqCst);
        Some(old >> self.ty.page_size_log2)
    }
}

/// Bytes after growing by `delta` pages, if the type and this implementation allow it.
fn grown(ty: &MemoryType, old: u64, delta: u64) -> Option<u64> {
    let delta = delta.checked_mul(ty.page_size())?;
    old.checked_add(delta).filter(|&new| new <= ceiling(ty))
}

/// A memory, however it is owned.
#[derive(Debug)]
pub(crate) enum Memory {
    Owned(Box<OwnedMemory>),
    Shared(Arc<SharedMemory>),
}

impl Memory {
    pub(crate) fn ty(&self) -> MemoryType {
        match self {
            Memory::Owned(memory) => memory.ty,
            Memory::Shared(memory) => memory.ty,
        }
    }

    pub(crate) fn vm(&self) -> *const VmMemory {
        match self {
            Memory::Owned(memory) => &raw const memory.vm,
            Memory::Shared(memory) => &raw const memory.vm,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            Memory::Owned(memory) => memory.vm.len.load(Ordering::Relaxed),
            Memory::Shared(memory) => memory.len(),
        }
    }

    pub(crate) fn base(&self) -> *mut u8 {
        match self {
            Memory::Owned(memory) => memory.vm.base,
            Memory::Shared(memory) => memory.vm.base,
        }
    }

    /// What `delta` more pages would make of it in bytes, if it can have them.
    pub(crate) fn grown(&self, delta: u64) -> Option<u64> {
        grown(&self.ty(), self.len(), delta)
    }

    /// Grows by `delta` pages; the old number of pages, or none if that is not possible.
    pub(crate) fn grow(&mut self, delta: u64) -> Option<u64> {
        match self {
            Memory::Owned(memory) => {
                let old = *memory.vm.len.get_mut();
                let new = grown(&memory.ty, old, delta)?;
                memory.grow_to(new).then_some(old >> memory.ty.page_size_log2)
            }
            Memory::Shared(memory) => memory.grow(delta),
        }
    }
}

/// The address of `len` bytes at `at`, if all are inside the memory.
pub(crate) fn range(memory: &VmMemory, at: u64, len: u64) -> Result<*mut u8, Trap> {
    let inside = at.checked_add(len).is_some_and(|end| end <= memory.len.load(Ordering::Relaxed));
    if inside { Ok(memory.base.wrapping_add(at as usize)) } else { Err(Trap::MemoryOutOfBounds) }
}

/// A memory without bytes: memory 0 of instances that have none.
struct Empty(VmMemory);
// SAFETY: its length is zero, so nobody follows its address.
unsafe impl Sync for Empty {}
static EMPTY: Empty = Empty(VmMemory { base: std::ptr::dangling_mut(), len: AtomicU64::new(0) });

/// The memory without bytes.
pub(crate) fn empty() -> *const VmMemory {
    &raw const EMPTY.0
}
