//! Collection: from the roots through all objects, then whatever was not reached is free. Which lines and blocks that
//! makes free is `spans.rs`' matter; what hosts keep alive is listed in `roots.rs`.
//!
//! # Invariants
//!
//! - The mark stack holds objects whose mark bit is set and whose fields have not been visited.
//! - Nothing but this module runs during a collection; destructors of host data run when it is over.

use super::object::{EXCEPTION, EXTERN};
use super::spans::GRAIN;
use crate::store::StoreInner;
use sarsen_abi::{Slot, is_i31};
use sarsen_isa::Trap;
use sarsen_module::{FieldKind, Hierarchy, ObjectLayout, RefType, TypeId, ValType};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the collector of a store has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GcStats {
    /// Collections.
    pub collections: u64,
    /// Time that they took.
    pub total_pause: Duration,
    /// Time that the longest took.
    pub longest_pause: Duration,
    /// Bytes that the last one found alive.
    pub live_bytes: u64,
    /// Bytes that the heap takes.
    pub heap_bytes: u64,
}

/// Drops host data. Each is caught: a panic must not keep the others from being dropped, nor meet a second one, which
/// would end the process.
fn drop_all(dead: Vec<Box<dyn Any + Send + Sync>>) {
    let mut panic = None;
    for data in dead {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(data))) {
            panic = panic.or(Some(payload));
        }
    }
    if let Some(payload) = panic {
        resume_unwind(payload);
    }
}

impl StoreInner {
    /// Room for an object, after a collection if it is time.
    #[inline]
    pub(super) fn allocate(&mut self, size: u64) -> Result<u32, Trap> {
        match self.heap.bump(&mut self.vm.heap, size) {
            Some(reference) => Ok(reference),
            None => self.allocate_slowly(size),
        }
    }

    #[cold]
    fn allocate_slowly(&mut self, size: u64) -> Result<u32, Trap> {
        if !self.heap.can_hold(size) {
            return Err(Trap::AllocationTooLarge);
        }
        let early = self.heap.wants_collection(size);
        if early {
            self.collect();
        }
        if let Some(reference) = self.allocate_anywhere(size) {
            return Ok(reference);
        }
        if self.is_cancelled() {
            // It is not for want of room: to go on would be to run on in the name of somebody who has gone.
            return Err(Trap::Interrupt);
        }
        if !early && self.heap.may_collect() {
            self.heap.collects_for_room();
            self.collect();
            if let Some(reference) = self.allocate_anywhere(size) {
                return Ok(reference);
            }
        }
        self.heap.has_refused();
        Err(Trap::AllocationTooLarge)
    }

    fn allocate_anywhere(&mut self, size: u64) -> Option<u32> {
        self.heap.waiter = self.waiter();
        self.heap.allocate(&mut self.vm.heap, self.limiter.as_deref_mut(), size)
    }

    /// What the collector has done.
    pub fn gc_stats(&self) -> GcStats {
        GcStats {
            collections: self.heap.collections,
            total_pause: self.heap.total_pause,
            longest_pause: self.heap.longest_pause,
            live_bytes: self.heap.live_bytes,
            heap_bytes: self.heap.used_bytes(),
        }
    }

    /// Frees every object that nothing refers to; none if a thread asks that is not the one whose stack would have to be
    /// searched.
    ///
    /// # Panics
    /// If destructors of host data do: with the first of their panics, when all have run.
    pub fn collect(&mut self) {
        if !self.is_on_its_thread() || !self.can_see_aside() {
            return;
        }
        let start = Instant::now();
        self.heap.marks.clear();
        self.heap.blocks.clear_marks();
        let entries = self.mark_roots();
        let live = self.trace();
        let (dead, in_use) = self.sweep();
        self.heap.collected(live, in_use, entries);
        let pause = start.elapsed();
        self.heap.collections += 1;
        self.heap.total_pause += pause;
        self.heap.longest_pause = self.heap.longest_pause.max(pause);
        drop_all(dead);
    }

    /// Marks what is referred to from outside of the heap; how many globals, elements of tables and segments were looked at.
    fn mark_roots(&mut self) -> u64 {
        let exception = self.vm.exception;
        self.mark(exception);
        let roots: Vec<u32> = self.roots.iter().collect();
        roots.into_iter().for_each(|root| self.mark(root));
        for at in 0..self.globals.len() {
            let global = &self.globals[at];
            if let ValType::Ref(ty) = global.ty.val
                && self.is_traced(ty)
            {
                // SAFETY: cells live as long as the store.
                let value = unsafe { (*self.globals[at].cell).bits[0] };
                self.mark(value as u32);
            }
        }
        let mut entries = self.globals.len();
        for at in 0..self.tables.len() {
            if self.is_traced(self.tables[at].ty().element) {
                let elements: *const [Slot] = self.tables[at].elements();
                // SAFETY: marking does not touch tables.
                unsafe { &*elements }.iter().for_each(|&value| self.mark(value as u32));
                entries += elements.len();
            }
        }
        entries += self.mark_segments();
        self.mark_stack();
        self.mark_native_stack();
        self.mark_aside();
        entries as u64
    }

    /// Element segments that were evaluated at instantiation; how many there are, and their elements.
    fn mark_segments(&mut self) -> usize {
        let mut entries = 0;
        for at in 0..self.instances.len() {
            let instance = &self.instances[at];
            let values: Vec<Slot> = instance
                .module
                .elements()
                .iter()
                .zip(&instance.element_values)
                .filter(|(segment, _)| self.is_traced(segment.ty))
                .flat_map(|(_, values)| values.iter().copied())
                .collect();
            entries += instance.element_values.len() + values.len();
            values.into_iter().for_each(|value| self.mark(value as u32));
        }
        entries
    }

