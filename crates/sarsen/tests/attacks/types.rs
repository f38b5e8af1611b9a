//! Types that several threads define in one engine at once: the same are one, and others never, for links and casts between modules of
//! different threads.

use sarsen::{Engine, ExternType, FuncType, Instance, Linker, Module, Store, StructType, Trap, ValType};
use std::fmt::Write;
use std::sync::Barrier;
use std::thread;

const THREADS: usize = 8;
/// Recursion groups of a module.
const GROUPS: usize = 60;

/// The types of a group: a list of lists, where a number says how many fields there are, which is what makes it another one.
fn group(number: usize) -> String {
    let fields = "(field i32) ".repeat(number);
    format!(
        "(rec (type $node{number} (sub (struct (field (ref null $node{number})) (field (ref null $list{number})) {fields})))
            (type $list{number} (array (mut (ref null $node{number}))))
            (type $take{number} (func (param anyref) (result (ref $node{number})))))"
    )
}

/// Makes and casts nodes of all groups, defined in this order.
fn module(order: impl Iterator<Item = usize>) -> String {
    let mut text = String::from("(module ");
    for number in order {
        let _ = write!(
            text,
            r#"{group}
            (func (export "make {number}") (result anyref) (struct.new_default $node{number}))
            (func (export "take {number}") (type $take{number}) (ref.cast (ref $node{number}) (local.get 0)))"#,
            group = group(number),
        );
    }
    text + ")"
}

/// A module that calls one function of another one with what another function there has made.
fn user(number: usize, made: usize) -> String {
    format!(
        r#"(module {group}
        (import "maker" "make {made}" (func $make (result anyref)))
        (import "taker" "take {number}" (func $take (type $take{number})))
        (func (export "run") (drop (call $take (call $make)))))"#,
        group = group(number),
    )
}

fn func_type(module: &Module, number: usize) -> FuncType {
    match module.get_export(&format!("take {number}")) {
        Some(ExternType::Func(ty)) => ty,
        other => panic!("no function: {other:?}"),
    }
}

/// Modules that as many threads make at once, each with its groups in another order.
fn modules(engine: &Engine) -> Vec<Module> {
    let barrier = Barrier::new(THREADS);
    let make = |thread: usize| {
        let text = module(
            (0..GROUPS).map(|number| if thread.is_multiple_of(2) { number } else { GROUPS - 1 - number }),
        );
        barrier.wait();
        // Types of nobody else come between.
        StructType::new(engine, []).unwrap();
        FuncType::new(engine, vec![ValType::I64; thread], []);
        Module::new(engine, text).unwrap()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || make(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn the_same_types_of_all_threads_are_one() {
    for _ in 0..20 {
        let modules = modules(&Engine::default());
        for number in 0..GROUPS {
            let ty = func_type(&modules[0], number);
            assert!(modules.iter().all(|module| func_type(module, number) == ty), "group {number}");
            assert_ne!(func_type(&modules[1], (number + 1) % GROUPS), ty, "group {number}");
        }
    }
}

#[test]
fn modules_of_all_threads_take_each_others_objects() {
    let engine = Engine::default();
    let modules = modules(&engine);
    let mut store = Store::new(&engine, ());
    let instances: Vec<_> =
        modules.iter().map(|module| Instance::new(&mut store, module, &[]).unwrap()).collect();
    for number in [0, 1, GROUPS / 2, GROUPS - 1] {
        for (maker, taker) in [(0, 1), (1, 0), (2, 7), (6, 3)] {
            let mut linker = Linker::new(&engine);
            linker.instance(&mut store, "maker", instances[maker]).unwrap();
            linker.instance(&mut store, "taker", instances[taker]).unwrap();
            let mut run = |made| {
                let user = Module::new(&engine, user(number, made)).unwrap();
                let instance = linker.instantiate(&mut store, &user).unwrap();
                let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
                run.call(&mut store, ()).map_err(|error| error.downcast::<Trap>().ok())
            };
            assert_eq!(run(number), Ok(()), "group {number}");
            assert_eq!(run((number + 2) % GROUPS), Err(Some(Trap::CastFailure)), "group {number}");
        }
    }
}
