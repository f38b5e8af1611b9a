//! Calls in both directions, and what comes back when they fail.

use crate::Guest;
use sarsen::{
    Caller, Engine, ErrorKind, Func, Instance, Linker, Module, Result, Store, Trap, Val, WasmBacktrace,
};
use std::fmt;

#[test]
fn every_number_of_values_goes_in_and_comes_out() {
    let mut guest = Guest::new(
        r#"(module (func (export "turn") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
            (local.get 3) (local.get 2) (local.get 1) (local.get 0)))"#,
    );
    let turned: (f64, f32, i64, i32) =
        guest.call("turn", (-1_i32, i64::MIN, 0.5_f32, -2.25_f64)).expect("it returns");
    assert_eq!(turned, (-2.25, 0.5, i64::MIN, -1));

    let func = guest.instance.get_func(&mut guest.store, "turn").expect("it is exported");
    let mut results = vec![Val::I32(0); 4];
    let params = [Val::I32(7), Val::I64(8), Val::F32(1.0_f32.to_bits()), Val::F64(2.0_f64.to_bits())];
    func.call(&mut guest.store, &params, &mut results).expect("it returns");
    assert!(matches!(results[..], [Val::F64(_), Val::F32(_), Val::I64(8), Val::I32(7)]));
}

#[test]
fn types_are_checked_before_anything_runs() {
    let mut guest = Guest::new(r#"(module (func (export "f") (param i32) (result i64) (unreachable)))"#);
    let error = guest
        .instance
        .get_typed_func::<i64, i64>(&mut guest.store, "f")
        .map(|_| ())
        .expect_err("i32 is not i64");
    assert!(error.to_string().contains("expected i32, found i64"), "{error}");
    assert!(guest.instance.get_typed_func::<(i32, i32), i64>(&mut guest.store, "f").is_err());
    assert!(guest.instance.get_typed_func::<i32, ()>(&mut guest.store, "f").is_err());
    assert!(guest.instance.get_typed_func::<i32, i64>(&mut guest.store, "g").is_err());
}

#[derive(Debug, PartialEq)]
struct Refused(u32);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused with {}", self.0)
    }
}

impl std::error::Error for Refused {}

#[test]
fn a_hosts_error_crosses_the_guest_unchanged() {
    let engine = Engine::default();
    let source = r#"(module (import "host" "ask" (func $ask (param i32) (result i32)))
        (func $inner (param i32) (result i32) (i32.add (i32.const 1) (call $ask (local.get 0))))
        (func $outer (export "outer") (param i32) (result i32) (call $inner (local.get 0))))"#;
    let module = Module::new(&engine, source).expect("it is valid");
    let mut linker: Linker<Vec<i32>> = Linker::new(&engine);
    linker
        .func_wrap("host", "ask", |mut caller: Caller<'_, Vec<i32>>, value: i32| -> Result<i32> {
            caller.data_mut().push(value);
            if value < 0 { Err(Refused(9).into()) } else { Ok(value * 10) }
        })
        .expect("the name is new");
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker.instantiate(&mut store, &module).expect("the import fits");
    let outer = instance.get_typed_func::<i32, i32>(&mut store, "outer").expect("it is exported");
    assert_eq!(outer.call(&mut store, 4).expect("it returns"), 41);
    let error = outer.call(&mut store, -4).expect_err("the host refuses");
    assert_eq!(error.downcast_ref::<Refused>(), Some(&Refused(9)));
    let names: Vec<_> =
        error.backtrace().expect("wasm frames").frames().iter().map(|frame| frame.func_name()).collect();
    assert_eq!(names, [Some("inner"), Some("outer")]);
    assert_eq!(store.data(), &[4, -4]);
    assert_eq!(outer.call(&mut store, 5).expect("the store is still good"), 51);
}

