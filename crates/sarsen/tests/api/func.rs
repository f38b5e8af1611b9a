//! Calling functions of guests and of the host, with types known early or late.

use crate::{assert_says, link, load};
use sarsen::{
    Error, ErrorKind, ExternType, Func, FuncType, Instance, Linker, Module, Store, Trap, V128, Val, ValType,
};
use std::fmt;

#[test]
fn typed_functions_need_the_exact_types() {
    let wat =
        r#"(module (func (export "f") (param i32 f64) (result i64) (i64.const 5)) (memory (export "m") 1))"#;
    let (mut store, instance) = load(wat);
    assert!(instance.get_typed_func::<(i32, f64), i64>(&mut store, "f").is_ok());
    assert!(instance.get_typed_func::<(u32, f64), u64>(&mut store, "f").is_ok());
    let error = instance.get_typed_func::<(i32, f32), i64>(&mut store, "f").unwrap_err();
    assert_says(&error, &["function `f`", "parameters", "at 1", "expected f64, found f32"]);
    let error = instance.get_typed_func::<i32, i64>(&mut store, "f").unwrap_err();
    assert_says(&error, &["parameters", "expected 2, found 1"]);
    let error = instance.get_typed_func::<(i32, f64), ()>(&mut store, "f").unwrap_err();
    assert_says(&error, &["results", "expected 1, found 0"]);
    let error = instance.get_typed_func::<(i32, f64), i32>(&mut store, "f").unwrap_err();
    assert_says(&error, &["results", "at 0", "expected i64, found i32"]);
    for name in ["g", "m"] {
        let error = instance.get_typed_func::<(), ()>(&mut store, name).unwrap_err();
        assert_says(&error, &["no function", &format!("`{name}`")]);
    }
}

#[test]
fn untyped_calls_are_checked() {
    let (mut store, instance) =
        load(r#"(module (func (export "f") (param i32 i64) (result i64) (local.get 1)))"#);
    let f = instance.get_func(&mut store, "f").unwrap();
    let mut results = [Val::I32(0)];
    f.call(&mut store, &[Val::I32(1), Val::I64(2)], &mut results).unwrap();
    assert_eq!(results[0].unwrap_i64(), 2);
    let error = f.call(&mut store, &[Val::I32(1)], &mut results).unwrap_err();
    assert_says(&error, &["arguments", "expected 2 values, found 1"]);
    let error = f.call(&mut store, &[Val::I32(1), Val::F64(2)], &mut results).unwrap_err();
    assert_says(&error, &["arguments", "value 1", "expected i64, found f64"]);
    let error = f.call(&mut store, &[Val::I32(1), Val::I64(2)], &mut []).unwrap_err();
    assert_says(&error, &["expected room for 1 results, found 0"]);
    assert_eq!(f.ty(&store).params().collect::<Vec<_>>(), [ValType::I32, ValType::I64]);
}

#[test]
fn several_results_keep_their_order() {
    let wat = r#"(module (func (export "rotate") (param i32 v128 f64) (result f64 i32 v128)
        (local.get 2) (local.get 0) (local.get 1)))"#;
    let (mut store, instance) = load(wat);
    let vector = V128::from(u128::MAX - 5);
    let rotate = instance.get_typed_func::<(i32, V128, f64), (f64, i32, V128)>(&mut store, "rotate").unwrap();
    assert_eq!(rotate.call(&mut store, (-3, vector, 2.5)).unwrap(), (2.5, -3, vector));
    let mut results = [Val::I32(0), Val::I32(0), Val::I32(0)];
    let params = [Val::I32(-3), Val::V128(vector), Val::from(2.5_f64)];
    rotate.func().call(&mut store, &params, &mut results).unwrap();
    assert_eq!(results[0].unwrap_f64(), 2.5);
    assert_eq!(results[1].unwrap_i32(), -3);
    assert_eq!(results[2].unwrap_v128(), vector);
}

