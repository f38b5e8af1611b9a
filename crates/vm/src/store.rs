//! The store: owner of everything that its instances' code can reach. How each entity works inside is in its own file;
//! what code does with them is in `builtins`.
//!
//! # Invariants
//!
//! - What running code has the address of (instances, memories, tables, global cells, tags, function records, the
//!   `VmStore` itself) is boxed, and freed only with the store.
//! - Running code and the functions that it calls have the store exclusively.

use crate::activation::{Failure, Place};
use crate::attend::Attendant;
use crate::error::HostError;
use crate::externs::{Extern, FuncPtr, GlobalId, InstanceId, MemoryId, TableId, TagId};
use crate::fiber::{Aside, Switch};
use crate::gc::{Heap, RootSet};
use crate::host::HostFunc;
use crate::instance::Instance;
use crate::limits::{Growth, ResourceLimiter, StoreConfig};
use crate::memory::{Memory, MemoryImage, NotGrown, OwnedMemory, SharedMemory, Source, range};
use crate::native::NativeCode;
use crate::pool::Pool;
use crate::stack::{ThreadStack, ValueStack};
use crate::table::Table;
use crate::thread::Here;
use sarsen_abi::{Exit, Slot, VmEntry, VmFunc, VmGlobal, VmHeap, VmStore, VmTag};
use sarsen_isa::Trap;
use sarsen_module::{
    ExternIndex, ExternType, GlobalType, MemoryType, Module, TableType, TypeId, TypeRegistry,
};
use std::any::Any;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// A store.
#[derive(Debug)]
pub struct Store(Box<StoreInner>);

// SAFETY: a store owns all that its pointers lead to; what it shares with others (modules, types, shared memories, the
// interrupt flag, host functions) can be shared, and limiters are `Send` by their trait.
unsafe impl Send for Store {}

/// What a store owns. First what every call of a host function reads: small offsets make small instructions.
#[repr(C)]
#[expect(clippy::vec_box, reason = "running code holds addresses of what is boxed")]
pub struct StoreInner {
    /// The embedder's part of the store.
    pub(crate) host_data: *mut c_void,
    /// What the host keeps alive.
    pub(crate) roots: RootSet,
    /// Whether code that the embedder has called may wait on the fiber that it is on.
    pub(crate) may_wait: bool,
    pub(crate) vm: VmStore,
    pub(crate) registry: Arc<TypeRegistry>,
    pub(crate) config: StoreConfig,
    /// Where its addresses come from.
    pub(crate) pool: Option<Arc<Pool>>,
    /// Its own value stack, if it had to have one.
    stack: Option<Box<ValueStack>>,
    /// Where the value stack that is in use begins.
    pub(crate) stack_base: *mut Slot,
    pub(crate) instances: Vec<Box<Instance>>,
    pub(crate) memories: Vec<Memory>,
    pub(crate) tables: Vec<Box<Table>>,
    /// The elements of all of them: there can be many, and one that grows asks for the sum.
    table_elements: u64,
    pub(crate) globals: Vec<Global>,
    pub(crate) tags: Vec<Box<VmTag>>,
    pub(crate) host_funcs: Vec<HostFunc>,
    pub(crate) heap: Heap,
    /// Bytes of objects that constant expressions of the newest instance have made.
    pub(crate) constant_bytes: u64,
    pub(crate) limiter: Option<Box<dyn ResourceLimiter>>,
    /// The limiter's error, if it has just said no with one.
    pub(crate) refusal: Option<HostError>,
    pub(crate) error: Option<Box<dyn Any + Send + Sync>>,
    /// Why and where code has stopped, on its way to the activation that it ends.
    pub(crate) stopped: Option<Failure>,
    /// The thread of the activations.
    pub(crate) thread: *const Here,
    /// The fiber that they are on, if it is one.
    pub(crate) fiber: *const Switch,
    /// What has been set aside: code that waits, and what is around code on a fiber.
    pub(crate) aside: Vec<*const Aside>,
    /// Above this address of the native stack lies all that compiled code has, registers too, that has called a builtin; zero if
    /// that is not known. It may belong to an activation further out.
    pub(crate) exit_stack: usize,
    /// Where the limit of their native stack has been found.
    pub(crate) place: Place,
    /// What code is asked for: see `attend.rs`.
    pub(crate) asked: Arc<AtomicU32>,
    pub(crate) attendant: Attendant,
    /// Fuel that is not in `vm.fuel` yet.
    pub(crate) fuel_reserve: u64,
    /// How much of it goes there at once.
    pub(crate) fuel_portion: u64,
}