    /// Whether values of a type are references into the heap.
    fn is_traced(&self, ty: RefType) -> bool {
        self.registry.hierarchy(ty.heap) != Hierarchy::Func
    }

    /// The value stack: every slot that holds what a reference to an object would be is taken for one.
    fn mark_stack(&mut self) {
        self.mark_slots(self.stack_base, self.vm.stack_top);
    }

    /// The stacks of code that has been set aside.
    fn mark_aside(&mut self) {
        for at in 0..self.aside.len() {
            // SAFETY: what is set aside is there until it is taken out.
            let aside = unsafe { &*self.aside[at] };
            self.mark_slots(aside.stack_base, aside.stack_top);
            self.mark_native_aside(aside);
        }
    }

    fn mark_slots(&mut self, base: *const Slot, top: *const Slot) {
        let slots = (top.addr() - base.addr()) / size_of::<Slot>();
        for at in 0..slots {
            // SAFETY: the stack is accessible up to its top.
            let value = unsafe { *base.add(at) };
            if let Ok(reference) = u32::try_from(value)
                && reference.is_multiple_of(GRAIN)
                && self.heap.starts.get(reference)
            {
                self.mark(reference);
            }
        }
    }

    /// Marks what a reference refers to.
    #[inline]
    pub(super) fn mark(&mut self, reference: u32) {
        if reference != 0 && !is_i31(reference) && self.heap.marks.set(reference) {
            self.heap.mark_stack.push(reference);
        }
    }

    /// Visits everything marked; the bytes of all of it.
    fn trace(&mut self) -> u64 {
        let registry = Arc::clone(&self.registry);
        // Neighbours are often of the same type.
        let mut last = (EXTERN, &ObjectLayout::Func);
        let mut live = 0;
        while let Some(reference) = self.heap.mark_stack.pop() {
            let (ty, second) = self.header(reference);
            let size = if ty < EXCEPTION {
                if ty != last.0 {
                    last = (ty, registry.layout(TypeId::from_u32(ty)));
                }
                self.visit(reference, last.1, second)
            } else {
                if ty == EXCEPTION {
                    self.visit_exception(reference, second);
                }
                self.object_size(reference)
            };
            self.heap.blocks.mark(reference, size);
            live += size;
        }
        live
    }

    /// Marks what an object of a defined type refers to; its size.
    #[inline]
    fn visit(&mut self, reference: u32, layout: &ObjectLayout, len: u32) -> u64 {
        let base = self.vm.heap.base.wrapping_add(reference as usize).cast_const();
        match layout {
            ObjectLayout::Struct(layout) => {
                for &offset in &layout.refs {
                    // SAFETY: the object has a reference at this offset.
                    let field = unsafe { base.add(offset as usize).cast::<u32>().read() };
                    self.mark(field);
                }
                u64::from(layout.size)
            }
            ObjectLayout::Array(layout) => {
                if layout.element == FieldKind::HeapRef {
                    for index in 0..len {
                        // SAFETY: the array has this many references behind its header.
                        let element = unsafe { base.add(8).cast::<u32>().add(index as usize).read() };
                        self.mark(element);
                    }
                }
                layout.size(len)
            }
            ObjectLayout::Func => 8,
        }
    }

    fn visit_exception(&mut self, reference: u32, ty: u32) {
        let Some(params) = self.registry.func_type(TypeId::from_u32(ty)).map(|ty| ty.params.clone()) else {
            return;
        };
        let mut at = 0;
        for param in params {
            if let ValType::Ref(ty) = param
                && self.is_traced(ty)
            {
                let value = self.exception_payload(reference)[at];
                self.mark(value as u32);
            }
            at += param.slots() as usize;
        }
    }

    /// Frees what was not marked. The host data of dead references, for the caller to drop; the bytes that are not free.
    fn sweep(&mut self) -> (Vec<Box<dyn Any + Send + Sync>>, u64) {
        let heap = &mut self.heap;
        let in_use = heap.blocks.sweep();
        // Objects that are alive now are exactly those that were marked.
        std::mem::swap(&mut heap.starts, &mut heap.marks);
        self.vm.heap.starts = heap.starts.words();
        let mut dead = Vec::new();
        for number in 0..heap.externs.len() {
            if heap.externs[number].as_ref().is_some_and(|&(reference, _)| !heap.starts.get(reference)) {
                dead.extend(heap.externs[number].take().map(|(_, data)| data));
                heap.free_externs.push(number as u32);
            }
        }
        // The rest of the current span is free again like everything else.
        (self.vm.heap.cursor, self.vm.heap.limit) = (0, 0);
        (dead, in_use)
    }

    // Roots of the host

    /// Keeps a reference alive until the current scope ends.
    pub fn root(&mut self, reference: u32) -> super::Root {
        self.roots.push(reference)
    }

    /// The reference that a root keeps alive, unless its scope is over.
    pub fn rooted(&self, root: super::Root) -> Option<u32> {
        self.roots.get(root)
    }

    /// Opens a scope.
    pub fn root_scope(&self) -> super::RootMark {
        self.roots.mark()
    }

    /// Ends it, and all opened since.
    pub fn end_root_scope(&mut self, mark: super::RootMark) {
        self.roots.release_to(mark);
    }

    /// Keeps a reference alive until it is released.
    pub fn own_root(&mut self, reference: u32) -> super::OwnedRoot {
        self.roots.own(reference)
    }

    /// The reference that an owned root keeps alive.
    pub fn owned_root(&self, root: super::OwnedRoot) -> u32 {
        self.roots.owned(root)
    }

    /// Lets go of a reference.
    pub fn release_root(&mut self, root: super::OwnedRoot) {
        self.roots.disown(root);
    }
}
