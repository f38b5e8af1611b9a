//! Exceptions through hosts: thrown by one, caught by another, or by nobody.

use crate::{assert_says, link};
use sarsen::{
    AsContextMut, Caller, ErrorKind, ExnRef, ExnRefPre, Extern, Func, FuncType, Instance, Linker, Module,
    Result, Store, Tag, TagType, ThrownException, Val, ValType,
};

#[test]
fn uncaught_exceptions_are_errors_that_keep_their_payload() {
    let (mut store, instance) = crate::load(
        r#"(module (tag $t (export "t") (param i32 v128 f64))
            (func (export "throw") (param i32)
                (throw $t (local.get 0) (v128.const i64x2 1 2) (f64.const 0.5))))"#,
    );
    let throw = instance.get_typed_func::<i32, ()>(&mut store, "throw").unwrap();
    assert!(store.take_pending_exception().is_none());
    let error = throw.call(&mut store, 9).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exception);
    assert!(error.is::<ThrownException>());
    store.gc();
    let exception = store.take_pending_exception().unwrap();
    assert!(store.take_pending_exception().is_none());
    let tag = exception.tag(&mut store).unwrap();
    assert_eq!(Some(tag), instance.get_tag(&mut store, "t"));
    let fields = exception.fields(&mut store).unwrap();
    assert_eq!(fields.len(), 3);
    assert_eq!(fields[0].unwrap_i32(), 9);
    assert_eq!(fields[1].unwrap_v128().as_u128(), 2 << 64 | 1);
    assert_eq!(exception.field(&mut store, 2).unwrap().unwrap_f64(), 0.5);
    assert_says(&exception.field(&mut store, 3).unwrap_err(), &["no field 3"]);
}

#[test]
fn guests_catch_what_the_host_throws() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let ty = TagType::new(FuncType::new(&engine, [ValType::I32, ValType::I64], []));
    let tag = Tag::new(&mut store, &ty).unwrap();
    let host = Func::wrap(&mut store, move |mut caller: Caller<'_, ()>, value: i32| -> Result<()> {
        let pre = ExnRefPre::new(&mut caller, tag);
        let exception = ExnRef::new(&mut caller, &pre, &[Val::I32(value), Val::I64(2)])?;
        caller.as_context_mut().throw(exception)
    });
    let module = Module::new(
        &engine,
        r#"(module (import "" "tag" (tag $t (param i32 i64))) (import "" "host" (func $host (param i32)))
            (func $deep (param i32) (call $host (local.get 0)))
            (func (export "run") (param i32) (result i32 i64)
                (block $caught (result i32 i64)
                    (try_table (catch $t $caught) (call $deep (local.get 0)))
                    (i32.const 0) (i64.const 0))))"#,
    );
    let instance = Instance::new(&mut store, &module.unwrap(), &[tag.into(), host.into()]).unwrap();
    let run = instance.get_typed_func::<i32, (i32, i64)>(&mut store, "run").unwrap();
    assert_eq!(run.call(&mut store, 77).unwrap(), (77, 2));
    assert!(store.take_pending_exception().is_none(), "it has been caught");
    // Called directly, nobody catches.
    let error = host.typed::<i32, ()>(&store).unwrap().call(&mut store, 5).unwrap_err();
    assert!(error.is::<ThrownException>());
    let exception = store.take_pending_exception().unwrap();
    assert_eq!(exception.field(&mut store, 0).unwrap().unwrap_i32(), 5);
}

/// A guest that calls itself through the host: `throw` throws, `run` catches what comes back.
const THROUGH: &str = r#"(module (import "env" "host" (func $host)) (tag $t (export "t") (param i32))
    (func (export "throw") (throw $t (i32.const 12)))
    (func (export "run") (result i32)
        (block $caught (result i32)
            (try_table (catch $t $caught) (call $host))
            (i32.const -1))))"#;

/// Calls `throw` of the calling instance.
fn call_throw(caller: &mut Caller<'_, i32>) -> Result<()> {
    let throw = caller.get_export("throw").and_then(Extern::into_func).unwrap();
    throw.typed::<(), ()>(&*caller)?.call(caller, ())
}