impl std::fmt::Debug for StoreInner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreInner").field("instances", &self.instances.len()).finish_non_exhaustive()
    }
}

/// Whether `more` fits a total beside the memories that there are. The sum is only made if there is a limit: shared memories
/// grow without their stores, so that nobody can keep it.
fn fits(total: u64, more: u64, mut parts: impl Iterator<Item = u64>) -> bool {
    total == u64::MAX || parts.try_fold(more, u64::checked_add).is_some_and(|sum| sum <= total)
}

/// What a limiter's answer means; an error is kept.
fn allows(refusal: &mut Option<HostError>, answer: Result<bool, HostError>) -> bool {
    answer.unwrap_or_else(|error| {
        *refusal = Some(error);
        false
    })
}

/// A global: its type, and where its value is.
#[derive(Debug)]
pub(crate) struct Global {
    pub(crate) ty: GlobalType,
    pub(crate) cell: *mut VmGlobal,
    /// The cell, if it is not behind an instance.
    _own: Option<Box<VmGlobal>>,
}

impl Store {
    /// A store for modules whose types are in `registry`. None if no system has room for its stack.
    pub fn new(registry: &Arc<TypeRegistry>, config: StoreConfig) -> Option<Store> {
        Store::with_pool(registry, config, None)
    }

    /// The same with addresses from a pool.
    pub fn with_pool(
        registry: &Arc<TypeRegistry>,
        config: StoreConfig,
        pool: Option<&Arc<Pool>>,
    ) -> Option<Store> {
        let asked = Arc::new(AtomicU32::new(0));
        let vm = VmStore {
            countdown: 0,
            stack_limit: ptr::null_mut(),
            fuel: i64::MAX,
            heap: VmHeap { base: ptr::null_mut(), cursor: 0, limit: 0, starts: ptr::null_mut() },
            uncompiled: 0,
            stack_top: ptr::null_mut(),
            exception: 0,
            exit_position: ptr::null(),
            exit_frame: ptr::null_mut(),
            exit_instance: ptr::null_mut(),
            registers: [0; 8],
            activation: ptr::null(),
            runtime: ptr::null_mut(),
            interrupt: Arc::as_ptr(&asked),
            native_limit: 0,
            entry: VmEntry::default(),
            fault: [0; 2],
        };
        let mut inner = Box::new(StoreInner {
            host_data: ptr::null_mut(),
            roots: RootSet::default(),
            may_wait: false,
            vm,
            registry: Arc::clone(registry),
            config,
            pool: pool.cloned(),
            stack: None,
            stack_base: ptr::null_mut(),
            instances: Vec::new(),
            memories: Vec::new(),
            tables: Vec::new(),
            table_elements: 0,
            globals: Vec::new(),
            tags: Vec::new(),
            host_funcs: Vec::new(),
            heap: Heap::new(config.heap_bytes),
            constant_bytes: 0,
            limiter: None,
            refusal: None,
            error: None,
            stopped: None,
            thread: ptr::null(),
            fiber: ptr::null(),
            aside: Vec::new(),
            exit_stack: 0,
            place: Place::default(),
            asked,
            attendant: Attendant::default(),
            fuel_reserve: 0,
            fuel_portion: u64::MAX,
        });
        inner.vm.runtime = (&raw mut *inner).cast();
        // Large ones are no thread's, and whoever asks for one wants to know whether there is room.
        if !ThreadStack::can_have(config.stack_slots) {
            inner.make_stack();
            inner.stack.as_ref()?;
        }
        Some(Store(inner))
    }
}

impl std::ops::Deref for Store {
    type Target = StoreInner;
    fn deref(&self) -> &StoreInner {
        &self.0
    }
}

impl std::ops::DerefMut for Store {
    fn deref_mut(&mut self) -> &mut StoreInner {
        &mut self.0
    }
}

impl StoreInner {
    /// The runtime's part of the store that running code has.
    ///
    /// # Safety
    /// `vm` must be live, and the result used as exclusively as the store would be.
    pub unsafe fn of<'a>(vm: *mut VmStore) -> &'a mut StoreInner {
        // SAFETY: `runtime` is what `Store::new` put there.
        unsafe { &mut *(*vm).runtime.cast::<StoreInner>() }
    }