#[test]
fn hosts_call_back_into_guests() {
    let engine = Engine::default();
    let source = r#"(module (import "host" "again" (func $again (param i32) (result i32)))
        (func (export "down") (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
                (else (i32.add (i32.const 1) (call $again (i32.sub (local.get 0) (i32.const 1))))))))"#;
    let module = Module::new(&engine, source).expect("it is valid");
    let mut linker: Linker<()> = Linker::new(&engine);
    linker
        .func_wrap("host", "again", |mut caller: Caller<'_, ()>, value: i32| -> Result<i32> {
            let down =
                caller.get_export("down").and_then(|export| export.into_func()).expect("it is exported");
            down.typed::<i32, i32>(&caller)?.call(&mut caller, value)
        })
        .expect("the name is new");
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module).expect("the import fits");
    let down = instance.get_typed_func::<i32, i32>(&mut store, "down").expect("it is exported");
    assert_eq!(down.call(&mut store, 50).expect("it returns"), 50);
    let error = down.call(&mut store, i32::MAX).expect_err("no stack is that deep");
    assert_eq!(error.kind(), ErrorKind::Exhaustion, "{error}");
    assert_eq!(down.call(&mut store, 5).expect("the store is still good"), 5);
}

#[test]
fn traps_say_what_and_where() {
    let mut guest = Guest::new(
        r#"(module
            (func $divide (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
            (func (export "run") (param i32) (result i32) (call $divide (local.get 0))))"#,
    );
    let error = guest.call::<i32, i32>("run", 0).expect_err("one cannot divide by zero");
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::IntegerDivideByZero));
    let backtrace: &WasmBacktrace = error.backtrace().expect("wasm frames");
    let functions: Vec<u32> = backtrace.frames().iter().map(|frame| frame.func_index()).collect();
    assert_eq!(functions, [0, 1]);
    assert!(backtrace.frames()[0].module_offset() < backtrace.frames()[1].module_offset());
}

#[test]
fn endless_recursion_is_a_trap_and_the_store_survives_it() {
    let mut guest = Guest::new(
        r#"(module
            (func $forever (export "forever") (param i64) (result i64)
                (i64.add (i64.const 1) (call $forever (i64.add (local.get 0) (i64.const 1)))))
            (func (export "answer") (result i32) (i32.const 42)))"#,
    );
    for _ in 0..3 {
        let error = guest.call::<i64, i64>("forever", 0).expect_err("no stack is that deep");
        assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::StackOverflow));
        assert_eq!(guest.call::<(), i32>("answer", ()).expect("the store is still good"), 42);
    }
}

#[test]
fn a_value_of_another_store_is_an_error() {
    let engine = Engine::default();
    let module =
        Module::new(&engine, r#"(module (import "" "f" (func)) (func (export "g")))"#).expect("it is valid");
    let (mut here, mut there) = (Store::new(&engine, ()), Store::new(&engine, ()));
    let foreign = Func::wrap(&mut there, || {});
    let error =
        Instance::new(&mut here, &module, &[foreign.into()]).map(|_| ()).expect_err("it is of another store");
    assert!(error.to_string().contains("another store"), "{error}");
    assert!(foreign.call(&mut here, &[], &mut []).is_err());
}

#[test]
fn exceptions_travel_through_hosts() {
    let engine = Engine::default();
    let source = r#"(module
        (import "host" "pass" (func $pass (param funcref)))
        (tag $oops (export "oops") (param i32))
        (elem declare func $throw)
        (func $throw (throw $oops (i32.const 7)))
        (func (export "caught") (result i32)
            (block $handler (result i32)
                (try_table (catch $oops $handler) (call $pass (ref.func $throw)))
                (i32.const -1)))
        (func (export "uncaught") (call $pass (ref.func $throw))))"#;
    let module = Module::new(&engine, source).expect("it is valid");
    let mut linker: Linker<()> = Linker::new(&engine);
    linker
        .func_wrap("host", "pass", |mut caller: Caller<'_, ()>, func: Option<Func>| -> Result<()> {
            func.expect("it is not null").call(&mut caller, &[], &mut [])
        })
        .expect("the name is new");
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module).expect("the import fits");
    let caught = instance.get_typed_func::<(), i32>(&mut store, "caught").expect("it is exported");
    assert_eq!(caught.call(&mut store, ()).expect("it returns"), 7);
    let uncaught = instance.get_typed_func::<(), ()>(&mut store, "uncaught").expect("it is exported");
    let error = uncaught.call(&mut store, ()).expect_err("nothing catches it");
    assert_eq!(error.kind(), ErrorKind::Exception);
    let exception = store.take_pending_exception().expect("the store keeps it");
    let fields = exception.fields(&mut store).expect("it is of this store");
    assert!(matches!(fields[..], [Val::I32(7)]));
}
