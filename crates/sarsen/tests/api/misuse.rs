//! Hosts that make mistakes in the middle of something: what comes out is an error or a panic that was documented, and the store
//! goes on.
//!
//! Handles of other stores are in `store.rs`, panics of host functions, limiters and destructors beside what they are of.

use crate::{assert_says, link, load};
use sarsen::{
    ArrayRef, ArrayRefPre, ArrayType, AsContextMut, Caller, Engine, ErrorKind, ExnRef, ExnRefPre, Extern,
    ExternRef, FieldType, Func, FuncType, Instance, Linker, Module, Mutability, OwnedRooted, Ref, Result,
    Rooted, StorageType, Store, StoreLimits, StoreLimitsBuilder, Tag, TagType, Trap, TypedFunc, Val, ValType,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A global, a memory and a table that remember, and ways to fail.
const MEMORY: &str = r#"(module (memory (export "m") 1 4) (global $n (export "n") (mut i32) (i32.const 0))
    (table (export "t") 2 funcref) (type $nothing (func))
    (func (export "note") (param i32)
        (global.set $n (i32.add (global.get $n) (local.get 0)))
        (i32.store (i32.const 8) (global.get $n)))
    (func (export "noted") (result i32) (i32.load (i32.const 8)))
    (func (export "unreachable") unreachable)
    (func (export "beyond") (i32.store (i32.const 65536) (i32.const 1)))
    (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))
    (func (export "null") (call_indirect (type $nothing) (i32.const 0)))
    (func $deep (export "deep") (call $deep)))"#;

/// Calls a function without parameters and results.
fn call<T: 'static>(store: &mut Store<T>, instance: Instance, name: &str) -> Result<()> {
    instance.get_func(&mut *store, name).unwrap().call(store, &[], &mut [])
}

/// Counts a value, and fails unless all that was counted is there.
fn note<T: 'static>(store: &mut Store<T>, instance: Instance, value: i32, sum: i32) {
    instance.get_typed_func::<i32, ()>(&mut *store, "note").unwrap().call(&mut *store, value).unwrap();
    let noted = instance.get_typed_func::<(), i32>(&mut *store, "noted").unwrap();
    assert_eq!(noted.call(store, ()).unwrap(), sum);
}

#[test]
fn a_store_goes_on_after_each_trap() {
    let (mut store, instance) = load(MEMORY);
    let mut sum = 0;
    for (name, trap) in [
        ("unreachable", Trap::UnreachableCodeReached),
        ("beyond", Trap::MemoryOutOfBounds),
        ("divide", Trap::IntegerDivisionByZero),
        ("null", Trap::IndirectCallToNull),
        ("deep", Trap::StackOverflow),
    ] {
        for _ in 0..3 {
            let error = call(&mut store, instance, name).unwrap_err();
            assert_eq!(error.downcast_ref::<Trap>(), Some(&trap), "{name}");
        }
        sum += 1;
        note(&mut store, instance, 1, sum);
    }
}

