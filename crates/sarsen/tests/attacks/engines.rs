//! Values of another engine, wherever one is taken: types are numbers of their engine, and mean something else in every other.
//!
//! Each is given to all functions that take such a value, beside a value of its own engine where there is one, which is taken.

use sarsen::{
    ArrayRef, ArrayRefPre, ArrayType, Engine, ExternType, FieldType, Finality, Func, FuncType, Global,
    GlobalType, HeapType, Instance, Linker, MemoryType, Module, Mutability, NumericHostFunc, Ref, RefType,
    Result, SharedMemory, StorageType, Store, StructRef, StructRefPre, StructType, Table, TableType, Tag,
    TagType, Val, ValType,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

const TEXT: &str = r#"(module (import "env" "f" (func (param i32)))
    (memory (export "memory") 1) (func (export "run") (call 0 (i32.const 1))))"#;

/// An engine in which the first types are others than in every other one with another number.
fn engine(number: usize) -> Engine {
    let engine = Engine::default();
    for params in 0..number {
        FuncType::new(&engine, vec![ValType::V128; params], [ValType::I64]);
    }
    engine
}

/// The result of something that has nothing to wait for.
fn at_once<R>(future: impl Future<Output = R>) -> R {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}

fn is_refused<R>(what: &str, result: Result<R>) {
    let error = result.err().unwrap_or_else(|| panic!("{what} is taken"));
    assert!(format!("{error:#}").contains("belongs to another engine"), "{what}: {error:#}");
}

/// Fails unless this panics, and says why.
fn panics<R>(what: &str, run: impl FnOnce() -> R) {
    let payload = catch_unwind(AssertUnwindSafe(run)).err().unwrap_or_else(|| panic!("{what} is taken"));
    let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref().copied());
    assert!(text.is_some_and(|text| text.contains("belongs to another engine")), "{what}: {text:?}");
}

/// A linker with what the module imports.
fn linker(engine: &Engine) -> Linker<()> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("env", "f", |_: i32| {}).unwrap();
    linker
}