    /// Its address, for those who let code run on stacks of its own.
    pub fn address(&mut self) -> *mut StoreInner {
        ptr::from_mut(self)
    }

    /// Finds a value stack: if it is the thread's, whoever runs code has to [leave](StoreInner::leave_stack) it. Without one, code
    /// finds that it is full.
    #[inline]
    pub(crate) fn find_stack(&mut self) -> Option<&'static ThreadStack> {
        let borrowed = ThreadStack::borrow(self.config.stack_slots);
        match borrowed {
            Some(borrowed) => self.use_stack(borrowed.stack().base(), borrowed.stack().end()),
            None => self.make_stack(),
        }
        borrowed
    }

    /// Makes a value stack of its own.
    #[cold]
    pub(crate) fn make_stack(&mut self) {
        self.stack = ValueStack::new(self.config.stack_slots, self.pool.as_ref()).map(Box::new);
        if let Some(stack) = &self.stack {
            let (base, end) = (stack.base(), stack.end());
            self.use_stack(base, end);
        }
    }

    fn use_stack(&mut self, base: *mut Slot, end: *mut Slot) {
        (self.stack_base, self.vm.stack_top, self.vm.stack_limit) = (base, base, end);
    }

    /// Gives the thread's value stack back.
    #[inline]
    pub(crate) fn leave_stack(&mut self, borrowed: &ThreadStack) {
        self.use_stack(ptr::null_mut(), ptr::null_mut());
        borrowed.give_back();
    }

    /// The part that running code has.
    pub fn vm(&mut self) -> *mut VmStore {
        &raw mut self.vm
    }

    /// The types of the engine.
    pub fn registry(&self) -> &Arc<TypeRegistry> {
        &self.registry
    }

    /// The embedder's part of the store.
    pub fn host_data(&self) -> *mut c_void {
        self.host_data
    }

    /// Sets the embedder's part of the store.
    pub fn set_host_data(&mut self, data: *mut c_void) {
        self.host_data = data;
    }

    /// Sets who decides about growth.
    pub fn set_limiter(&mut self, limiter: Option<Box<dyn ResourceLimiter>>) {
        self.limiter = limiter;
    }

    /// The error of the host function that has just failed.
    pub fn take_error(&mut self) -> Option<Box<dyn Any + Send + Sync>> {
        self.error.take()
    }

    /// The exception in flight, taken out.
    pub fn take_exception(&mut self) -> u32 {
        std::mem::take(&mut self.vm.exception)
    }

    /// Notes why a host function failed, as running code needs it.
    pub(crate) fn fail(&mut self, error: HostError) -> Exit {
        match error {
            HostError::Trap(trap) => trap.into(),
            HostError::Exception(exception) => {
                self.vm.exception = exception;
                Exit::EXCEPTION
            }
            HostError::Error(error) => {
                self.error = Some(error);
                Exit::ERROR
            }
        }
    }

    // Entities

    /// A new memory; none if there is no room, or the limiter says no.
    pub fn new_memory(&mut self, ty: MemoryType) -> Option<MemoryId> {
        self.new_memory_for(ty, None)
    }

    /// The same for a memory into which this will be mapped.
    pub(crate) fn new_memory_for(&mut self, ty: MemoryType, image: Option<&MemoryImage>) -> Option<MemoryId> {
        if self.limiter.as_ref().is_some_and(|limiter| self.memories.len() >= limiter.memories())
            || !self.memory_may_grow(ty, 0, ty.min_bytes())
        {
            return None;
        }
        if ty.shared {
            return SharedMemory::new(ty, self.config.memory_guard)
                .map(|memory| self.add_shared_memory(&memory));
        }
        let source = Source { pool: self.pool.as_ref(), image };
        let memory = OwnedMemory::new(ty, self.config.memory_reservation, self.config.memory_guard, source)?;
        Some(self.add_memory(Memory::Owned(memory)))
    }

    /// Whether the limiter lets a memory of this type grow from `current` to `desired` bytes.
    fn memory_may_grow(&mut self, ty: MemoryType, current: u64, desired: u64) -> bool {
        let waiter = self.waiter();
        let Some(limiter) = &mut self.limiter else { return true };
        let total = limiter.total_memory_bytes();
        let maximum = ty.max.map(|_| ty.max_bytes());
        fits(total, desired - current, self.memories.iter().map(Memory::len))
            && allows(&mut self.refusal, limiter.memory_growing(Growth { current, desired, maximum, waiter }))
    }

    /// Whether the limiter lets a table of this type grow from `current` to `desired` elements.
    fn table_may_grow(&mut self, ty: TableType, current: u64, desired: u64) -> bool {
        let waiter = self.waiter();
        let Some(limiter) = &mut self.limiter else { return true };
        let total = limiter.total_table_elements();
        let growth = Growth { current, desired, maximum: ty.max, waiter };
        self.table_elements.checked_add(desired - current).is_some_and(|sum| sum <= total)
            && allows(&mut self.refusal, limiter.table_growing(growth))
    }

    /// Why the limiter has just said no, if it has said why.
    pub fn take_refusal(&mut self) -> Option<HostError> {
        self.refusal.take()
    }

    /// Fails if the limiter has just said no with an error.
    pub(crate) fn check_refusal(&mut self) -> Result<(), Exit> {
        match self.take_refusal() {
            Some(error) => Err(self.fail(error)),
            None => Ok(()),
        }
    }

    fn add_memory(&mut self, memory: Memory) -> MemoryId {
        self.memories.push(memory);
        MemoryId(self.memories.len() as u32 - 1)
    }

    /// A shared memory as one of this store's: the same however often it is given.
    pub fn add_shared_memory(&mut self, memory: &Arc<SharedMemory>) -> MemoryId {
        let is_it = |own: &Memory| matches!(own, Memory::Shared(own) if Arc::ptr_eq(own, memory));
        match self.memories.iter().position(is_it) {
            Some(index) => MemoryId(index as u32),
            None => self.add_memory(Memory::Shared(Arc::clone(memory))),
        }
    }

    /// The shared memory, if it is one.
    pub fn shared_memory(&self, id: MemoryId) -> Option<&Arc<SharedMemory>> {
        match &self.memories[id.index()] {
            Memory::Shared(memory) => Some(memory),
            Memory::Owned(_) => None,
        }
    }

    /// A memory's type.
    pub fn memory_type(&self, id: MemoryId) -> MemoryType {
        self.memories[id.index()].ty()
    }

    /// Bytes of a memory.
    pub fn memory_len(&self, id: MemoryId) -> u64 {
        self.memories[id.index()].len()
    }

    /// Address of byte 0 of a memory; valid until it grows.
    pub fn memory_base(&self, id: MemoryId) -> *mut u8 {
        self.memories[id.index()].base()
    }

    /// Address of a range of a memory, if it has all of it; valid until it grows.
    #[inline]
    pub fn memory_range(&self, id: MemoryId, at: u64, len: u64) -> Option<*mut u8> {
        // SAFETY: the memory lives as long as the store.
        let memory = unsafe { &*self.memories[id.index()].vm() };
        range(memory, at, len).ok()
    }

    /// Grows a memory by `delta` pages; the old number of pages, or none if that is not possible.
    pub fn grow_memory(&mut self, id: MemoryId, delta: u64) -> Option<u64> {
        loop {
            let memory = &self.memories[id.index()];
            let (ty, current) = (memory.ty(), memory.len());
            let desired = memory.grown(delta)?;
            // Another thread can grow a shared memory between the two looks.
            let current = current.min(desired);
            if !self.memory_may_grow(ty, current, desired) {
                return None;
            }
            match self.memories[id.index()].grow_within(delta, desired) {
                Ok(old) => return Some(old),
                Err(NotGrown::NoRoom) => {
                    if let Some(limiter) = &mut self.limiter {
                        self.refusal = limiter.memory_grow_failed().err();
                    }
                    return None;
                }
                // What was allowed is not what it would be now. This ends: each time, somebody else has made it larger.
                Err(NotGrown::Overtaken) => {}
            }
        }
    }

    /// A new table full of `init`; none if it is too large, or the limiter says no.
    pub fn new_table(&mut self, ty: TableType, init: Slot) -> Option<TableId> {
        if self.limiter.as_ref().is_some_and(|limiter| self.tables.len() >= limiter.tables())
            || !self.table_may_grow(ty, 0, ty.min)
        {
            return None;
        }
        let table = Table::new(ty, init)?;
        self.table_elements += table.len();
        self.tables.push(table);
        Some(TableId(self.tables.len() as u32 - 1))
    }

    /// A table's type.
    pub fn table_type(&self, id: TableId) -> TableType {
        self.tables[id.index()].ty()
    }

    /// How many elements a table has.
    pub fn table_len(&self, id: TableId) -> u64 {
        self.tables[id.index()].len()
    }

    /// An element of a table, if it has that many.
    pub fn table_element(&mut self, id: TableId, index: u64) -> Option<Slot> {
        let table = &mut self.tables[id.index()];
        let element = *table.slice(index, 1).ok()?.first()?;
        if element != 0 {
            return Some(element);
        }
        let Some((later, item)) = table.later(index) else { return Some(0) };
        let made = self.instances[later.instance.index()].element(later.segment, item);
        self.tables[id.index()].slice(index, 1).ok()?.fill(made);
        Some(made)
    }

    /// Traps unless a table has all of a range.
    pub(crate) fn check_table(&mut self, id: TableId, at: u64, len: u64) -> Result<(), Trap> {
        self.tables[id.index()].slice(at, len).map(drop)
    }

    /// Some of a table's elements, to be read and written.
    pub fn table_slice(&mut self, id: TableId, at: u64, len: u64) -> Result<&mut [Slot], Trap> {
        self.finish_table(id);
        self.tables[id.index()].slice(at, len)
    }

    /// Makes all elements of a table that are still to be made: a zero is a null from now on.
    pub(crate) fn finish_table(&mut self, id: TableId) {
        let later = self.tables[id.index()].take_later();
        for (nth, segment) in (1..).zip(&later) {
            let instance = &mut self.instances[segment.instance.index()];
            let Ok(elements) = self.tables[id.index()].slice(segment.at, segment.len) else { continue };
            for (item, element) in (0..).zip(elements) {
                let is_overwritten =
                    || later[nth..].iter().any(|next| next.item(segment.at + item).is_some());
                if *element == 0 && !is_overwritten() {
                    *element = instance.element(segment.segment, item);
                }
            }
        }
    }

    /// Grows a table by `delta` elements; the old length, or none if that is not possible.
    pub fn grow_table(&mut self, id: TableId, delta: u64, init: Slot) -> Option<u64> {
        if self.can_grow_table(id, delta) { self.grow_table_now(id, delta, init) } else { None }
    }

    /// Whether a table's type and the limiter let it grow by `delta` elements, and there is room for them.
    pub(crate) fn can_grow_table(&mut self, id: TableId, delta: u64) -> bool {
        let table = &self.tables[id.index()];
        let (ty, current) = (table.ty(), table.len());
        let Some(desired) = table.grown(delta) else { return false };
        if !self.table_may_grow(ty, current, desired) {
            return false;
        }
        let has_room = self.tables[id.index()].reserve(delta);
        if !has_room && let Some(limiter) = &mut self.limiter {
            self.refusal = limiter.table_grow_failed().err();
        }
        has_room
    }

    /// The elements of all tables together.
    pub(crate) fn table_elements(&self) -> u64 {
        self.table_elements
    }

    /// Grows a table after [`StoreInner::can_grow_table`].
    pub(crate) fn grow_table_now(&mut self, id: TableId, delta: u64, init: Slot) -> Option<u64> {
        let old = self.tables[id.index()].grow(delta, init)?;
        self.table_elements += delta;
        Some(old)
    }

    /// A new global of the host's.
    pub fn new_global(&mut self, ty: GlobalType, value: VmGlobal) -> GlobalId {
        let mut own = Box::new(value);
        let cell = &raw mut *own;
        self.add_global(Global { ty, cell, _own: Some(own) })
    }

    /// A global whose cell lies behind an instance.
    pub(crate) fn add_instance_global(&mut self, ty: GlobalType, cell: *mut VmGlobal) -> GlobalId {
        self.add_global(Global { ty, cell, _own: None })
    }

    fn add_global(&mut self, global: Global) -> GlobalId {
        self.globals.push(global);
        GlobalId(self.globals.len() as u32 - 1)
    }

    /// A global's type.
    pub fn global_type(&self, id: GlobalId) -> GlobalType {
        self.globals[id.index()].ty
    }

    /// A global's value.
    pub fn global(&self, id: GlobalId) -> VmGlobal {
        // SAFETY: the cell lives as long as the store.
        unsafe { *self.globals[id.index()].cell }
    }

    /// Sets a global, which must hold values of this kind.
    pub fn set_global(&mut self, id: GlobalId, value: VmGlobal) {
        // SAFETY: as above, and the store is exclusively ours.
        unsafe { *self.globals[id.index()].cell = value };
    }

    /// A new tag with a payload of the parameters of `ty`.
    pub fn new_tag(&mut self, ty: TypeId) -> TagId {
        self.tags.push(Box::new(VmTag { ty: ty.as_u32() }));
        TagId(self.tags.len() as u32 - 1)
    }

    /// A tag's function type.
    pub fn tag_type(&self, id: TagId) -> TypeId {
        TypeId::from_u32(self.tags[id.index()].ty)
    }

    /// A tag's identity.
    pub fn tag(&self, id: TagId) -> *const VmTag {
        &raw const *self.tags[id.index()]
    }

    /// The tag with this identity.
    pub fn find_tag(&self, tag: *const VmTag) -> Option<TagId> {
        let at = self.tags.iter().position(|known| ptr::eq(&raw const **known, tag))?;
        Some(TagId(at as u32))
    }

    // Instances

    /// An instance's module.
    pub fn module(&self, id: InstanceId) -> &Arc<Module> {
        &self.instances[id.index()].module
    }

    /// The number of the instance whose part for running code is at `vm`.
    ///
    /// # Safety
    /// It must be an instance of this store.
    pub unsafe fn instance_id(&self, vm: *const sarsen_abi::VmInstance) -> InstanceId {
        // SAFETY: by contract.
        unsafe { InstanceId::of(vm) }
    }

    /// The instance of a module, if there is no other one: those count, too, that could not be finished.
    pub fn only_instance(&self, module: &Arc<Module>) -> Option<InstanceId> {
        let mut found = self.instances.iter().filter(|instance| Arc::ptr_eq(&instance.module, module));
        let instance = found.next()?;
        found.next().is_none().then_some(instance.id)
    }

    /// An export of an instance.
    pub fn export(&mut self, id: InstanceId, name: &str) -> Option<Extern> {
        let index = self.module(id).export(name)?.index;
        Some(self.entity(id, index))
    }

    /// An entity of an instance.
    pub fn entity(&mut self, id: InstanceId, index: ExternIndex) -> Extern {
        let instance = &mut self.instances[id.index()];
        match index {
            ExternIndex::Func(index) => Extern::Func(instance.func(index)),
            ExternIndex::Table(index) => Extern::Table(instance.tables[index.index()]),
            ExternIndex::Memory(index) => Extern::Memory(instance.memories[index.index()]),
            ExternIndex::Global(index) => Extern::Global(instance.globals[index.index()]),
            ExternIndex::Tag(index) => Extern::Tag(instance.tags[index.index()]),
        }
    }

    /// The function to call when an instance has just been made.
    pub fn start_func(&mut self, id: InstanceId) -> Option<FuncPtr> {
        let instance = &mut self.instances[id.index()];
        instance.module.start().map(|index| instance.func(index))
    }

    /// The type of anything that can be imported.
    pub fn extern_type(&self, value: Extern) -> ExternType {
        match value {
            Extern::Func(func) => ExternType::Func(self.func_type_id(func)),
            Extern::Memory(id) => {
                let ty = self.memory_type(id);
                ExternType::Memory(MemoryType { min: self.memory_len(id) >> ty.page_size_log2, ..ty })
            }
            Extern::Table(id) => {
                let table = &self.tables[id.index()];
                ExternType::Table(TableType { min: table.len(), ..table.ty() })
            }
            Extern::Global(id) => ExternType::Global(self.global_type(id)),
            Extern::Tag(id) => ExternType::Tag(self.tag_type(id)),
        }
    }

    /// A function's type.
    pub fn func_type_id(&self, func: FuncPtr) -> TypeId {
        // SAFETY: records of this store live as long as it does.
        TypeId::from_u32(unsafe { (*func.record()).ty })
    }

    /// Gives a function that compiled code can call, but has no entry for that, one: the trampoline of `code`, which lives as
    /// long as the store, for functions of type `ty` that are not compiled. `ty` must have the same representation as the
    /// function's type. Without a trampoline, an entry is found at the first call.
    pub(crate) fn link_func(&mut self, func: FuncPtr, code: &NativeCode, ty: TypeId) {
        let record = func.record().cast_mut();
        // SAFETY: records of this store live as long as it does, which is exclusively ours.
        unsafe {
            if (*record).native.is_null()
                && let Some(native) = code.leave(ty)
            {
                ((*record).native, (*record).context) = (native, record.cast());
            }
        }
    }

    /// The record of a function.
    pub fn func_record(&self, func: FuncPtr) -> &VmFunc {
        // SAFETY: records of this store live as long as it does.
        unsafe { &*func.record() }
    }
}
