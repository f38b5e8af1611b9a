//! Allocation: the cursor that running code bumps, and where its next span comes from. When to collect is decided in
//! `collect.rs`, what an object is in `object.rs`.
//!
//! # Invariants
//!
//! - References are offsets from `VmHeap::base`, which lies [`ORIGIN`] bytes before the heap.
//! - Everything between `cursor` and `limit` is free and zero, and so is what is left of the overflow span.
//! - `VmHeap::starts` is where the bit of reference zero would lie among those of `starts`.
//! - Every object is aligned to eight bytes and starts with its header; its start bit is set.

use super::spans::{BLOCK, Bitmap, Blocks, LINE, ORIGIN, Span};
use crate::fiber::Waiter;
use crate::limits::{Growth, ResourceLimiter};
use crate::sys::Reservation;
use sarsen_abi::VmHeap;
use std::any::Any;
use std::time::Duration;

/// Objects larger than this get blocks of their own.
const LARGE: u64 = BLOCK as u64 / 2;
/// Bytes allocated before the first collection is considered: below it, collecting costs more than it brings.
const MIN_TRIGGER: u64 = 8 << 20;
/// Bytes of the heap that take as long to look at as a global, or an element of a table or a segment, does.
const ENTRY: u64 = 8;
/// A collection for want of room is hasty if less than this part of what it looks at was handed out since the one before: who does that
/// again and again collects for every few objects, which is to hang.
const WORTH: u64 = 16;
/// Hasty collections that a heap may begin with: what has just been looked at can die at once.
const PATIENCE: u32 = 8;
/// Blocks that the heap grows by.
const GROWTH: u32 = 32;

