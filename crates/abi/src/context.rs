//! The two contexts that running code can reach: its store and its instance.
//!
//! A tier keeps the instance in a register; everything else is at most two loads away. What they point at is described
//! in the files beside this one; `sarsen-vm` makes both and keeps them up to date.

use crate::{CodeCell, EntryCell, Slot, VmFunc, VmFunctions, VmGlobal, VmMemory, VmTable, VmTag};
use core::ffi::c_void;
use core::sync::atomic::AtomicU32;

/// What running code needs of its store.
///
/// Aligned, as what is copied at every call from the host is copied two words at a time: a pair that lies across the end of a
/// page takes some twenty cycles each time, in whichever process has its store there.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct VmStore {
    /// Loop back edges and calls left before running code has to poll; below zero means "poll now".
    pub countdown: i64,
    /// First slot past the part of the value stack that frames may use.
    pub stack_limit: *mut Slot,
    /// Fuel left. Inexhaustible where it is not counted.
    pub fuel: i64,
    /// Lowest address that the native stack pointer may have in compiled code. Near the start, because every function reads it:
    /// small offsets make small instructions.
    pub native_limit: usize,
    /// Where GC objects are allocated.
    pub heap: VmHeap,
    /// Index of the function that compiled code is about to call, where what it calls only stands in for functions of a type.
    pub uncompiled: u64,
    /// First slot above every live frame: nested activations start here, the collector scans below it.
    pub stack_top: *mut Slot,
    /// The exception in flight when code exits with [`Exit::EXCEPTION`](crate::Exit::EXCEPTION).
    pub exception: u32,
    /// Code position at which the running activation stopped or called out, if it is of the interpreter.
    pub exit_position: *const c_void,
    /// Frame in which it did; null if it has not. For compiled code the frame of what it called: at that address lies its own
    /// frame pointer, and above it the return address.
    pub exit_frame: *mut Slot,
    /// Instance in which it did, if it is of the interpreter.
    pub exit_instance: *mut VmInstance,
    /// The interpreter's registers between a slow path and the handler that goes on from there.
    pub registers: [u64; 8],
    /// The innermost activation of wasm code, opaque here; null outside of all.
    pub activation: *const c_void,
    /// The runtime's own store (`sarsen_vm::StoreInner`), opaque here.
    pub runtime: *mut c_void,
    /// What code is asked for, by other threads among them; zero if nothing. The interpreter looks whenever `countdown` runs
    /// out.
    pub interrupt: *const AtomicU32,
    /// Where compiled code that stops goes on: the handler in the innermost entry from the host.
    pub entry: VmEntry,
    /// What `exit_frame` points to if compiled code has faulted: as if it had called something there.
    pub fault: [usize; 2],
}

/// The frame of an entry from the host into compiled code, and its handler: what unwinding restores. Aligned as the store is.
#[repr(C, align(16))]
#[derive(Clone, Copy, Debug, Default)]
pub struct VmEntry {
    /// Code position of the handler.
    pub handler: usize,
    /// Its stack pointer.
    pub stack: usize,
    /// Its frame pointer.
    pub frame: usize,
}

/// The part of the GC heap that running code touches directly.
///
/// A heap reference is a byte offset from `base`; bit 0 set means an unboxed `i31` (the value in the upper 31 bits).
#[repr(C)]
#[derive(Debug)]
pub struct VmHeap {
    /// Where a reference to the first byte of all would point: some way before the heap, so that small numbers are none.
    pub base: *mut u8,
    /// Next free byte of the current allocation line span.
    pub cursor: u32,
    /// End of the current span.
    pub limit: u32,
    /// A bit per [`VmHeap::GRAIN`] bytes from `base`, set where an object starts.
    pub starts: *mut u64,
}

impl VmHeap {
    /// Alignment of objects.
    pub const GRAIN: u32 = 8;
    /// Bytes of the largest objects that may be put where the last one ended.
    pub const LARGE: u32 = 16 << 10;
}

/// What running code needs of its instance. The instance's own globals follow the struct in memory, as an array
/// of [`VmGlobal`] that starts at [`VmInstance::GLOBALS_OFFSET`]; behind them, for each table, the address of its element
/// 0 if it can never have more or fewer elements.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct VmInstance {
    /// The store that this instance lives in.
    pub store: *mut VmStore,
    /// Memory 0, or a memory of length zero when there is none: never null.
    pub memory0: *const VmMemory,
    /// Translated code by defined-function index; null cells are not translated yet.
    pub code: *const CodeCell,
    /// All memories, imported first.
    pub memories: *const *const VmMemory,
    /// All tables, imported first.
    pub tables: *const *mut VmTable,
    /// Cells of the imported globals.
    pub imported_globals: *const *mut VmGlobal,
    /// Records of the imported functions.
    pub imported_funcs: *const *const VmFunc,
    /// Records of the defined functions, by defined-function index. A record whose `cell` is null has not been
    /// made yet: references to it come from the `ref_func` builtin.
    pub funcs: *mut VmFunc,
    /// All tags, imported first. A tag is identified by its address.
    pub tags: *const *const VmTag,
    /// Engine-wide type identities by module type index.
    pub types: *const u32,
    /// What tier 0 attached to the module (opaque here).
    pub tier0: *const c_void,
    /// The runtime's own instance (`sarsen_vm::Instance`), opaque here.
    pub runtime: *mut c_void,
    /// Address of byte 0 of memory 0, if that memory never moves.
    pub pinned0: *mut u8,
    /// The runtime's functions, for compiled code.
    pub functions: *const VmFunctions,
    /// Entries for compiled callers, by defined-function index; null where all functions are compiled at once, or none.
    pub entries: *const EntryCell,
}

impl VmInstance {
    /// Byte offset of the instance's own globals from the start of the struct.
    pub const GLOBALS_OFFSET: usize = size_of::<Self>();

    /// Byte offset from the start of the struct of the address of a table's elements, in an instance with so many globals
    /// of its own.
    pub const fn table_offset(globals: usize, table: usize) -> usize {
        Self::GLOBALS_OFFSET + globals * size_of::<VmGlobal>() + table * size_of::<*mut Slot>()
    }
}