#[test]
fn a_store_goes_on_after_each_failed_instantiation() {
    let engine = crate::engine();
    let limits = StoreLimitsBuilder::new().memory_size(4 << 16).table_elements(100).build();
    let mut store = Store::<StoreLimits>::new(&engine, limits);
    store.limiter(|limits| limits);
    let instance = Instance::new(&mut store, &Module::new(&engine, MEMORY).unwrap(), &[]).unwrap();
    let memory = instance.get_export(&mut store, "m").unwrap();
    let mut sum = 0;
    for (wat, kind) in [
        (r#"(module (import "" "" (memory 2)))"#, ErrorKind::Unlinkable),
        (r#"(module (import "" "" (func)))"#, ErrorKind::Unlinkable),
        (r#"(module (import "" "" (memory 1)) (memory 9))"#, ErrorKind::Limit),
        (r#"(module (import "" "" (memory 1)) (table 101 funcref))"#, ErrorKind::Limit),
        (r#"(module (import "" "" (memory 1)) (data (i32.const 65536) "x"))"#, ErrorKind::Trap),
        (r#"(module (import "" "" (memory 1)) (func $f unreachable) (start $f))"#, ErrorKind::Trap),
        (r#"(module (import "" "" (memory 1)) (func $f (call $f)) (start $f))"#, ErrorKind::Exhaustion),
        (
            r#"(module (import "" "" (memory 1)) (tag $t) (func $f (throw $t)) (start $f))"#,
            ErrorKind::Exception,
        ),
    ] {
        let module = Module::new(&engine, wat).unwrap();
        for _ in 0..3 {
            let error = Instance::new(&mut store, &module, std::slice::from_ref(&memory)).unwrap_err();
            assert_eq!(error.kind(), kind, "{wat}: {error}");
        }
        sum += 1;
        note(&mut store, instance, 1, sum);
    }
}

#[test]
fn wrong_calls_reach_no_code() {
    let (mut store, instance) = load(MEMORY);
    let note_func = instance.get_func(&mut store, "note").unwrap();
    let noted = instance.get_func(&mut store, "noted").unwrap();
    let reference = ExternRef::new(&mut store, 1).unwrap();
    for (params, words) in [
        (&[][..], "expected 1 values, found 0"),
        (&[Val::I32(1), Val::I32(2)], "expected 1 values, found 2"),
        (&[Val::I64(1)], "value 0"),
        (&[Val::F32(0)], "value 0"),
        (&[Val::null_func_ref()], "value 0"),
        (&[Val::from(reference)], "value 0"),
    ] {
        assert_says(&note_func.call(&mut store, params, &mut []).unwrap_err(), &["arguments", words]);
    }
    assert_says(&note_func.call(&mut store, &[Val::I32(1)], &mut [Val::I32(0)]).unwrap_err(), &["results"]);
    assert_says(&noted.call(&mut store, &[], &mut []).unwrap_err(), &["results"]);
    assert!(note_func.typed::<(), ()>(&store).is_err());
    assert!(note_func.typed::<i32, i32>(&store).is_err());
    assert!(note_func.typed::<(i32, i32), ()>(&store).is_err());
    assert!(note_func.typed::<f32, ()>(&store).is_err());
    assert!(note_func.typed::<Option<Func>, ()>(&store).is_err());
    note(&mut store, instance, 5, 5);
}

/// References that a host function has left behind.
type Kept = Option<(Rooted<ArrayRef>, Rooted<ExnRef>, OwnedRooted<ArrayRef>)>;

#[test]
fn references_end_with_their_scope_in_every_kind() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, Kept::None);
    let field = FieldType::new(Mutability::Var, StorageType::I8);
    let array = ArrayRefPre::new(&mut store, ArrayType::new(&engine, field));
    let tag = Tag::new(&mut store, &TagType::new(FuncType::new(&engine, [ValType::I32], []))).unwrap();
    let keep = Func::wrap(&mut store, move |mut caller: Caller<'_, Kept>| -> Result<()> {
        let bytes = ArrayRef::new(&mut caller, &array, &Val::I32(7), 3)?;
        let pre = ExnRefPre::new(&mut caller, tag);
        let exception = ExnRef::new(&mut caller, &pre, &[Val::I32(8)])?;
        *caller.data_mut() = Some((bytes, exception, bytes.to_owned_rooted(&mut caller)?));
        Ok(())
    });
    keep.call(&mut store, &[], &mut []).unwrap();
    store.gc();
    let (bytes, exception, owned) = store.data_mut().take().unwrap();
    for error in [
        bytes.ty(&store).unwrap_err(),
        bytes.len(&store).unwrap_err(),
        bytes.get(&mut store, 0).unwrap_err(),
        bytes.set(&mut store, 0, Val::I32(1)).unwrap_err(),
        bytes.to_owned_rooted(&mut store).unwrap_err(),
        bytes.to_anyref().is_array(&store).unwrap_err(),
        exception.tag(&mut store).unwrap_err(),
        exception.fields(&mut store).unwrap_err(),
        exception.field(&mut store, 0).unwrap_err(),
        store.as_context_mut().throw::<()>(exception).unwrap_err(),
    ] {
        assert_says(&error, &["after its scope has ended"]);
    }
    let bytes = owned.to_rooted(&mut store);
    assert_eq!(bytes.get(&mut store, 2).unwrap().unwrap_i32(), 7);
    for error in [bytes.get(&mut store, 3).unwrap_err(), bytes.set(&mut store, 3, Val::I32(0)).unwrap_err()] {
        assert_says(&error, &["3"]);
    }
    assert!(bytes.set(&mut store, 0, Val::I64(0)).is_err());
}

#[test]
fn hosts_change_what_their_caller_is_about_to_use() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    let meddle = |mut caller: Caller<'_, ()>| -> Result<()> {
        let table = caller.get_export("t").and_then(Extern::into_table).unwrap();
        let two = Func::wrap(&mut caller, || 2);
        table.set(&mut caller, 0, Ref::Func(Some(two)))?;
        table.grow(&mut caller, 5000, Ref::Func(Some(two)))?;
        let memory = caller.get_export("m").and_then(Extern::into_memory).unwrap();
        memory.grow(&mut caller, 3)?;
        // New instances and types while code of this store runs.
        let more =
            r#"(module (type (struct (field i32 i64))) (memory 1) (table 9 funcref) (func) (start 0))"#;
        for _ in 0..10 {
            let more = Module::new(caller.engine(), more)?;
            Instance::new(&mut caller, &more, &[])?;
        }
        caller.gc();
        Ok(())
    };
    linker.func_wrap("env", "meddle", meddle).unwrap();
    let wat = r#"(module (import "env" "meddle" (func $meddle)) (type $f (func (result i32)))
        (type $pair (struct (field i32 i32)))
        (table (export "t") 1 funcref) (memory (export "m") 1) (elem (i32.const 0) $one)
        (func $one (result i32) (i32.const 1))
        (func (export "run") (result i32 i32 i32 i32 i32) (local $pair (ref $pair))
            (local.set $pair (struct.new $pair (i32.const 5) (i32.const 6)))
            (call_indirect (type $f) (i32.const 0))
            (call $meddle)
            (call_indirect (type $f) (i32.const 0))
            (call_indirect (type $f) (i32.const 5000))
            (i32.store (i32.const 262140) (i32.const 4)) (i32.load (i32.const 262140))
            (struct.get $pair 1 (local.get $pair))))"#;
    let (mut store, instance) = link(&linker, (), wat);
    let run: TypedFunc<(), (i32, i32, i32, i32, i32)> = instance.get_typed_func(&mut store, "run").unwrap();
    assert_eq!(run.call(&mut store, ()).unwrap(), (1, 2, 2, 4, 6));
}

/// The data of a store whose host functions run guests of another store.
struct Outer {
    inner: Store<()>,
    instance: Instance,
}

#[test]
fn another_store_fails_inside_of_a_call() {
    let engine = crate::engine();
    let mut linker = Linker::<Outer>::new(&engine);
    let run = |mut caller: Caller<'_, Outer>, name: i32| -> Result<i32> {
        let Outer { inner, instance } = caller.data_mut();
        let error = call(inner, *instance, ["unreachable", "deep", "panic"][name as usize]).unwrap_err();
        // A handle of the inner store is nothing here.
        let func = instance.get_func(&mut *inner, "note").unwrap();
        assert_says(&func.call(&mut caller, &[Val::I32(0)], &mut []).unwrap_err(), &["another store"]);
        Ok(error.kind() as i32)
    };
    linker.func_wrap("env", "run", run).unwrap();
    let wat = r#"(module (import "env" "run" (func $run (param i32) (result i32)))
        (func (export "run") (param i32) (result i32 i32) (call $run (local.get 0)) (i32.const 7)))"#;
    let mut inner = Store::new(&engine, ());
    let panic = Func::wrap(&mut inner, || -> () { std::panic::panic_any(5_u8) });
    let with_panic = MEMORY
        .replacen("(module", r#"(module (import "" "" (func $panic))"#, 1)
        .replace("(func $deep", r#"(func (export "panic") (call $panic)) (func $deep"#);
    let with_panic = Module::new(&engine, with_panic).unwrap();
    let instance = Instance::new(&mut inner, &with_panic, &[panic.into()]).unwrap();
    let (mut store, outer) = link(&linker, Outer { inner, instance }, wat);
    let run = outer.get_typed_func::<i32, (i32, i32)>(&mut store, "run").unwrap();
    for _ in 0..2 {
        assert_eq!(run.call(&mut store, 0).unwrap(), (ErrorKind::Trap as i32, 7));
        assert_eq!(run.call(&mut store, 1).unwrap(), (ErrorKind::Exhaustion as i32, 7));
        let payload = catch_unwind(AssertUnwindSafe(|| run.call(&mut store, 2))).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&5_u8), "it passes the guests of both stores");
    }
    let Outer { inner, instance } = store.data_mut();
    note(inner, *instance, 3, 3);
}

