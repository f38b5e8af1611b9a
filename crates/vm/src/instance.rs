//! An instance: the part that running code reads, and what the runtime keeps beside it. In which order it is filled is
//! `instantiate.rs`' matter.
//!
//! # Invariants
//!
//! - The `VmInstance` and the globals behind it are one allocation, which lives as long as the `Instance`.
//! - Every pointer in it leads to something that the store owns for as long.

use crate::dropped::DroppedData;
use crate::externs::{FuncPtr, GlobalId, InstanceId, MemoryId, TableId, TagId};
use crate::memory::MemoryImages;
use crate::native::{NativeCode, call_interpreted, call_interpreted_in_registers};
use crate::pool::{Pool, Room};
use sarsen_abi::{
    CodeCell, EntryCell, Slot, VmFunc, VmFunctions, VmGlobal, VmInstance, VmMemory, VmTable, VmTag,
};
use sarsen_isa::Trap;
use sarsen_module::{DefinedFuncIndex, ElementItem, FuncIndex, Module};
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::any::Any;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

/// What a tier attaches to a module, for its instances.
#[derive(Clone, Debug)]
pub struct CodeTable {
    /// A cell per defined function.
    pub cells: *const CodeCell,
    /// Opaque to everyone else.
    pub tier0: *const c_void,
    /// Keeps both alive.
    pub owner: Arc<dyn Any + Send + Sync>,
    /// The module's compiled code, if it is compiled as a whole.
    pub native: Option<Arc<NativeCode>>,
    /// A cell per defined function, if functions are compiled one by one; otherwise null.
    pub entries: *const EntryCell,
    /// What compiled code calls functions of the host through, if functions are compiled one by one and this is known.
    pub leaves: Option<Arc<NativeCode>>,
    /// What memories of instances hold at first, for those that are kept as pages. Their active data segments need not be
    /// copied.
    pub images: Option<Arc<MemoryImages>>,
}

impl InstanceId {
    /// The number of the instance whose part for running code is at `vm`.
    ///
    /// # Safety
    /// It must be an instance of a live store.
    pub unsafe fn of(vm: *const VmInstance) -> InstanceId {
        // SAFETY: `runtime` is what the instance put there.
        unsafe { (*(*vm).runtime.cast::<Instance>()).id }
    }
}

/// An instance of a module.
#[derive(Debug)]
pub(crate) struct Instance {
    vm: *mut VmInstance,
    layout: Layout,
    pub(crate) id: InstanceId,
    pub(crate) module: Arc<Module>,
    pub(crate) code: CodeTable,
    functions: &'static VmFunctions,
    funcs: FuncRecords,
    pub(crate) imported_funcs: Box<[*const VmFunc]>,
    pub(crate) memories: Box<[MemoryId]>,
    pub(crate) tables: Box<[TableId]>,
    pub(crate) globals: Vec<GlobalId>,
    pub(crate) tags: Box<[TagId]>,
    pub(crate) vm_memories: Box<[*const VmMemory]>,
    pub(crate) vm_tables: Box<[*mut VmTable]>,
    pub(crate) vm_imported_globals: Box<[*mut VmGlobal]>,
    pub(crate) vm_tags: Box<[*const VmTag]>,
    /// Values of element segments whose items are expressions; empty for others.
    pub(crate) element_values: Box<[Box<[Slot]>]>,
    pub(crate) dropped_elements: Box<[bool]>,
    pub(crate) dropped_data: DroppedData,
}

/// The records of an instance's own functions, made when somebody asks for a reference.
#[derive(Debug)]
struct FuncRecords {
    base: *mut VmFunc,
    keep: Keep,
}

/// What keeps records.
#[derive(Debug)]
enum Keep {
    /// An allocation.
    Heap(Layout),
    /// Addresses from a pool, and which records have been made.
    Room(Room, Vec<u32>),
}

/// Bytes of records from which on they are not allocated: to clear them would take longer than most instances live.
const MANY_RECORDS: usize = 32 << 10;

