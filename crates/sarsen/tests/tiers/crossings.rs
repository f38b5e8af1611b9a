//! Calls of host functions of every shape: few values go through registers, more through memory, vectors as two halves.

use super::configs;
use sarsen::{
    AsContextMut, Caller, Engine, Extern, ExternRef, Func, FuncType, HeapType, Instance, Linker, Module,
    RefType, Result, Rooted, Store, Trap, V128, Val, ValType,
};

/// The types that take each a way of their own, and how they are written.
fn types() -> [(ValType, &'static str); 7] {
    [
        (ValType::I32, "i32"),
        (ValType::I64, "i64"),
        (ValType::F32, "f32"),
        (ValType::F64, "f64"),
        (ValType::V128, "v128"),
        (ValType::Ref(RefType::new(true, HeapType::Func)), "funcref"),
        (ValType::Ref(RefType::new(true, HeapType::Extern)), "externref"),
    ]
}

/// Parameters and results of functions, as numbers in [`types`]: all lists of up to two, and longer ones on both sides of
/// what fits in registers.
fn shapes() -> Vec<(Vec<usize>, Vec<usize>)> {
    let count = types().len();
    let mut params: Vec<Vec<usize>> = vec![Vec::new()];
    params.extend((0..count).map(|ty| vec![ty]));
    params.extend((0..count * count).map(|pair| vec![pair / count, pair % count]));
    for len in 3..=9 {
        params.extend((0..count).map(|first| (0..len).map(|at| (first + at * 3) % count).collect()));
        params.extend((0..count).map(|only| vec![only; len]));
    }
    let results = |at: usize| match at % 12 {
        0 => Vec::new(),
        few if few <= count => vec![few - 1],
        many => (0..many - 6).map(|ty| (ty + at) % count).collect(),
    };
    params.into_iter().enumerate().map(|(at, params)| (params, results(at))).collect()
}

/// A value that no other one of these numbers is, with something in all of its bits. NaNs are among them.
fn value(mut store: impl AsContextMut, ty: usize, number: u32) -> Val {
    let bits = 0xFFF4_0100_FFA0_0000 | u64::from(number) << 32 | u64::from(number);
    match ty {
        0 => Val::I32(bits as i32),
        1 => Val::I64(bits as i64),
        2 => Val::F32(bits as u32),
        3 => Val::F64(bits),
        4 => Val::V128((u128::from(bits) << 64 | u128::from(!bits)).into()),
        5 if number.is_multiple_of(3) => Val::FuncRef(None),
        5 => Val::FuncRef(Some(Func::wrap(&mut store, move || number))),
        _ if number.is_multiple_of(3) => Val::ExternRef(None),
        _ => Val::ExternRef(Some(ExternRef::new(&mut store, number).unwrap())),
    }
}

/// What a value is, so that it can be told from others.
fn text(mut store: impl AsContextMut, value: &Val) -> String {
    match value {
        Val::FuncRef(Some(func)) => {
            let number = func.typed::<(), u32>(&store).unwrap().call(&mut store, ()).unwrap();
            format!("function {number}")
        }
        Val::ExternRef(Some(external)) => {
            format!(
                "{:?}",
                external.data(store.as_context_mut()).unwrap().and_then(|data| data.downcast_ref::<u32>())
            )
        }
        value => format!("{value:?}"),
    }
}

fn texts(mut store: impl AsContextMut, values: &[Val]) -> Vec<String> {
    values.iter().map(|value| text(&mut store, value)).collect()
}

/// A module that exports for every shape a function which calls an imported one of that shape, and returns what that has
/// returned, and then its own parameters.
fn module(shapes: &[(Vec<usize>, Vec<usize>)]) -> String {
    let list = |types_of: &[usize]| -> String {
        types_of.iter().map(|&ty| types()[ty].1).collect::<Vec<_>>().join(" ")
    };
    let (mut imports, mut functions) = (String::new(), String::new());
    for (at, (params, results)) in shapes.iter().enumerate() {
        let (params_text, results_text) = (list(params), list(results));
        let gets: String = (0..params.len()).map(|local| format!(" local.get {local}")).collect();
        imports +=
            &format!("(import \"\" \"\" (func $host{at} (param {params_text}) (result {results_text})))\n");
        functions += &format!(
            "(func (export \"{at}\") (param {params_text}) (result {results_text} {params_text})
                {gets} call $host{at} {gets})\n"
        );
    }
    format!("(module {imports} {functions})")
}

/// What a host function has been given, and what it does.
#[derive(Default)]
struct Host {
    given: Vec<String>,
    has_caller: bool,
    returns: Vec<Val>,
    fails: bool,
}