#[test]
fn sixteen_vectors_fit_into_a_typed_call() {
    let (params, locals): (String, String) =
        (0..16).map(|at| (" v128".to_owned(), format!("(local.get {}) ", 15 - at))).unzip();
    let wat = format!(r#"(module (func (export "reverse") (param{params}) (result{params}) {locals}))"#);
    let (mut store, instance) = load(&wat);
    type Sixteen =
        (V128, V128, V128, V128, V128, V128, V128, V128, V128, V128, V128, V128, V128, V128, V128, V128);
    let reverse = instance.get_typed_func::<Sixteen, Sixteen>(&mut store, "reverse").unwrap();
    let v = |n: u128| V128::from(n << 64 | n);
    let given = (
        v(0),
        v(1),
        v(2),
        v(3),
        v(4),
        v(5),
        v(6),
        v(7),
        v(8),
        v(9),
        v(10),
        v(11),
        v(12),
        v(13),
        v(14),
        v(15),
    );
    let found = reverse.call(&mut store, given).unwrap();
    assert_eq!((found.0, found.1, found.14, found.15), (v(15), v(14), v(1), v(0)));
}

#[test]
fn bits_of_nans_survive() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "same", |x: f32, y: f64| (x, y)).unwrap();
    let wat = r#"(module (import "env" "same" (func $same (param f32 f64) (result f32 f64)))
        (func (export "same") (param f32 f64) (result f32 f64) (call $same (local.get 0) (local.get 1))))"#;
    let (mut store, instance) = link(&linker, (), wat);
    let same = instance.get_typed_func::<(f32, f64), (f32, f64)>(&mut store, "same").unwrap();
    let (x, y) = (f32::from_bits(0xffc1_2345), f64::from_bits(0x7ff8_0000_1234_5678));
    let found = same.call(&mut store, (x, y)).unwrap();
    assert_eq!((found.0.to_bits(), found.1.to_bits()), (x.to_bits(), y.to_bits()));
}

#[test]
fn functions_are_values() {
    let wat = r#"(module (type $f (func (result i32)))
        (func $seven (export "seven") (result i32) (i32.const 7))
        (func (export "pick") (param i32) (result funcref)
            (if (result funcref) (local.get 0) (then (ref.func $seven)) (else (ref.null func))))
        (func (export "call") (param funcref) (result i32)
            (call_ref $f (ref.cast (ref $f) (local.get 0)))))"#;
    let (mut store, instance) = load(wat);
    let pick = instance.get_typed_func::<i32, Option<Func>>(&mut store, "pick").unwrap();
    assert!(pick.call(&mut store, 0).unwrap().is_none());
    let seven = pick.call(&mut store, 1).unwrap().unwrap();
    assert_eq!(Some(seven), instance.get_func(&mut store, "seven"));
    let call = instance.get_typed_func::<Option<Func>, i32>(&mut store, "call").unwrap();
    assert_eq!(call.call(&mut store, Some(seven)).unwrap(), 7);
    let host = Func::wrap(&mut store, || 8);
    assert_eq!(call.call(&mut store, Some(host)).unwrap(), 8);
    let other = Func::wrap(&mut store, || 8_i64);
    let error = call.call(&mut store, Some(other)).unwrap_err();
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::CastFailure));
}

#[test]
fn functions_are_called_by_a_supertype() {
    let engine = crate::engine();
    // The module that calls does not know the type of the function.
    let types = r#"(module (type $f (sub (func (param funcref) (result anyref))))
        (type $g (sub $f (func (param funcref) (result i31ref))))
        (import "" "" (func (type $f))) (import "" "" (func (type $g))))"#;
    let types = Module::new(&engine, types).unwrap();
    let [sup, sub] = [0, 1].map(|index| match types.imports().nth(index).unwrap().ty() {
        ExternType::Func(ty) => ty,
        _ => unreachable!(),
    });
    let mut store = Store::new(&engine, ());
    let func = Func::new(&mut store, sub, |_, _, results| {
        results[0] = Val::AnyRef(None);
        Ok(())
    });
    let wat = r#"(module (type $f (sub (func (param funcref) (result anyref))))
        (import "env" "f" (func $f (type $f)))
        (func (export "import") (param funcref) (result i32) (ref.is_null (call $f (local.get 0))))
        (func (export "call") (param funcref) (result i32)
            (ref.is_null (call_ref $f (ref.null func) (ref.cast (ref $f) (local.get 0))))))"#;
    let module = Module::new(&engine, wat).unwrap();
    let other = Func::new(&mut store, sup, |_, _, _| Err(Error::msg("the other")));
    for import in [func, other] {
        let instance = Instance::new(&mut store, &module, &[import.into()]).unwrap();
        let [by_import, call] = ["import", "call"]
            .map(|name| instance.get_typed_func::<Option<Func>, i32>(&mut store, name).unwrap());
        assert_eq!(call.call(&mut store, Some(func)).unwrap(), 1);
        assert_eq!(by_import.call(&mut store, None).is_ok(), import == func);
    }
}

#[derive(Debug, PartialEq)]
struct Refusal(u32);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused for reason {}", self.0)
    }
}

impl std::error::Error for Refusal {}

