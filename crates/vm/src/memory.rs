//! Linear memories. Reserving addresses is left to `sys`, asking the embedder to `store.rs`.
//!
//! # Invariants
//!
//! - `vm.base .. vm.base + vm.len` is accessible and belongs to the memory.
//! - A shared memory's base never changes, and its length only grows.
//! - Bytes that become accessible are zero.
//! - The base is aligned for every atomic access.

mod image;

pub use image::{MemoryImage, MemoryImages};

use crate::limits::MAX_MEMORY_BYTES;
use crate::pool::{Allocated, Pool, Room};
use sarsen_abi::VmMemory;
use sarsen_isa::Trap;
use sarsen_module::MemoryType;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The most bytes that a memory starts with without room to grow in place. Most instances never grow, and asking the system for
/// addresses can take longer than they live.
const MAX_SMALL: u64 = 256 << 10;

/// Bytes that 32-bit addresses reach.
pub(crate) const REACH: usize = 4 << 30;

/// A memory of one store.
#[derive(Debug)]
pub(crate) struct OwnedMemory {
    vm: VmMemory,
    ty: MemoryType,
    bytes: Bytes,
    /// Bytes of addresses to reserve once it grows.
    reservation: u64,
    /// All that its addresses reach is reserved, and a guard behind it.
    pinned: bool,
}

/// What keeps the bytes of a memory. They are only reached through the memory's base.
#[derive(Debug)]
enum Bytes {
    /// An allocation that cannot grow.
    Small { _keep: Vec<u128>, counted: Option<Allocated> },
    /// Addresses that can become accessible in place.
    Reserved(Room),
}

/// A memory that several stores can have, and threads use at once.
#[derive(Debug)]
pub struct SharedMemory {
    vm: VmMemory,
    ty: MemoryType,
    pages: Mutex<Room>,
    /// Bytes of addresses that are reserved.
    reserved: usize,
    /// These are all that its addresses reach, and a guard behind it.
    pinned: bool,
}

// SAFETY: `base` never changes and `len` is atomic; what is behind them is shared memory, which the guests race for.
unsafe impl Send for SharedMemory {}
// SAFETY: as above.
unsafe impl Sync for SharedMemory {}

/// The most bytes that a memory of this type can have here.
fn ceiling(ty: &MemoryType) -> u64 {
    ty.max_bytes().min(MAX_MEMORY_BYTES)
}

/// Whether compiled code can do without checks in a memory of this type, if there is a guard behind it.
fn is_guardable(ty: &MemoryType) -> bool {
    !ty.memory64 && ty.page_size_log2 == 16
}

/// Where the addresses of a memory come from.
#[derive(Clone, Copy, Default)]
pub(crate) struct Source<'a> {
    pub(crate) pool: Option<&'a Arc<Pool>>,
    /// What will be mapped into the memory.
    pub(crate) image: Option<&'a MemoryImage>,
}

impl Source<'_> {
    /// So many bytes of addresses, the first `len` of them accessible.
    fn room(self, bytes: usize, len: usize) -> Option<Room> {
        let file = self.image.and_then(MemoryImage::place);
        Room::new(self.pool, bytes, len, file.as_ref()).ok()
    }
}

/// Bytes that a memory of this type can have.
fn possible(ty: &MemoryType, len: u64) -> Option<usize> {
    usize::try_from(len).ok().filter(|_| len <= ceiling(ty))
}

/// All that 32-bit addresses reach and a guard; the first `len` bytes are accessible.
fn reserve_guarded(ty: &MemoryType, len: u64, guard: usize, source: Source<'_>) -> Option<Room> {
    source.room(REACH.checked_add(guard)?, possible(ty, len)?)
}

/// Up to `room` bytes of addresses for a memory, the first `len` bytes accessible.
fn reserve(ty: &MemoryType, len: u64, room: u64, source: Source<'_>) -> Option<Room> {
    let len = possible(ty, len)?;
    let wanted = usize::try_from(ceiling(ty).min(room)).ok()?.max(len);
    source.room(wanted, len).or_else(|| source.room(len, len))
}

impl OwnedMemory {
    /// None if there is no room for it. With a guard, if its type allows for one, it never moves.
    pub(crate) fn new(
        ty: MemoryType,
        reservation: usize,
        guard: usize,
        source: Source<'_>,
    ) -> Option<Box<OwnedMemory>> {
        let (len, reservation) = (ty.min_bytes(), reservation as u64);
        let pinned = guard > 0 && is_guardable(&ty);
        let (base, bytes) = if pinned {
            let pages = reserve_guarded(&ty, len, guard, source)?;
            (pages.base(), Bytes::Reserved(pages))
        } else if (1..=MAX_SMALL).contains(&len) {
            match source.pool.map(Pool::allocate) {
                Some(None) => {
                    let pages = source.room(len as usize, len as usize)?;
                    (pages.base(), Bytes::Reserved(pages))
                }
                counted => {
                    let mut words = vec![0_u128; (len as usize).div_ceil(size_of::<u128>())];
                    let base = words.as_mut_ptr().cast();
                    (base, Bytes::Small { _keep: words, counted: counted.flatten() })
                }
            }
        } else {
            let pages = reserve(&ty, len, reservation, source)?;
            (pages.base(), Bytes::Reserved(pages))
        };
        let vm = VmMemory { base, len: AtomicU64::new(len) };
        Some(Box::new(OwnedMemory { vm, ty, bytes, reservation, pinned }))
    }

