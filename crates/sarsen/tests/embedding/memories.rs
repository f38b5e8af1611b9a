//! Memories, tables and globals seen from the host.

use crate::Guest;
use sarsen::{
    Engine, Global, GlobalType, Instance, Linker, Memory, MemoryType, Module, Mutability, Ref, RefType,
    SharedMemory, Store, Table, TableType, Val, ValType,
};
use std::thread;

#[test]
fn hosts_see_what_guests_write() {
    let mut guest = Guest::new(
        r#"(module (memory (export "memory") 1 3)
            (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#,
    );
    let memory = guest.instance.get_memory(&mut guest.store, "memory").expect("it is exported");
    guest.call::<_, ()>("store", (65532, 0x0403_0201)).expect("it is in bounds");
    assert_eq!(memory.data(&guest.store)[65532..], [1, 2, 3, 4]);
    memory.data_mut(&mut guest.store)[0] = 9;
    let mut bytes = [0; 2];
    memory.read(&guest.store, 0, &mut bytes).expect("it is in bounds");
    assert_eq!(bytes, [9, 0]);
    assert!(memory.read(&guest.store, 65535, &mut bytes).is_err());
    assert!(memory.write(&mut guest.store, usize::MAX, &[1]).is_err());

    assert_eq!(guest.call::<i32, i32>("grow", 1).expect("it returns"), 1);
    assert_eq!(memory.size(&guest.store), 2);
    assert_eq!(memory.data(&guest.store)[0], 9, "growing keeps what is there");
    assert!(memory.data(&guest.store)[65536..].iter().all(|&byte| byte == 0));
    assert_eq!(memory.grow(&mut guest.store, 1).expect("it may"), 2);
    guest.call::<_, ()>("store", (3 * 65536 - 4, 5)).expect("code sees the new pages");
    assert!(memory.grow(&mut guest.store, 1).is_err(), "the maximum is three pages");
    assert_eq!(guest.call::<i32, i32>("grow", 1).expect("it returns"), -1);
    assert!(guest.call::<_, ()>("store", (3 * 65536 - 3, 5)).is_err());
}

#[test]
fn shared_memory_is_shared_by_threads() {
    const THREADS: i32 = 4;
    const TURNS: i32 = 2000;
    let engine = Engine::default();
    let source = r#"(module (import "" "memory" (memory 1 4 shared))
        (func (export "read") (result i32) (i32.atomic.load (i32.const 8)))
        (func (export "count") (param i32)
            (loop $again
                (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
                (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let module = Module::new(&engine, source).expect("it is valid");
    let memory = SharedMemory::new(&engine, MemoryType::shared(1, 4)).expect("there is room");
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut store = Store::new(&engine, ());
                let instance =
                    Instance::new(&mut store, &module, &[memory.clone().into()]).expect("the import fits");
                let count = instance.get_typed_func::<i32, ()>(&mut store, "count").expect("it is exported");
                count.call(&mut store, TURNS).expect("it returns");
            });
        }
    });
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[memory.into()]).expect("the import fits");
    let read = instance.get_typed_func::<(), i32>(&mut store, "read").expect("it is exported");
    assert_eq!(read.call(&mut store, ()).expect("it returns"), THREADS * TURNS);
}

#[test]
fn tables_and_globals_keep_to_their_types() {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let table = Table::new(&mut store, TableType::new(RefType::FUNCREF, 2, Some(4)), Ref::Func(None))
        .expect("there is room");
    assert_eq!(table.size(&store), 2);
    assert!(table.set(&mut store, 2, Ref::Func(None)).is_err());
    assert!(table.set(&mut store, 0, Ref::Extern(None)).is_err());
    assert_eq!(table.grow(&mut store, 2, Ref::Func(None)).expect("it may"), 2);
    assert!(table.grow(&mut store, 1, Ref::Func(None)).is_err());
    assert!(table.get(&mut store, 4).is_none());

    let constant = Global::new(&mut store, GlobalType::new(ValType::I32, Mutability::Const), Val::I32(3))
        .expect("the type fits");
    assert!(constant.set(&mut store, Val::I32(4)).is_err());
    let variable = Global::new(&mut store, GlobalType::new(ValType::I64, Mutability::Var), Val::I64(3))
        .expect("the type fits");
    assert!(variable.set(&mut store, Val::I32(4)).is_err());
    variable.set(&mut store, Val::I64(-4)).expect("the type fits");
    assert!(matches!(variable.get(&mut store), Val::I64(-4)));
    assert!(Global::new(&mut store, GlobalType::new(ValType::I32, Mutability::Const), Val::I64(3)).is_err());
}

#[test]
fn memories_and_tables_can_be_imported() {
    let engine = Engine::default();
    let source = r#"(module
        (import "host" "memory" (memory 1)) (import "host" "table" (table 1 funcref)) (import "host" "count" (global $count (mut i32)))
        (elem (i32.const 0) $add)
        (func $add (export "add") (result i32)
            (global.set $count (i32.add (global.get $count) (i32.load8_u (i32.const 1)))) (global.get $count)))"#;
    let module = Module::new(&engine, source).expect("it is valid");
    let mut store = Store::new(&engine, ());
    let memory = Memory::new(&mut store, MemoryType::new(1, None)).expect("there is room");
    let table = Table::new(&mut store, TableType::new(RefType::FUNCREF, 1, None), Ref::Func(None))
        .expect("there is room");
    let count = Global::new(&mut store, GlobalType::new(ValType::I32, Mutability::Var), Val::I32(40))
        .expect("the type fits");
    let mut linker: Linker<()> = Linker::new(&engine);
    linker.define(&store, "host", "memory", memory).expect("the name is new");
    linker.define(&store, "host", "table", table).expect("the name is new");
    linker.define(&store, "host", "count", count).expect("the name is new");
    linker.instantiate(&mut store, &module).expect("the imports fit");
    memory.data_mut(&mut store)[1] = 2;
    let func = table.get(&mut store, 0).expect("it is in bounds");
    let func = func.as_func().flatten().copied().expect("the segment wrote it");
    let mut results = [Val::I32(0)];
    func.call(&mut store, &[], &mut results).expect("it returns");
    assert!(matches!(results, [Val::I32(42)]));
    assert!(matches!(count.get(&mut store), Val::I32(42)));
}
