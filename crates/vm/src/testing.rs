//! What the unit tests of this crate share: stores, instances of modules in text, and calls of builtins as code makes
//! them. Nothing runs here.

use crate::{
    BUILTINS, CodeTable, Extern, InstanceId, InstantiateError, Store, StoreConfig, StoreInner, TableId,
};
use sarsen_abi::{CodeCell, Slot, VmInstance};
use sarsen_isa::{Builtin, Features, Trap};
use sarsen_module::{Module, ModuleLimits, Parallelism, TypeId, TypeIndex};
use std::sync::Arc;

/// A file with these bytes, which nobody else can find.
#[cfg(all(unix, not(miri)))]
pub(crate) fn nameless_file(name: &str, content: &[u8]) -> std::fs::File {
    use std::io::Write;
    let path = std::env::temp_dir().join(format!("sarsen-{name}-{}", std::process::id()));
    let mut file =
        std::fs::File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file.write_all(content).unwrap();
    file
}

/// A store with a small stack and little address space, and a GC heap of so many bytes.
pub(crate) fn store_of(heap_bytes: usize) -> Store {
    let small = StoreConfig { stack_slots: 4 << 10, memory_reservation: 1 << 20, ..StoreConfig::default() };
    let config = StoreConfig { heap_bytes, ..small };
    let mut store = Store::new(&Arc::default(), config).unwrap();
    store.make_stack();
    store
}

/// A store with a heap of 64 MiB.
pub(crate) fn store() -> Store {
    store_of(64 << 20)
}

/// A module for a store.
pub(crate) fn load(store: &StoreInner, wat: &str) -> Arc<Module> {
    let limits = ModuleLimits::default();
    let module =
        Module::new(store.registry(), wat, &Features::all(), &limits, Parallelism::Sequential).unwrap();
    Arc::new(module)
}

/// Cells without code.
pub(crate) fn code(module: &Module) -> CodeTable {
    let cells: Arc<Vec<CodeCell>> =
        Arc::new((0..module.defined_funcs()).map(|_| CodeCell::default()).collect());
    CodeTable {
        cells: cells.as_ptr(),
        tier0: std::ptr::null(),
        owner: cells,
        native: None,
        leaves: None,
        entries: std::ptr::null(),
        images: None,
    }
}

/// An instance, or why there is none.
pub(crate) fn try_instantiate(
    store: &mut StoreInner,
    wat: &str,
    imports: &[Extern],
) -> Result<InstanceId, InstantiateError> {
    let module = load(store, wat);
    store.instantiate(&module, imports, code(&module))
}

/// An instance of a module without imports.
pub(crate) fn instantiate(store: &mut StoreInner, wat: &str) -> InstanceId {
    try_instantiate(store, wat, &[]).unwrap()
}

/// The type at an index of an instance's module.
pub(crate) fn type_of(store: &StoreInner, id: InstanceId, index: u32) -> TypeId {
    store.module(id).type_id(TypeIndex(index))
}

/// The elements of a table, all of them made.
pub(crate) fn elements(store: &mut StoreInner, table: TableId) -> Vec<Slot> {
    let len = store.table_len(table);
    store.table_slice(table, 0, len).unwrap().to_vec()
}

/// The bits of an exported global.
pub(crate) fn global(store: &mut StoreInner, id: InstanceId, name: &str) -> [Slot; 2] {
    match store.export(id, name) {
        Some(Extern::Global(global)) => store.global(global).bits,
        other => panic!("{name} is {other:?}"),
    }
}

/// The part of an instance that running code has: it lies before the instance's globals.
pub(crate) fn vm_instance(store: &StoreInner, id: InstanceId) -> *mut VmInstance {
    store.instances[id.index()].own_global(0).wrapping_byte_sub(VmInstance::GLOBALS_OFFSET).cast()
}

/// Puts values on the value stack, as a frame would hold them.
pub(crate) fn push(store: &mut StoreInner, values: &[Slot]) {
    for &value in values {
        assert!(store.vm.stack_top < store.vm.stack_limit, "the stack of tests is full");
        // SAFETY: there is room.
        unsafe { *store.vm.stack_top = value };
        store.vm.stack_top = store.vm.stack_top.wrapping_add(1);
    }
}

/// Takes values off the value stack, without erasing them.
pub(crate) fn pop(store: &mut StoreInner, count: usize) {
    store.vm.stack_top = store.vm.stack_top.wrapping_sub(count);
    assert!(store.vm.stack_top >= store.stack_base);
}

/// Calls a builtin with operands on the value stack; its result, if it has one.
pub(crate) fn call(
    store: &mut StoreInner,
    id: InstanceId,
    builtin: Builtin,
    args: &[Slot],
    (low, high): (u32, u32),
) -> Result<Slot, Trap> {
    let at = store.vm.stack_top;
    let instance = vm_instance(store, id);
    push(store, args);
    // Room for a result.
    push(store, &[0]);
    // SAFETY: the instance is live, and the operands are where they should be.
    let exit = unsafe { BUILTINS[builtin as usize](instance, at, u64::from(low) | u64::from(high) << 32) };
    // SAFETY: as above.
    let result = unsafe { *at };
    pop(store, args.len() + 1);
    if exit.is_ok() { Ok(result) } else { Err(exit.as_trap().unwrap()) }
}