/// Counts how many of it are there.
struct Live(Arc<AtomicUsize>);

impl Live {
    fn new(count: &Arc<AtomicUsize>) -> Live {
        count.fetch_add(1, Ordering::Relaxed);
        Live(Arc::clone(count))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn a_store_that_is_dropped_by_a_panic_drops_all_it_has() {
    let engine = crate::engine();
    let count = Arc::new(AtomicUsize::new(0));
    let run = || {
        let mut store = Store::new(&engine, Live::new(&count));
        let captured = Live::new(&count);
        let panic = Func::wrap(&mut store, move |mut caller: Caller<'_, Live>| -> Result<()> {
            let live = Live::new(&captured.0);
            ExternRef::new(&mut caller, live)?;
            panic!("in the middle");
        });
        let wat = r#"(module (import "" "" (func $panic)) (memory 1) (table 9 funcref) (elem (i32.const 0) $run)
            (func $run (export "run") (call $panic)) (func (export "two") (call $run)))"#;
        let instance =
            Instance::new(&mut store, &Module::new(&engine, wat).unwrap(), &[panic.into()]).unwrap();
        call(&mut store, instance, "two").unwrap();
    };
    for _ in 0..3 {
        let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"in the middle"));
        assert_eq!(count.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn what_is_used_last_is_dropped_in_any_order() {
    let count = Arc::new(AtomicUsize::new(0));
    let engine = crate::engine();
    let mut linker = Linker::<Live>::new(&engine);
    let captured = Live::new(&count);
    linker.func_wrap("env", "f", move || captured.0.load(Ordering::Relaxed) as i32).unwrap();
    let wat =
        r#"(module (import "env" "f" (func $f (result i32))) (func (export "run") (result i32) (call $f)))"#;
    let module = Module::new(&engine, wat).unwrap();
    let pre = linker.instantiate_pre(&module).unwrap();
    let mut store = Store::new(&engine, Live::new(&count));
    let instance = pre.instantiate(&mut store).unwrap();
    let run = instance.get_typed_func::<(), i32>(&mut store, "run").unwrap();
    let reference = ExternRef::new(&mut store, Live::new(&count)).unwrap();
    let owned = reference.to_owned_rooted(&mut store).unwrap();
    // All but the store, which keeps what it needs.
    drop((pre, module, linker, engine));
    assert_eq!(run.call(&mut store, ()).unwrap(), 3);
    drop(store);
    assert_eq!(count.load(Ordering::Relaxed), 0);
    let mut other = Store::new(&Engine::default(), ());
    let found = catch_unwind(AssertUnwindSafe(|| owned.to_rooted(&mut other)));
    assert!(found.is_err(), "it belongs to a store that is gone");
}
