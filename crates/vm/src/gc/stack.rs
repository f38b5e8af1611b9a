//! Roots on the native stack: frames of compiled code hold references nobody knows where, so that whatever there looks like a
//! reference is taken for one. The value stack is `collect.rs`' matter.
//!
//! A reference may be the offset of any byte of an object, or such a byte's address: compilers derive the one from the other.
//!
//! # Invariants
//!
//! Words are read from the native stack of the thread that collects, or one that has been set aside, between its stack pointer,
//! or a frame that has not returned, and a frame further out.

use super::spans::{BLOCK, Blocks, GRAIN, ORIGIN};
use crate::activation::Activation;
use crate::fiber::Aside;
use crate::native::NATIVE;
use crate::store::StoreInner;
use crate::sys::native::with_registers;
use std::ffi::c_void;
use std::ptr;

/// What a scan works on.
struct Scan<'a> {
    store: &'a mut StoreInner,
    /// Where the outermost frame of compiled code was entered.
    end: usize,
}

impl StoreInner {
    /// Marks what the frames of compiled code refer to, and what lies between them and below.
    pub(super) fn mark_native_stack(&mut self) {
        // SAFETY: the store is live.
        let Some(end) = (unsafe { Activation::outermost(self.vm.activation, &NATIVE) }) else { return };
        // SAFETY: as above.
        let innermost = unsafe { Activation::innermost(&raw const self.vm, &NATIVE) };
        let stack = self.exit_stack;
        let mut scan = Scan { store: self, end };
        if stack != 0 && innermost.is_some_and(|innermost| stack < innermost) {
            // It is a builtin of the innermost activation that collects: everything else lies above.
            // SAFETY: so the stack is in use from there on, with what registers held.
            return unsafe { scan_from((&raw mut scan).cast(), stack) };
        }
        // SAFETY: `scan_from` gets the scan back, with a stack pointer below everything that calls preserve.
        unsafe { with_registers((&raw mut scan).cast(), scan_from) };
    }

    /// Marks what frames of compiled code refer to that have been set aside.
    pub(super) fn mark_native_aside(&mut self, aside: &Aside) {
        // SAFETY: the activation is what the store had.
        let Some(end) = (unsafe { Activation::outermost(aside.activation, &NATIVE) }) else { return };
        let mut scan = Scan { store: self, end };
        // SAFETY: that stack is in use from there on, with what registers held.
        unsafe { scan_from((&raw mut scan).cast(), aside.native_stack) };
    }

    /// Marks the object that has a byte at this offset, if there is one.
    fn mark_inside(&mut self, offset: u64, large: &LargeObjects) {
        let Ok(offset) = u32::try_from(offset) else { return };
        if let Some(start) = self.object_around(offset, large) {
            self.mark(start);
        }
    }

    /// The object that has a byte at this offset.
    fn object_around(&self, offset: u32, large: &LargeObjects) -> Option<u32> {
        let block = Blocks::of(offset);
        // Small objects lie in one block; a large one has blocks of its own.
        let start = if self.heap.blocks.is_large(block) {
            large.before(offset)?
        } else {
            self.heap.starts.last_in(Blocks::start(block), offset)?
        };
        (u64::from(offset) < u64::from(start) + self.object_size(start)).then_some(start)
    }
}

/// Where the large objects start, ascending.
struct LargeObjects(Vec<u32>);

impl LargeObjects {
    fn new(store: &StoreInner) -> LargeObjects {
        let blocks = 0..store.heap.blocks.count();
        let starts = blocks.filter(|&block| store.heap.blocks.is_large(block)).map(Blocks::start);
        LargeObjects(starts.filter(|&start| store.heap.starts.get(start)).collect())
    }

    /// The last that starts at or before an offset.
    fn before(&self, offset: u32) -> Option<u32> {
        let behind = self.0.partition_point(|&start| start <= offset);
        self.0.get(behind.checked_sub(1)?).copied()
    }
}

/// Scans from `stack` to the end of a [`Scan`].
///
/// # Safety
/// `data` must be the scan, and `stack` an address of the part of the stack that is in use.
unsafe extern "C" fn scan_from(data: *mut c_void, stack: usize) {
    // SAFETY: by contract.
    let Scan { store, end } = unsafe { &mut *data.cast::<Scan<'_>>() };
    let large = LargeObjects::new(store);
    let heap = store.vm.heap.base.addr() as u64;
    let used = store.heap.used_bytes();
    let known = |offset: u64| offset >= u64::from(ORIGIN) && offset - u64::from(ORIGIN) < used;
    for at in (stack.next_multiple_of(size_of::<u64>())..*end).step_by(size_of::<u64>()) {
        let word: *const u64 = ptr::with_exposed_provenance(at);
        // SAFETY: this part of the stack is in use.
        let word = unsafe { look_at(word) };
        for offset in [word & u64::from(u32::MAX), word >> 32, word.wrapping_sub(heap)] {
            if known(offset) {
                store.mark_inside(offset, &large);
            }
        }
    }
}

/// What lies in a word of the stack, initialized or not.
///
/// # Safety
/// The stack must be in use there.
// Between what frames have there, AddressSanitizer lets nobody read: this function may, those of the standard library that it
// calls may not.
#[cfg_attr(address_sanitizer, sanitize(address = "off"))]
unsafe fn look_at(word: *const u64) -> u64 {
    // SAFETY: by contract; volatile because whatever lies there counts.
    unsafe { if cfg!(address_sanitizer) { *word } else { word.read_volatile() } }
}

const _: () = assert!(BLOCK.is_multiple_of(64 * GRAIN));