#[test]
fn errors_of_the_host_are_found_again() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "f", |x: u32| if x == 0 { Ok(1) } else { Err(Refusal(x)) }).unwrap();
    let wat = r#"(module (import "env" "f" (func $f (param i32) (result i32)))
        (func (export "f") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1))))"#;
    let (mut store, instance) = link(&linker, (), wat);
    let f = instance.get_typed_func::<u32, u32>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, 0).unwrap(), 2);
    let error = f.call(&mut store, 4).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Other);
    assert_eq!(error.message(), "refused for reason 4");
    assert!(error.is::<Refusal>() && !error.is::<Trap>());
    assert_eq!(error.context("while testing").downcast::<Refusal>().unwrap(), Refusal(4));
    assert_eq!(f.call(&mut store, 0).unwrap(), 2);
}

#[test]
fn traps_of_the_host_are_traps() {
    let engine = crate::engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "divide", || -> Result<(), Trap> { Err(Trap::IntegerDivisionByZero) }).unwrap();
    linker.func_wrap("env", "exhaust", || -> Result<(), Trap> { Err(Trap::StackOverflow) }).unwrap();
    let wat = r#"(module (import "env" "divide" (func $divide)) (import "env" "exhaust" (func $exhaust))
        (func (export "divide") (call $divide)) (func (export "exhaust") (call $exhaust)))"#;
    let (mut store, instance) = link(&linker, (), wat);
    for (name, kind, trap) in [
        ("divide", ErrorKind::Trap, Trap::IntegerDivisionByZero),
        ("exhaust", ErrorKind::Exhaustion, Trap::StackOverflow),
    ] {
        let func = instance.get_typed_func::<(), ()>(&mut store, name).unwrap();
        let error = func.call(&mut store, ()).unwrap_err();
        assert_eq!((error.kind(), error.downcast_ref()), (kind, Some(&trap)));
    }
}

#[test]
fn traps_of_guests_have_their_names() {
    for (body, trap) in [
        ("unreachable", Trap::UnreachableCodeReached),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", Trap::IntegerDivisionByZero),
        ("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", Trap::IntegerOverflow),
        ("(drop (i32.trunc_f32_s (f32.const nan)))", Trap::BadConversionToInteger),
        ("(drop (i32.load (i32.const 65533)))", Trap::MemoryOutOfBounds),
        ("(drop (table.get (i32.const 2)))", Trap::TableOutOfBounds),
        ("(call_indirect (i32.const 2))", Trap::UndefinedElement),
        ("(call_indirect (i32.const 0))", Trap::IndirectCallToNull),
        ("(call_indirect (param i32) (i32.const 1) (i32.const 1))", Trap::BadSignature),
        ("(ref.null $f) call_ref $f", Trap::NullFunctionReference),
        ("(drop (i31.get_u (ref.null i31)))", Trap::NullI31Reference),
        ("(throw_ref (ref.null exn))", Trap::NullExceptionReference),
    ] {
        let wat = format!(
            r#"(module (type $f (func)) (memory 1) (table 2 funcref) (elem (i32.const 1) $f)
                (func $f (export "f") (type $f) {body}))"#
        );
        let (mut store, instance) = load(&wat);
        let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
        assert_eq!(f.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap(), trap, "{body}");
    }
}

#[test]
fn results_of_untyped_host_functions_are_checked() {
    let engine = crate::engine();
    let mut store = Store::new(&engine, ());
    let ty = FuncType::new(&engine, [ValType::I32], [ValType::I64, ValType::F32]);
    let func = Func::new(&mut store, ty, |_, params, results| {
        results[0] = Val::I64(params[0].unwrap_i32().into());
        // The second result stays an integer unless the argument is 1.
        if params[0].unwrap_i32() == 1 {
            results[1] = Val::from(0.5_f32);
        }
        Ok(())
    });
    let func = func.typed::<i32, (i64, f32)>(&store).unwrap();
    assert_eq!(func.call(&mut store, 1).unwrap(), (1, 0.5));
    assert_says(&func.call(&mut store, 2).unwrap_err(), &["value 1", "expected f32, found i32"]);
}

#[test]
fn functions_beyond_the_interpreter_say_which_limit_it_is() {
    let (pushes, adds) = ("local.get 0 ".repeat(70_000), "i32.add ".repeat(69_999));
    let wat = format!(
        r#"(module (func $f (export "f") (param i32) (result i32) {pushes} {adds})
            (func (export "g") (result i32) (call $f (i32.const 1))))"#
    );
    let (mut store, instance) = crate::load_in(&sarsen::Engine::default(), &wat);
    for name in ["f", "g"] {
        let func = instance.get_func(&mut store, name).unwrap();
        let params = vec![Val::I32(1); func.ty(&store).params().len()];
        let error = func.call(&mut store, &params, &mut [Val::I32(0)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        assert_says(&error, &["limit of the interpreter", "too many operand slots", "at offset 0x"]);
    }
}