    /// Grows to `wanted` bytes, which its type allows. False if the system does not.
    fn grow_to(&mut self, wanted: u64) -> bool {
        let grown = match &mut self.bytes {
            // To ask for the size this way must not make a small memory move.
            _ if wanted == *self.vm.len.get_mut() => true,
            Bytes::Reserved(pages) if wanted <= pages.len() as u64 => pages.commit(wanted as usize).is_ok(),
            Bytes::Reserved(_) => self.move_to(wanted, wanted.saturating_mul(2).max(self.reservation)),
            Bytes::Small { .. } => self.move_to(wanted, self.reservation),
        };
        if grown {
            *self.vm.len.get_mut() = wanted;
        }
        grown
    }

    /// Puts pages in the place of bytes that are still zero. False if bytes here are no pages.
    fn map(&mut self, image: &MemoryImage) -> io::Result<bool> {
        let Bytes::Reserved(pages) = &mut self.bytes else { return Ok(false) };
        let end = image.start.checked_add(image.bytes.len as u64);
        if end.is_none_or(|end| end > *self.vm.len.get_mut()) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // SAFETY: the range is accessible and nobody else's, and its bytes are zero; the file does not change, as the image's
        // maker has promised.
        unsafe { pages.map(image.start as usize, &image.bytes) }?;
        Ok(true)
    }

    /// Copies everything to a larger reservation: up to `room` bytes of addresses, `wanted` of them accessible.
    fn move_to(&mut self, wanted: u64, room: u64) -> bool {
        let pool = match &self.bytes {
            Bytes::Small { counted, .. } => counted.as_ref().map(Allocated::pool),
            Bytes::Reserved(room) => room.pool(),
        };
        let source = Source { pool, image: None };
        let Some(pages) = reserve(&self.ty, wanted, room, source) else { return false };
        let len = *self.vm.len.get_mut() as usize;
        // SAFETY: both ranges are accessible, and the new one is nobody else's.
        unsafe { pages.base().copy_from_nonoverlapping(self.vm.base, len) };
        self.vm.base = pages.base();
        self.bytes = Bytes::Reserved(pages);
        true
    }
}

impl SharedMemory {
    /// None if there is no room for it. All addresses that it can grow to are reserved: it must not move. What a guard is for
    /// says [`StoreConfig::memory_guard`](crate::StoreConfig): stores that share a memory have the same.
    pub fn new(ty: MemoryType, guard: usize) -> Option<Arc<SharedMemory>> {
        let pinned = guard > 0 && is_guardable(&ty);
        let pages = if pinned {
            reserve_guarded(&ty, ty.min_bytes(), guard, Source::default())?
        } else {
            reserve(&ty, ty.min_bytes(), u64::MAX, Source::default())?
        };
        if (pages.len() as u64) < ceiling(&ty) {
            return None;
        }
        let vm = VmMemory { base: pages.base(), len: AtomicU64::new(ty.min_bytes()) };
        let reserved = pages.len();
        Some(Arc::new(SharedMemory { vm, ty, pages: Mutex::new(pages), reserved, pinned }))
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
        self.grow_within(delta, u64::MAX).ok()
    }

    /// The same, but to no more than `most` bytes.
    fn grow_within(&self, delta: u64, most: u64) -> Result<u64, NotGrown> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.len();
        let new = grown(&self.ty, old, delta).ok_or(NotGrown::NoRoom)?;
        if new > most {
            return Err(NotGrown::Overtaken);
        }
        let committed = usize::try_from(new).is_ok_and(|new| pages.commit(new).is_ok());
        if !committed {
            return Err(NotGrown::NoRoom);
        }
        self.vm.len.store(new, Ordering::SeqCst);
        Ok(old >> self.ty.page_size_log2)
    }
}

/// Why a memory is as large as it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NotGrown {
    /// Its type or the system does not allow it.
    NoRoom,
    /// Another thread has made it larger meanwhile, and it would have more bytes than were allowed.
    Overtaken,
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

    /// Whether it never moves, and whatever a 32-bit address with an offset below the guard reaches is reserved.
    pub(crate) fn is_pinned(&self) -> bool {
        match self {
            Memory::Owned(memory) => memory.pinned,
            Memory::Shared(memory) => memory.pinned,
        }
    }

    /// The addresses where accesses fault or are inside; none for memories that are no reservations. Signal handlers ask.
    pub(crate) fn reserved(&self) -> Range<usize> {
        let len = match self {
            Memory::Owned(memory) => match &memory.bytes {
                Bytes::Small { .. } => 0,
                Bytes::Reserved(pages) => pages.len(),
            },
            Memory::Shared(memory) => memory.reserved,
        };
        let base = self.base().addr();
        base..base + len
    }

    /// Puts pages in the place of bytes that are still zero. False if this memory cannot have any.
    ///
    /// # Errors
    /// If the system refuses, which may have cost the memory these bytes.
    pub(crate) fn map(&mut self, image: &MemoryImage) -> io::Result<bool> {
        match self {
            Memory::Owned(memory) => memory.map(image),
            // The other stores that have it may have written to it.
            Memory::Shared(_) => Ok(false),
        }
    }

    /// What `delta` more pages would make of it in bytes, if it can have them.
    pub(crate) fn grown(&self, delta: u64) -> Option<u64> {
        grown(&self.ty(), self.len(), delta)
    }

    /// Grows by `delta` pages, to `most` bytes at most; the old number of pages.
    pub(crate) fn grow_within(&mut self, delta: u64, most: u64) -> Result<u64, NotGrown> {
        match self {
            Memory::Owned(memory) => {
                let old = *memory.vm.len.get_mut();
                let new = grown(&memory.ty, old, delta).filter(|new| *new <= most).ok_or(NotGrown::NoRoom)?;
                memory.grow_to(new).then_some(old >> memory.ty.page_size_log2).ok_or(NotGrown::NoRoom)
            }
            Memory::Shared(memory) => memory.grow_within(delta, most),
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

#[cfg(test)]
mod tests;