fn host(store: &mut Store<Host>, params: &[usize], results: &[usize]) -> Extern {
    let types = |list: &[usize]| list.iter().map(|&ty| types()[ty].0.clone()).collect::<Vec<_>>();
    let ty = FuncType::new(&store.engine().clone(), types(params), types(results));
    let call = |mut caller: Caller<'_, Host>, params: &[Val], results: &mut [Val]| {
        let given = texts(&mut caller, params);
        let has_caller = caller.get_export("0").is_some();
        let host = caller.data_mut();
        (host.given, host.has_caller) = (given, has_caller);
        results.copy_from_slice(&host.returns);
        if host.fails { Err(Trap::Interrupt.into()) } else { Ok(()) }
    };
    Func::new(store, ty, call).into()
}

#[test]
fn values_arrive() {
    let shapes = shapes();
    assert!(shapes.len() > 100);
    let text = module(&shapes);
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, &text).unwrap();
        let mut store = Store::new(&engine, Host::default());
        let imports: Vec<Extern> =
            shapes.iter().map(|(params, results)| host(&mut store, params, results)).collect();
        let instance = Instance::new(&mut store, &module, &imports).unwrap();
        for (at, (params, results)) in shapes.iter().enumerate() {
            let what = format!("{way}: {params:?} -> {results:?}");
            let export = instance.get_func(&mut store, &at.to_string()).unwrap();
            let Extern::Func(direct) = imports[at] else { panic!("not a function") };
            let mut numbers = (at as u32..).step_by(7);
            let mut values = |store: &mut Store<Host>, types: &[usize]| -> Vec<Val> {
                types.iter().map(|&ty| value(&mut *store, ty, numbers.next().unwrap())).collect()
            };
            let (args, returns) = (values(&mut store, params), values(&mut store, results));
            let (given, expected) = (texts(&mut store, &args), texts(&mut store, &returns));

            *store.data_mut() = Host { returns, ..Host::default() };
            let mut found = vec![Val::I32(0); results.len()];
            direct.call(&mut store, &args, &mut found).unwrap();
            assert_eq!((&store.data().given, store.data().has_caller), (&given, false), "{what}");
            assert_eq!(texts(&mut store, &found), expected, "{what}");

            let mut found = vec![Val::I32(0); results.len() + params.len()];
            export.call(&mut store, &args, &mut found).unwrap();
            assert_eq!((&store.data().given, store.data().has_caller), (&given, true), "{what}");
            assert_eq!(texts(&mut store, &found), [expected, given].concat(), "{what}");

            store.data_mut().fails = true;
            for (func, results) in [(direct, results.len()), (export, found.len())] {
                let error = func.call(&mut store, &args, &mut found[..results]).unwrap_err();
                assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::Interrupt), "{what}: {error}");
            }
        }
    }
}

#[test]
fn closures_get_what_they_say() {
    let wat = r#"(module
        (import "" "integers" (func $integers (param i32 i64 i32 i64) (result i64)))
        (import "" "floats" (func $floats (param f32 f64 f32 f64) (result f64)))
        (import "" "small" (func $small (param f32) (result f32)))
        (import "" "vector" (func $vector (param i32 v128) (result i32)))
        (import "" "to_vector" (func $to_vector (param i32) (result v128)))
        (import "" "pair" (func $pair (param i32 i32) (result i32 i32)))
        (import "" "many" (func $many (param i32 i32 i32 i32 i32) (result i32)))
        (import "" "fails" (func $fails (param i32) (result i32)))
        (func (export "run") (param $n i32) (result i64 f64 f32 i32 i32 i32 i32 i32)
            (call $integers (local.get $n) (i64.const -2) (i32.const -3) (i64.const 0x400000000))
            (call $floats (f32.const 0.5) (f64.const 1.5) (f32.const -2.5) (f64.const 4))
            (call $small (f32.const -0))
            (call $vector (i32.const 3) (v128.const i32x4 10 20 30 -40))
            (i32x4.extract_lane 2 (call $to_vector (local.get $n)))
            (call $pair (i32.const 1) (local.get $n))
            (call $many (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (local.get $n)))
        (func (export "fails") (param i32) (result i32) (call $fails (local.get 0))))"#;
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let mut linker = Linker::new(&engine);
        let wrapped = |a: i32, b: i64, c: u32, d: u64| i64::from(a) - b + i64::from(c) + d as i64;
        linker.func_wrap("", "integers", wrapped).unwrap();
        let wrapped =
            |a: f32, b: f64, c: f32, d: f64| f64::from(a) * 1000.0 + b * 100.0 + f64::from(c) * 10.0 + d;
        linker.func_wrap("", "floats", wrapped).unwrap();
        linker.func_wrap("", "small", |value: f32| -value).unwrap();
        let wrapped = |lane: u32, vector: V128| (vector.as_u128() >> (32 * lane)) as i32;
        linker.func_wrap("", "vector", wrapped).unwrap();
        linker.func_wrap("", "to_vector", |lane: i32| V128::from((lane as u128) << 64 | 1)).unwrap();
        linker.func_wrap("", "pair", |a: i32, b: i32| (b, a)).unwrap();
        let wrapped = |a: i32, b: i32, c: i32, d: i32, e: i32| (((a * 10 + b) * 10 + c) * 10 + d) * 10 + e;
        linker.func_wrap("", "many", wrapped).unwrap();
        let wrapped = |bits: i32| if bits == 1 { Err(Trap::Interrupt) } else { Ok(bits) };
        linker.func_wrap("", "fails", wrapped).unwrap();
        let module = Module::new(&engine, wat).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module).unwrap();
        type Results = (i64, f64, f32, i32, i32, i32, i32, i32);
        let run = instance.get_typed_func::<i32, Results>(&mut store, "run").unwrap();
        let sum = 7 + 2 + 0xFFFF_FFFD + 0x4_0000_0000;
        let results = run.call(&mut store, 7).unwrap();
        assert_eq!(results, (sum, 629.0, 0.0, -40, 7, 7, 1, 12347), "{way}");
        assert!(results.2.is_sign_positive(), "{way}");
        let fails = instance.get_typed_func::<i32, i32>(&mut store, "fails").unwrap();
        assert_eq!(fails.call(&mut store, 2).unwrap(), 2, "{way}");
        let error = fails.call(&mut store, 1).unwrap_err();
        assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::Interrupt), "{way}");
    }
}