#[test]
fn exceptions_pass_through_the_host() {
    let mut linker = Linker::<i32>::new(&crate::engine());
    linker.func_wrap("env", "host", |mut caller: Caller<'_, i32>| call_throw(&mut caller)).unwrap();
    let (mut store, instance) = link(&linker, 0, THROUGH);
    let run = instance.get_typed_func::<(), i32>(&mut store, "run").unwrap();
    assert_eq!(run.call(&mut store, ()).unwrap(), 12);
}

#[test]
fn hosts_catch_exceptions() {
    let mut linker = Linker::<i32>::new(&crate::engine());
    let host = |mut caller: Caller<'_, i32>| -> Result<()> {
        assert!(call_throw(&mut caller).unwrap_err().is::<ThrownException>());
        let exception = caller.as_context_mut().take_pending_exception().unwrap();
        *caller.data_mut() = exception.field(&mut caller, 0)?.unwrap_i32();
        Ok(())
    };
    linker.func_wrap("env", "host", host).unwrap();
    let (mut store, instance) = link(&linker, 0, THROUGH);
    let run = instance.get_typed_func::<(), i32>(&mut store, "run").unwrap();
    assert_eq!(run.call(&mut store, ()).unwrap(), -1);
    assert_eq!(*store.data(), 12);
}

#[test]
fn traps_and_errors_are_not_caught_by_guests() {
    let mut linker = Linker::<()>::new(&crate::engine());
    linker.func_wrap("env", "fail", || -> Result<()> { Err(sarsen::Error::msg("an error")) }).unwrap();
    let wat = r#"(module (import "env" "fail" (func $fail))
        (func (export "error") (block $caught (try_table (catch_all $caught) (call $fail))))
        (func (export "trap") (block $caught (try_table (catch_all $caught) unreachable))))"#;
    let (mut store, instance) = link(&linker, (), wat);
    for (name, message) in [("error", "an error"), ("trap", "unreachable")] {
        let func = instance.get_typed_func::<(), ()>(&mut store, name).unwrap();
        assert_eq!(func.call(&mut store, ()).unwrap_err().message(), message);
    }
}

#[test]
fn payloads_are_checked() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let ty = TagType::new(FuncType::new(&engine, [ValType::I32], []));
    let tag = Tag::new(&mut store, &ty).unwrap();
    assert_eq!(tag.ty(&store), ty);
    let pre = ExnRefPre::new(&mut store, tag);
    assert_says(&ExnRef::new(&mut store, &pre, &[]).unwrap_err(), &["payload of 1, found 0"]);
    assert_says(&ExnRef::new(&mut store, &pre, &[Val::F32(0)]).unwrap_err(), &["expected i32, found f32"]);
    let other = Tag::new(&mut store, &ty).unwrap();
    assert!(!Tag::eq(&tag, &other, &store) && Tag::eq(&tag, &tag, &store));
}

#[test]
fn tags_are_told_apart_by_identity() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let module = Module::new(
        &engine,
        r#"(module (import "" "a" (tag $a (param i32))) (import "" "b" (tag $b (param i32)))
            (func (export "run") (result i32)
                (block $b (result i32)
                    (block $a (result i32)
                        (try_table (catch $b $b) (catch $a $a) (throw $a (i32.const 1)))
                        unreachable)
                    (return (i32.add (i32.const 10))))
                (i32.add (i32.const 20))))"#,
    );
    let module = module.unwrap();
    let ty = TagType::new(FuncType::new(&engine, [ValType::I32], []));
    let tags = [Tag::new(&mut store, &ty).unwrap(), Tag::new(&mut store, &ty).unwrap()];
    for (a, b, result) in [(0, 1, 11), (0, 0, 21)] {
        let instance = Instance::new(&mut store, &module, &[tags[a].into(), tags[b].into()]).unwrap();
        let run = instance.get_typed_func::<(), i32>(&mut store, "run").unwrap();
        assert_eq!(run.call(&mut store, ()).unwrap(), result);
    }
}