#[test]
fn modules_and_what_they_are_linked_with() {
    let (mine, other) = (engine(0), engine(3));
    let (own, foreign) = (Module::new(&mine, TEXT).unwrap(), Module::new(&other, TEXT).unwrap());
    let (linker, others) = (linker(&mine), linker(&other));
    let mut store = Store::new(&mine, ());
    let mut foreign_store = Store::new(&other, ());
    let func = linker.get(&mut store, "env", "f").unwrap();
    let instance = linker.instantiate(&mut store, &own).unwrap();
    is_refused("Linker::instantiate_pre", linker.instantiate_pre(&foreign));
    is_refused("Linker::instantiate", linker.instantiate(&mut store, &foreign));
    is_refused("Linker::instantiate in another store", linker.instantiate(&mut foreign_store, &own));
    is_refused("Linker::instantiate_async", at_once(linker.instantiate_async(&mut store, &foreign)));
    let pre = others.instantiate_pre(&foreign).unwrap();
    is_refused("InstancePre::instantiate", pre.instantiate(&mut store));
    is_refused("InstancePre::instantiate_async", at_once(pre.instantiate_async(&mut store)));
    is_refused("Instance::new", Instance::new(&mut store, &foreign, std::slice::from_ref(&func)));
    is_refused("Instance::new_async", at_once(Instance::new_async(&mut store, &foreign, &[func])));
    let mut more = linker.clone();
    is_refused("Linker::module", more.module(&mut store, "m", &foreign).map(drop));
    let program = Module::new(&other, r#"(module (func (export "_start")))"#).unwrap();
    is_refused("Linker::module of a program", more.module(&mut store, "p", &program).map(drop));
    let unknown = Module::new(&other, r#"(module (import "a" "g" (func (param i32 i32))))"#).unwrap();
    is_refused("Linker::define_unknown_imports_as_traps", more.define_unknown_imports_as_traps(&unknown));
    let defaults = more.define_unknown_imports_as_default_values(&mut store, &unknown);
    is_refused("Linker::define_unknown_imports_as_default_values", defaults);
    panics("Linker::get", || linker.get(&mut foreign_store, "env", "f"));
    panics("Linker::iter", || linker.iter(&mut foreign_store).count());
    panics("Linker::get_default", || linker.get_default(&mut foreign_store, "env"));
    panics("Linker::get_by_import", || {
        own.imports().next().and_then(|import| linker.get_by_import(&mut foreign_store, &import))
    });
    let export = foreign.get_export_index("memory").unwrap();
    assert!(instance.get_module_export(&mut store, &export).is_none());
    let export = own.get_export_index("memory").unwrap();
    assert!(instance.get_module_export(&mut store, &export).is_some());
}

#[test]
fn shared_memories() {
    let (mine, other) = (engine(0), engine(3));
    let text = r#"(module (import "env" "memory" (memory 1 2 shared)))"#;
    let module = Module::new(&mine, text).unwrap();
    let foreign = SharedMemory::new(&other, MemoryType::shared(1, 2)).unwrap();
    let own = SharedMemory::new(&mine, MemoryType::shared(1, 2)).unwrap();
    let mut store = Store::new(&mine, ());
    is_refused("Instance::new", Instance::new(&mut store, &module, &[foreign.clone().into()]));
    let mut linker = Linker::new(&mine);
    linker.define(&store, "env", "memory", foreign).unwrap();
    is_refused("Linker::instantiate", linker.instantiate(&mut store, &module));
    Instance::new(&mut store, &module, &[own.into()]).unwrap();
}

#[test]
fn types_of_entities_and_objects() {
    let (mine, other) = (engine(0), engine(3));
    let mut store = Store::new(&mine, ());
    let field = |ty| FieldType::new(Mutability::Var, StorageType::ValType(ty));
    let func = |engine| FuncType::new(engine, [ValType::I32], [ValType::I32]);
    let structure = |engine| {
        StructType::with_finality_and_supertype(engine, Finality::NonFinal, None, [field(ValType::I64)])
    };
    let (own_struct, foreign_struct) = (structure(&mine).unwrap(), structure(&other).unwrap());
    let foreign = func(&other);
    let reference = |heap| ValType::Ref(RefType::new(true, heap));
    let concrete = reference(HeapType::ConcreteStruct(foreign_struct.clone()));
    let null = Val::null_any_ref();

    let global = GlobalType::new(concrete.clone(), Mutability::Var);
    is_refused("Global::new", Global::new(&mut store, global.clone(), null));
    let table = TableType::new(RefType::new(true, HeapType::ConcreteFunc(foreign.clone())), 1, None);
    is_refused("Table::new", Table::new(&mut store, table.clone(), Ref::Func(None)));
    let tag = TagType::new(foreign.clone());
    is_refused("Tag::new", Tag::new(&mut store, &tag));
    for ty in [
        ExternType::Func(foreign.clone()),
        ExternType::Global(global),
        ExternType::Table(table),
        ExternType::Tag(tag),
    ] {
        is_refused("ExternType::default_value", ty.default_value(&mut store));
    }

    let array = ArrayType::new(&other, field(ValType::I32));
    let array = ArrayRefPre::new(&mut store, array);
    is_refused("ArrayRef::new", ArrayRef::new(&mut store, &array, &Val::I32(1), 2));
    is_refused("ArrayRef::new_fixed", ArrayRef::new_fixed(&mut store, &array, &[Val::I32(1)]));
    let pre = StructRefPre::new(&mut store, foreign_struct.clone());
    is_refused("StructRef::new", StructRef::new(&mut store, &pre, &[Val::I64(1)]));
    is_refused("StructType::new", StructType::new(&mine, [field(concrete.clone())]));
    let below = |above| {
        StructType::with_finality_and_supertype(&mine, Finality::Final, Some(above), [field(ValType::I64)])
    };
    is_refused("StructType::with_finality_and_supertype", below(&foreign_struct));
    below(&own_struct).unwrap();

    let mut linker = Linker::<()>::new(&mine);
    is_refused("Linker::func_new", linker.func_new("m", "f", foreign.clone(), |_, _, _| Ok(())).map(drop));
    let later = linker.func_new_async("m", "g", foreign.clone(), |_, _, _| Box::new(async { Ok(()) }));
    is_refused("Linker::func_new_async", later.map(drop));
    let numeric = NumericHostFunc::new::<()>(foreign.clone(), |_, _, _| Ok(())).unwrap();
    is_refused("NumericHostFunc::bind", numeric.bind(&mut store, 0));
    panics("Func::new", || Func::new(&mut store, foreign.clone(), |_, _, _| Ok(())));
    panics("Func::new_async", || {
        Func::new_async(&mut store, foreign.clone(), |_, _, _| Box::new(async { Ok(()) }))
    });
    panics("FuncType::new", || FuncType::new(&mine, [concrete.clone()], []));
    panics("ArrayType::new", || ArrayType::new(&mine, field(concrete.clone())));

    // Where the question is whether a type fits, it does not; that its number does is no answer.
    assert!(!Val::null_any_ref().matches_ty(&store, &concrete).unwrap());
    assert!(!concrete.matches(&reference(HeapType::ConcreteStruct(own_struct.clone()))));
    assert!(!foreign_struct.matches(&own_struct) && !own_struct.matches(&foreign_struct));
    assert!(!foreign.matches(&func(&mine)) && func(&mine).matches(&func(&mine)));
    assert!(foreign != func(&mine) && foreign_struct != own_struct);
}
