//! Tail calls of the host: the caller's frame is gone when the host fails, and whoever called that finds its own as it was.

use crate::configs;
use sarsen::{
    AsContextMut, Caller, Config, Engine, Error, ExnRef, ExnRefPre, FuncType, Instance, Linker, Module,
    Result, Store, Tag, TagType, Trap,
};

/// Ways to end with a call of the host.
const TAILS: [&str; 3] = [
    "(return_call $host (local.get 0))",
    "(return_call_ref $taking (local.get 0) (ref.func $host))",
    "(return_call_indirect (type $taking) (local.get 0) (i32.const 0))",
];

/// What the host is asked to do.
const RETURN: i32 = 0;
const TRAP: i32 = 1;
const FAIL: i32 = 2;
const THROW: i32 = 3;

/// `run` has values of its own around the call, and gives their sum with the result, or with 1000 if it catches something.
fn module(tail: &str) -> String {
    format!(
        r#"(module
        (type $taking (func (param i32) (result i32)))
        (import "" "host" (func $host (type $taking)))
        (table funcref (elem $host))
        (elem declare func $host)
        (func $tail (type $taking) {tail})
        (func $through (type $taking) (return_call $tail (local.get 0)))
        (func (export "run") (param $what i32) (param $own i32) (result i32)
            (i32.add
                (i32.mul (local.get $own) (i32.const 3))
                (block $caught (result i32)
                    (block $thrown
                        (br $caught (try_table (result i32) (catch_all $thrown) (call $through (local.get $what)))))
                    (i32.const 1000)))))"#
    )
}

fn host(mut caller: Caller<'_, ()>, what: i32) -> Result<i32> {
    match what {
        TRAP => Err(Trap::IntegerOverflow.into()),
        FAIL => Err(Error::msg("the host has failed")),
        THROW => {
            let ty = TagType::new(FuncType::new(caller.engine(), [], []));
            let tag = Tag::new(&mut caller, &ty)?;
            let pre = ExnRefPre::new(&mut caller, tag);
            let exception = ExnRef::new(&mut caller, &pre, &[])?;
            caller.as_context_mut().throw(exception)
        }
        _ => Ok(7),
    }
}

fn load(config: &Config, text: &str) -> (Store<()>, Instance) {
    let engine = Engine::new(config).unwrap();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("", "host", host).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &Module::new(&engine, text).unwrap()).unwrap();
    (store, instance)
}

#[test]
fn a_host_that_fails_at_a_tail_leaves_callers_as_they_were() {
    for tail in TAILS {
        for (way, config) in configs() {
            let (mut store, instance) = load(&config, &module(tail));
            let run = instance.get_typed_func::<(i32, i32), i32>(&mut store, "run").unwrap();
            for round in 0..4 {
                assert_eq!(run.call(&mut store, (RETURN, round)).unwrap(), 3 * round + 7, "{way}: {tail}");
                assert_eq!(run.call(&mut store, (THROW, round)).unwrap(), 3 * round + 1000, "{way}: {tail}");
                let trap = run.call(&mut store, (TRAP, round)).unwrap_err();
                assert_eq!(trap.downcast_ref(), Some(&Trap::IntegerOverflow), "{way}: {tail}");
                let failure = run.call(&mut store, (FAIL, round)).unwrap_err();
                assert_eq!(failure.message(), "the host has failed", "{way}: {tail}");
                for error in [trap, failure] {
                    let backtrace = error.backtrace().expect("it passed frames");
                    let frames: Vec<u32> =
                        backtrace.frames().iter().map(|frame| frame.func_index()).collect();
                    assert_eq!(frames, [3], "{way}: {tail}: `run` alone is there");
                }
            }
        }
    }
}
