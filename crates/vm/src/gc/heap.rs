//! Allocation: the cursor that running code bumps, and where its next span comes from.
//!
//! # Invariants
//!
//! - References are offsets from `VmHeap::base`; everything between `cursor` and `limit` is free and zero.
//! - Every object is aligned to eight bytes and starts with its header; its start bit is set.

use super::spans::{BLOCK, Bitmap, BlockState, Blocks, LINE, Span};
use crate::sys::Reservation;
use sarsen_abi::VmHeap;
use std::any::Any;
use std::time::Duration;

/// Objects larger than this get blocks of their own.
const LARGE: u64 = BLOCK as u64 / 4;
/// Bytes allocated before the first collection is considered: below it, collecting costs more than it brings.
const MIN_TRIGGER: u64 = 8 << 20;
/// Blocks that the heap grows by.
const GROWTH: u32 = 32;

/// A heap.
#[derive(Debug)]
pub(crate) struct Heap {
    pages: Option<Reservation>,
    max_bytes: u64,
    pub(super) blocks: Blocks,
    pub(super) starts: Bitmap,
    pub(super) marks: Bitmap,
    /// Bytes handed out since the last collection.
    allocated: u64,
    /// When to collect next.
    trigger: u64,
    /// Host data of `extern` objects, with the object that refers to it.
    pub(super) externs: Vec<Option<(u32, Box<dyn Any + Send + Sync>)>>,
    pub(super) free_externs: Vec<u32>,
    pub(super) roots: super::roots::RootSet,
    pub(super) collections: u64,
    pub(super) total_pause: Duration,
    pub(super) longest_pause: Duration,
    pub(super) live_bytes: u64,
    pub(super) mark_stack: Vec<u32>,
}

impl Heap {
    /// A heap of up to `max_bytes`; nothing is reserved before the first allocation.
    pub(crate) fn new(max_bytes: usize) -> Heap {
        let addressable = (1 << 32) - u64::from(BLOCK);
        Heap {
            pages: None,
            max_bytes: (max_bytes as u64).min(addressable),
            blocks: Blocks::default(),
            starts: Bitmap::default(),
            marks: Bitmap::default(),
            allocated: 0,
            trigger: MIN_TRIGGER,
            externs: Vec::new(),
            free_externs: Vec::new(),
            roots: super::roots::RootSet::default(),
            collections: 0,
            total_pause: Duration::ZERO,
            longest_pause: Duration::ZERO,
            live_bytes: 0,
            mark_stack: Vec::new(),
        }
    }

    /// Whether it is time to collect before allocating `bytes` more.
    pub(super) fn wants_collection(&self, bytes: u64) -> bool {
        self.allocated.saturating_add(bytes) > self.trigger
    }

    /// Notes that a collection has found this many bytes alive.
    pub(super) fn collected(&mut self, live: u64) {
        self.live_bytes = live;
        self.allocated = 0;
        self.trigger = live.max(MIN_TRIGGER);
    }

    /// Bytes of the heap that are or have been in use.
    pub(super) fn used_bytes(&self) -> u64 {
        u64::from(self.blocks.count()) * u64::from(BLOCK)
    }

    /// Room for an object of `size` bytes, a multiple of eight: its reference, its bytes zero. None if the heap is full.
    #[inline]
    pub(super) fn allocate(&mut self, vm: &mut VmHeap, size: u64) -> Option<u32> {
        if size <= u64::from(vm.limit - vm.cursor) && size <= LARGE {
            let at = vm.cursor;
            vm.cursor += size as u32;
            self.starts.set(at);
            return Some(at);
        }
        self.allocate_slowly(vm, size)
    }

    /// Whether [`Heap::allocate`] would need another span.
    #[inline]
    pub(super) fn is_spent(vm: &VmHeap, size: u64) -> bool {
        size > u64::from(vm.limit - vm.cursor) || size > LARGE
    }

    #[cold]
    fn allocate_slowly(&mut self, vm: &mut VmHeap, size: u64) -> Option<u32> {
        self.reserve(vm)?;
        if size > LARGE {
            let span = self.large_span(size)?;
            self.prepare(vm, span, size);
            self.starts.set(span.start);
            return Some(span.start);
        }
        let span = loop {
            if let Some(span) = self.blocks.take_lines(size as u32) {
                break span;
            }
            self.grow(1)?;
        };
        self.prepare(vm, span, u64::from(span.len));
        vm.cursor = span.start + size as u32;
        vm.limit = span.start + span.len;
        self.starts.set(span.start);
        Some(span.start)
    }

    fn large_span(&mut self, size: u64) -> Option<Span> {
        if let Some(span) = self.blocks.take_blocks(size) {
            return Some(span);
        }
        let blocks = u32::try_from(size.div_ceil(u64::from(BLOCK))).ok()?;
        self.grow(blocks)?;
        self.blocks.take_blocks(size)
    }

    /// Reserves the heap's addresses at first use.
    fn reserve(&mut self, vm: &mut VmHeap) -> Option<()> {
        if self.pages.is_some() {
            return Some(());
        }
        let wanted = usize::try_from(self.max_bytes).ok()?;
        let pages =
            [wanted, wanted / 16, wanted / 64].into_iter().find_map(|len| Reservation::new(len).ok())?;
        self.max_bytes = self.max_bytes.min(pages.len() as u64);
        vm.base = pages.base();
        self.pages = Some(pages);
        // Block 0 stays empty: no object has the reference zero.
        self.grow(1)?;
        self.blocks.start_over();
        Some(())
    }

    /// Adds at least `count` blocks.
    fn grow(&mut self, count: u32) -> Option<()> {
        let room = (self.max_bytes.saturating_sub(self.used_bytes()) / u64::from(BLOCK)) as u32;
        if count > room {
            return None;
        }
        let count = count.max(GROWTH.min(room));
        let bytes = self.used_bytes() + u64::from(count) * u64::from(BLOCK);
        self.pages.as_mut()?.commit(usize::try_from(bytes).ok()?).ok()?;
        self.blocks.extend(count);
        self.starts.extend(bytes);
        self.marks.extend(bytes);
        Some(())
    }

    /// Zeroes a span that has been used before, and counts it.
    fn prepare(&mut self, vm: &VmHeap, span: Span, bytes: u64) {
        self.allocated += bytes;
        if span.used {
            // SAFETY: the span is inside the committed part of the heap, and no live object is on it.
            unsafe { vm.base.add(span.start as usize).write_bytes(0, bytes as usize) };
        }
    }

    /// The object that `at` is in, or just behind the start of, if there is one. The caller checks its size.
    pub(super) fn object_before(&self, at: u32) -> Option<u32> {
        if self.blocks.state(at) == BlockState::Free {
            return None;
        }
        self.starts.last_before(at, self.blocks.earliest_start(at))
    }
}

const _: () = assert!(LARGE.is_multiple_of(LINE as u64));