impl FuncRecords {
    /// All blank.
    fn new(count: usize, pool: Option<&Arc<Pool>>) -> FuncRecords {
        // A count of functions is far below what could overflow.
        let layout = Layout::array::<VmFunc>(count).unwrap_or(Layout::new::<VmFunc>());
        if layout.size() == 0 {
            return FuncRecords { base: ptr::dangling_mut(), keep: Keep::Heap(layout) };
        }
        if layout.size() >= MANY_RECORDS
            && let Ok(room) = Room::new(pool, layout.size(), layout.size(), None)
        {
            return FuncRecords { base: room.base().cast(), keep: Keep::Room(room, Vec::new()) };
        }
        // SAFETY: the layout is not empty.
        let base = unsafe { alloc_zeroed(layout) };
        if base.is_null() {
            handle_alloc_error(layout);
        }
        FuncRecords { base: base.cast(), keep: Keep::Heap(layout) }
    }

    /// Makes a blank record.
    ///
    /// # Safety
    /// There must be one of this number.
    unsafe fn make(&mut self, index: u32, record: VmFunc) {
        if let Keep::Room(_, made) = &mut self.keep {
            made.push(index);
        }
        // SAFETY: by contract.
        unsafe { self.base.add(index as usize).write(record) };
    }
}

impl Drop for FuncRecords {
    fn drop(&mut self) {
        match &mut self.keep {
            // SAFETY: allocated with this layout; the store that could refer to the records is going.
            Keep::Heap(layout) if layout.size() != 0 => unsafe { dealloc(self.base.cast(), *layout) },
            Keep::Heap(_) => {}
            Keep::Room(room, made) => {
                // Nobody writes to blank ones.
                if made.len() <= MAX_MADE {
                    for &index in &*made {
                        // SAFETY: it has been made; the store that could refer to it is going.
                        unsafe { self.base.add(index as usize).write_bytes(0, 1) };
                    }
                    room.set_clean();
                }
            }
        }
    }
}

/// The most records that are cleared one by one.
const MAX_MADE: usize = 256;

impl Instance {
    /// An instance with no entities yet, its own globals zero.
    pub(crate) fn new(
        id: InstanceId,
        module: &Arc<Module>,
        code: CodeTable,
        functions: &'static VmFunctions,
        pool: Option<&Arc<Pool>>,
    ) -> Box<Instance> {
        let globals = module.global_inits().len();
        let size = VmInstance::table_offset(globals, module.tables().len());
        let layout =
            Layout::from_size_align(size, align_of::<VmInstance>()).unwrap_or(Layout::new::<VmInstance>());
        // SAFETY: the layout is not empty.
        let vm: *mut VmInstance = unsafe { alloc_zeroed(layout) }.cast();
        if vm.is_null() {
            handle_alloc_error(layout);
        }
        Box::new(Instance {
            vm,
            layout,
            id,
            module: Arc::clone(module),
            code,
            functions,
            funcs: FuncRecords::new(module.defined_funcs() as usize, pool),
            imported_funcs: Box::default(),
            memories: Box::default(),
            tables: Box::default(),
            globals: Vec::new(),
            tags: Box::default(),
            vm_memories: Box::default(),
            vm_tables: Box::default(),
            vm_imported_globals: Box::default(),
            vm_tags: Box::default(),
            element_values: Box::default(),
            dropped_elements: Box::default(),
            dropped_data: DroppedData::default(),
        })
    }