/// Who is asked before the heap grows.
pub(super) type Limiter<'a> = Option<&'a mut (dyn ResourceLimiter + 'static)>;

/// A heap.
#[derive(Debug)]
pub(crate) struct Heap {
    pages: Option<Reservation>,
    max_bytes: u64,
    /// The right of whoever allocates to wait for the limiter.
    pub(super) waiter: Option<Waiter>,
    pub(super) blocks: Blocks,
    pub(super) starts: Bitmap,
    pub(super) marks: Bitmap,
    /// Where objects of several lines go that the current span has no room for: it goes on with smaller ones.
    overflow: Overflow,
    /// Bytes handed out since the last collection.
    allocated: u64,
    /// When to collect next.
    trigger: u64,
    /// Bytes that take as long to look at as what the last collection has looked at outside of the heap.
    entries: u64,
    /// Bytes handed out since the last collection for want of room.
    since_full: u64,
    /// Hasty collections that there may still be.
    patience: u32,
    /// Host data of `extern` objects, with the object that refers to it.
    pub(super) externs: Vec<Option<(u32, Box<dyn Any + Send + Sync>)>>,
    pub(super) free_externs: Vec<u32>,
    pub(super) collections: u64,
    pub(super) total_pause: Duration,
    pub(super) longest_pause: Duration,
    pub(super) live_bytes: u64,
    pub(super) mark_stack: Vec<u32>,
}

/// A span for objects of several lines.
#[derive(Clone, Copy, Debug, Default)]
struct Overflow {
    cursor: u32,
    limit: u32,
}

impl Overflow {
    fn take(&mut self, size: u64) -> Option<u32> {
        let at = self.cursor;
        (size <= u64::from(self.limit - at)).then(|| self.cursor += size as u32)?;
        Some(at)
    }
}

impl Heap {
    /// A heap of up to `max_bytes`; nothing is reserved before the first allocation.
    pub(crate) fn new(max_bytes: usize) -> Heap {
        // Ends of spans are references too.
        let addressable = (1 << 32) - u64::from(ORIGIN) - u64::from(BLOCK);
        Heap {
            pages: None,
            max_bytes: whole_blocks(max_bytes as u64).min(addressable),
            blocks: Blocks::default(),
            starts: Bitmap::default(),
            marks: Bitmap::default(),
            overflow: Overflow::default(),
            allocated: 0,
            trigger: MIN_TRIGGER,
            entries: 0,
            since_full: 0,
            patience: PATIENCE,
            externs: Vec::new(),
            free_externs: Vec::new(),
            collections: 0,
            total_pause: Duration::ZERO,
            longest_pause: Duration::ZERO,
            live_bytes: 0,
            waiter: None,
            mark_stack: Vec::new(),
        }
    }

    /// Whether it is time to collect before allocating `bytes` more.
    pub(super) fn wants_collection(&self, bytes: u64) -> bool {
        self.allocated.saturating_add(bytes) > self.trigger
    }

    /// Whether an object of `bytes` bytes fits in a heap without any other.
    pub(super) fn can_hold(&self, bytes: u64) -> bool {
        bytes <= self.max_bytes
    }

    /// Notes that a collection has found this many bytes alive, which keep `in_use` bytes from being handed out, and has looked at
    /// so many entries elsewhere: it takes time for these as well, and the next one is as far away as all that was worth.
    pub(super) fn collected(&mut self, live: u64, in_use: u64, entries: u64) {
        self.live_bytes = live;
        self.allocated = 0;
        self.overflow = Overflow::default();
        self.entries = entries * ENTRY;
        self.trigger = in_use.max(self.entries).max(MIN_TRIGGER);
    }

    /// Whether there may be a collection for want of room.
    pub(super) fn may_collect(&self) -> bool {
        self.patience > 0 || !self.is_hasty()
    }

    /// Notes that there is one. Each that is not hasty makes up for one that was.
    pub(super) fn collects_for_room(&mut self) {
        self.patience =
            if self.is_hasty() { self.patience.saturating_sub(1) } else { PATIENCE.min(self.patience + 1) };
        self.since_full = 0;
    }

    /// Whether a collection now would come before much was handed out since the last one for want of room.
    fn is_hasty(&self) -> bool {
        self.since_full < (self.used_bytes() + self.entries) / WORTH
    }

    /// Notes that somebody was told that the heap is full. Who comes next may have made room.
    pub(super) fn has_refused(&mut self) {
        self.patience = self.patience.max(1);
    }

    /// Bytes of the heap that are or have been in use.
    pub(crate) fn used_bytes(&self) -> u64 {
        u64::from(self.blocks.count()) * u64::from(BLOCK)
    }

    /// Room for an object of `size` bytes, a multiple of eight, in the current span: its reference, its bytes zero. None if
    /// it takes another span.
    #[inline]
    pub(super) fn bump(&mut self, vm: &mut VmHeap, size: u64) -> Option<u32> {
        if size > u64::from(vm.limit - vm.cursor) || size > LARGE {
            return None;
        }
        let at = vm.cursor;
        vm.cursor += size as u32;
        self.starts.set(at);
        Some(at)
    }

    /// Room for an object wherever there is any, after growing if it must and the limiter agrees. None if the heap is full.
    pub(super) fn allocate(&mut self, vm: &mut VmHeap, limiter: Limiter<'_>, size: u64) -> Option<u32> {
        if let Some(at) = self.bump(vm, size) {
            return Some(at);
        }
        self.reserve(vm)?;
        let at = if size > LARGE {
            let span = self.large_span(vm, limiter, size)?;
            self.prepare(vm, span, size);
            span.start
        } else if size > u64::from(LINE) && vm.cursor < vm.limit {
            self.overflow(vm, limiter, size)?
        } else {
            let span = self.line_span(vm, limiter, size)?;
            self.prepare(vm, span, u64::from(span.len));
            (vm.cursor, vm.limit) = (span.start + size as u32, span.start + span.len);
            span.start
        };
        self.starts.set(at);
        Some(at)
    }

    fn overflow(&mut self, vm: &mut VmHeap, limiter: Limiter<'_>, size: u64) -> Option<u32> {
        if let Some(at) = self.overflow.take(size) {
            return Some(at);
        }
        let span = self.line_span(vm, limiter, size)?;
        self.prepare(vm, span, u64::from(span.len));
        self.overflow = Overflow { cursor: span.start, limit: span.start + span.len };
        self.overflow.take(size)
    }

    fn line_span(&mut self, vm: &mut VmHeap, mut limiter: Limiter<'_>, size: u64) -> Option<Span> {
        loop {
            if let Some(span) = self.blocks.take_lines(size as u32) {
                return Some(span);
            }
            self.grow(vm, limiter.as_deref_mut(), 1)?;
        }
    }

    fn large_span(&mut self, vm: &mut VmHeap, limiter: Limiter<'_>, size: u64) -> Option<Span> {
        if let Some(span) = self.blocks.take_blocks(size) {
            return Some(span);
        }
        let blocks = u32::try_from(size.div_ceil(u64::from(BLOCK))).ok()?;
        self.grow(vm, limiter, blocks.saturating_sub(self.blocks.trailing_free()).max(1))?;
        self.blocks.take_blocks(size)
    }

    /// Reserves the heap's addresses at first use.
    fn reserve(&mut self, vm: &mut VmHeap) -> Option<()> {
        if self.pages.is_some() {
            return Some(());
        }
        let wanted = usize::try_from(self.max_bytes).ok()?;
        // Null and what is near it lead to the gap: whoever speculates that a reference is not null reads nothing there.
        let behind = |len| Reservation::behind(ORIGIN as usize, len);
        let pages = [wanted, wanted / 16, wanted / 64].into_iter().find_map(|len| behind(len).ok())?;
        self.max_bytes = self.max_bytes.min(whole_blocks(pages.len() as u64));
        vm.base = pages.base().wrapping_sub(ORIGIN as usize);
        self.pages = Some(pages);
        Some(())
    }

    /// Adds at least `count` blocks.
    fn grow(&mut self, vm: &mut VmHeap, mut limiter: Limiter<'_>, count: u32) -> Option<()> {
        let (used, maximum) = (self.used_bytes(), self.max_bytes);
        let room = (maximum.saturating_sub(used) / u64::from(BLOCK)) as u32;
        if count > room {
            return None;
        }
        let bytes = |count: u32| used + u64::from(count) * u64::from(BLOCK);
        let waiter = self.waiter;
        let mut allows = |count: u32| match limiter.as_deref_mut() {
            Some(limiter) => {
                let (desired, maximum) = (bytes(count), Some(maximum));
                limiter.gc_heap_growing(Growth { current: used, desired, maximum, waiter })
            }
            None => true,
        };
        let generous = count.max(GROWTH.min(room));
        let count = if allows(generous) {
            generous
        } else if generous > count && allows(count) {
            count
        } else {
            return None;
        };
        let bytes = bytes(count);
        self.pages.as_mut()?.commit(usize::try_from(bytes).ok()?).ok()?;
        self.blocks.extend(count);
        self.starts.extend(bytes);
        self.marks.extend(bytes);
        vm.starts = self.starts.words();
        Some(())
    }

    /// Zeroes `bytes` bytes of a span if it has been used before, and counts it.
    fn prepare(&mut self, vm: &VmHeap, span: Span, bytes: u64) {
        self.allocated += u64::from(span.len);
        self.since_full += u64::from(span.len);
        if span.used {
            // SAFETY: the span is inside the committed part of the heap, and no live object is on it.
            unsafe { vm.base.wrapping_add(span.start as usize).write_bytes(0, bytes as usize) };
        }
    }
}

/// The part of so many bytes that blocks fill.
fn whole_blocks(bytes: u64) -> u64 {
    bytes / u64::from(BLOCK) * u64::from(BLOCK)
}

const _: () = assert!(LARGE.is_multiple_of(LINE as u64));