#[test]
fn a_function_that_is_called_again_meanwhile_returns_to_its_first_caller() {
    let wat = r#"(module
        (import "" "host" (func $host (param i32) (result i32)))
        (tag $stop (param i32))
        (global $here (export "here") (mut i32) (i32.const 0))
        (func (export "run") (param i32) (result i32)
            (block $caught (result i32)
                (try_table (catch $stop $caught)
                    (return (i32.add (global.get $here) (call $host (local.get 0)))))
                (unreachable)))
        (func (export "throw") (throw $stop (i32.const 77))))"#;
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, wat).unwrap();
        let mut store: Store<Vec<Instance>> = Store::new(&engine, Vec::new());
        let host = |mut caller: Caller<'_, Vec<Instance>>, depth: i32| -> Result<i32> {
            let instances = caller.data().clone();
            let here = caller.get_export("here").and_then(Extern::into_global).unwrap().get(&mut caller);
            if depth > 0 {
                let other = instances[depth as usize % instances.len()];
                let run = other.get_typed_func::<i32, i32>(&mut caller, "run")?;
                let inner = run.call(&mut caller, depth - 1)?;
                if depth == 3 {
                    // The caller, and nobody else, catches its own tag.
                    let throw = caller.get_export("throw").and_then(Extern::into_func).unwrap();
                    throw.typed::<(), ()>(&caller)?.call(&mut caller, ())?;
                }
                return Ok(inner * 10 + here.unwrap_i32());
            }
            Ok(here.unwrap_i32())
        };
        let host = Func::wrap(&mut store, host);
        for here in 1..=2 {
            let instance = Instance::new(&mut store, &module, &[host.into()]).unwrap();
            instance.get_global(&mut store, "here").unwrap().set(&mut store, Val::I32(here)).unwrap();
            store.data_mut().push(instance);
        }
        let first = store.data()[0];
        let run = first.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        assert_eq!(run.call(&mut store, 0).unwrap(), 1 + 1, "{way}");
        assert_eq!(run.call(&mut store, 1).unwrap(), 1 + ((2 + 2) * 10 + 1), "{way}");
        assert_eq!(run.call(&mut store, 3).unwrap(), 77, "{way}");
    }
}

#[test]
fn references_in_registers_survive_collections() {
    let wat = r#"(module
        (import "" "make" (func $make (param i32) (result externref)))
        (import "" "collect" (func $collect (param externref) (result externref)))
        (import "" "sum" (func $sum (param externref externref externref) (result i32)))
        (func (export "run") (param $n i32) (result i32) (local $kept externref) (local $sum i32)
            (local.set $kept (call $make (i32.const 1000)))
            (loop $again
                (local.set $sum (i32.add (local.get $sum) (call $sum
                    (call $collect (call $make (local.get $n)))
                    (local.get $kept)
                    (call $collect (call $make (i32.const 1))))))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum)))"#;
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let mut linker = Linker::new(&engine);
        let make = |mut caller: Caller<'_, ()>, value: i32| ExternRef::new(&mut caller, value).map(Some);
        linker.func_wrap("", "make", make).unwrap();
        let collect = |mut caller: Caller<'_, ()>, value: Option<Rooted<ExternRef>>| {
            caller.gc();
            value
        };
        linker.func_wrap("", "collect", collect).unwrap();
        type Reference = Option<Rooted<ExternRef>>;
        let sum = |caller: Caller<'_, ()>, a: Reference, b: Reference, c: Reference| -> i32 {
            let number = |reference: Reference| {
                *reference
                    .unwrap()
                    .data(&caller)
                    .unwrap()
                    .and_then(|data| data.downcast_ref::<i32>())
                    .unwrap()
            };
            number(a) + number(b) + number(c)
        };
        linker.func_wrap("", "sum", sum).unwrap();
        let module = Module::new(&engine, wat).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        assert_eq!(run.call(&mut store, 20).unwrap(), 20 * 1001 + 210, "{way}");
    }
}
