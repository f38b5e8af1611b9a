//! Calls of host functions of every shape: few values go through registers, more through memory, vectors as two halves.

use super::configs;
use sarsen::{
    AsContextMut, Engine, Extern, ExternRef, Func, FuncType, HeapType, Instance, Module, RefType, Store,
    Trap, Val, ValType,
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
    let call = |mut caller: sarsen::Caller<'_, Host>, params: &[Val], results: &mut [Val]| {
        let given = texts(&mut caller, params);
        let has_caller = caller.get_export("0").is_some();
        let host = caller.data_mut();
        (host.given, host.has_caller) = (given, has_caller);
        results.copy_from_slice(&host.returns);
        if host.fails { Err(Trap::Interrupted.into()) } else { Ok(()) }
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
                assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::Interrupted), "{what}: {error}");
            }
        }
    }
}