    /// Fills the part that running code reads from the rest.
    pub(crate) fn publish(&mut self, store: *mut sarsen_abi::VmStore, pinned0: *mut u8) {
        let vm = VmInstance {
            store,
            memory0: self.vm_memories.first().copied().unwrap_or_else(crate::memory::empty),
            code: self.code.cells,
            memories: self.vm_memories.as_ptr(),
            tables: self.vm_tables.as_ptr(),
            imported_globals: self.vm_imported_globals.as_ptr(),
            imported_funcs: self.imported_funcs.as_ptr(),
            funcs: self.funcs.base,
            tags: self.vm_tags.as_ptr(),
            types: self.module.types().as_ptr().cast(),
            tier0: self.code.tier0,
            runtime: (&raw mut *self).cast(),
            pinned0,
            functions: self.functions,
            entries: self.code.entries,
        };
        // SAFETY: the allocation starts with room for the struct.
        unsafe { self.vm.write(vm) };
        let globals = self.module.global_inits().len();
        for (index, (ty, table)) in self.module.tables().iter().zip(&self.vm_tables).enumerate() {
            if ty.max == Some(ty.min) {
                // SAFETY: the allocation has room for an address per table; tables live as long as their store.
                unsafe {
                    let at = self.vm.cast::<u8>().add(VmInstance::table_offset(globals, index));
                    at.cast::<*mut Slot>().write((**table).base);
                }
            }
        }
    }

    /// The cell of own global `index`.
    pub(crate) fn own_global(&self, index: usize) -> *mut VmGlobal {
        // SAFETY: the own globals lie behind the struct, in the same allocation.
        unsafe { self.vm.cast::<u8>().add(VmInstance::GLOBALS_OFFSET).cast::<VmGlobal>().add(index) }
    }

    /// Empties an element segment; the collector need not keep its values any more.
    pub(crate) fn drop_elements(&mut self, segment: usize) {
        self.dropped_elements[segment] = true;
        if let Some(values) = self.element_values.get_mut(segment) {
            *values = Box::default();
        }
    }

    /// Traps unless an element segment has all of a range.
    pub(crate) fn check_elements(&self, segment: u32, from: u64, len: u64) -> Result<(), Trap> {
        let dropped = self.dropped_elements[segment as usize];
        let available = if dropped { 0 } else { self.module.elements()[segment as usize].items.len() };
        let inside = from.checked_add(len).is_some_and(|end| end <= u64::from(available));
        if inside { Ok(()) } else { Err(Trap::TableOutOfBounds) }
    }

    /// An element of a segment that has been checked to have it.
    pub(crate) fn element(&mut self, segment: u32, index: u64) -> Slot {
        match self.module.elements()[segment as usize].items.get(index as u32) {
            Some(ElementItem::Func(func)) => self.func(func).to_slot(),
            Some(ElementItem::Expr(_)) => self.element_values[segment as usize][index as usize],
            _ => 0,
        }
    }

    /// The record of a function, made now if it has not been.
    pub(crate) fn func(&mut self, index: FuncIndex) -> FuncPtr {
        let record = match self.module.defined_func(index) {
            None => self.imported_funcs[index.index()],
            // Segments are not looked at when a compiled module is loaded.
            Some(defined) if defined.0 < self.module.defined_funcs() => self.own_func(index, defined),
            Some(_) => panic!("there is no function {}", index.0),
        };
        FuncPtr::new(record).unwrap_or_else(|| unreachable!("function records are not null"))
    }

    fn own_func(&mut self, index: FuncIndex, defined: DefinedFuncIndex) -> *const VmFunc {
        // SAFETY: there is a record, blank or made, for every defined function.
        unsafe {
            let record = self.funcs.base.add(defined.index());
            if (*record).cell.is_null() {
                let (ty, id) = (self.module.func_type(index), self.module.func_type_id(index));
                let native = self.code.native.as_ref();
                let made = VmFunc {
                    instance: self.vm,
                    cell: self.code.cells.add(defined.index()),
                    ty: id.as_u32(),
                    index: index.0,
                    params: ty.param_slots(),
                    results: ty.result_slots(),
                    native: native.and_then(|code| code.function(defined)).unwrap_or(ptr::null()),
                    context: self.vm.cast(),
                    enter: native.and_then(|code| code.enter(id)),
                    caller: ptr::null_mut(),
                    call: Some(call_interpreted),
                    call_in_registers: Some(call_interpreted_in_registers),
                };
                self.funcs.make(defined.0, made);
            }
            record
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout; the store that could refer to it is going.
        unsafe { dealloc(self.vm.cast(), self.layout) };
    }
}
