//! Exceptions at the borders of components: none goes through, whoever throws; it ends who has thrown and who has called, as a trap
//! does, and nobody there can catch it.

use sarsen::{
    Config, Engine, ErrorKind, ExnRef, ExnRefPre, FuncType, Refuel, Result, Store, StoreContextMut, Strategy,
    Tag, TagType,
};
use sarsen_component::{Component, Instance, Linker};

/// Frames of both kinds are unwound.
const STRATEGIES: [Strategy; 2] = [Strategy::Interpreter, Strategy::Jit];

fn engine(strategy: Strategy) -> Engine {
    let mut config = Config::new();
    Engine::new(config.strategy(strategy).consume_fuel(true)).unwrap()
}

fn store(engine: &Engine) -> Store<()> {
    let mut store = Store::new(engine, ());
    store.set_fuel(1_000_000).unwrap();
    store
}

fn instantiate(strategy: Strategy, text: &str) -> (Store<()>, Result<Instance>) {
    let engine = engine(strategy);
    let component = Component::new(&engine, text).unwrap();
    let mut store = store(&engine);
    let instance = Linker::new(&engine).instantiate(&mut store, &component);
    (store, instance)
}

/// A component whose functions throw, in one way or another, and one that calls them and catches everything: `caught` is 1 then.
fn text(call: &str) -> String {
    format!(
        r#"(component
            (component $Other
                (core module $M
                    (memory (export "memory") 1)
                    (tag $thrown (param i64))
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (throw $thrown (i64.const 1)))
                    (func (export "throw") (throw $thrown (i64.const 2)))
                    (func (export "take") (param i32 i32))
                    (func (export "give") (result i32) (i32.const 16))
                    (func (export "after") (param i32) (throw $thrown (i64.const 3)))
                    (func (export "dtor") (param i32) (throw $thrown (i64.const 4))))
                (core instance $m (instantiate $M))
                (type $T' (resource (rep i32) (dtor (core func $m "dtor"))))
                (export $T "t" (type $T'))
                (core func $new (canon resource.new $T'))
                (func (export "throw") (canon lift (core func $m "throw")))
                (func (export "take") (param "x" string) (canon lift (core func $m "take")
                    (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
                (func (export "give") (result string) (canon lift (core func $m "give")
                    (memory (core memory $m "memory")) (post-return (core func $m "after"))))
                (func (export "make") (param "rep" u32) (result (own $T)) (canon lift (core func $new))))
            (component $Mine
                (import "other" (instance $other
                    (export "t" (type $t (sub resource)))
                    (export "throw" (func)) (export "take" (func (param "x" string)))
                    (export "give" (func (result string))) (export "make" (func (param "rep" u32) (result (own $t))))))
                (alias export $other "t" (type $T))
                (core module $Libc (memory (export "memory") 1)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 32)))
                (core instance $libc (instantiate $Libc))
                (core func $throw (canon lower (func $other "throw")))
                (core func $take (canon lower (func $other "take") (memory (core memory $libc "memory"))))
                (core func $give (canon lower (func $other "give")
                    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
                (core func $make (canon lower (func $other "make")))
                (core func $drop (canon resource.drop $T))
                (core module $M
                    (import "" "throw" (func $throw)) (import "" "take" (func $take (param i32 i32)))
                    (import "" "give" (func $give (param i32))) (import "" "make" (func $make (param i32) (result i32)))
                    (import "" "drop" (func $drop (param i32)))
                    (func (export "run") (result i32)
                        (block $caught (try_table (catch_all $caught) {call}) (return (i32.const 0)))
                        (i32.const 1)))
                (core instance $m (instantiate $M (with "" (instance
                    (export "throw" (func $throw)) (export "take" (func $take)) (export "give" (func $give))
                    (export "make" (func $make)) (export "drop" (func $drop))))))
                (func (export "run") (result u32) (canon lift (core func $m "run"))))
            (instance $other (instantiate $Other))
            (instance $mine (instantiate $Mine (with "other" (instance $other))))
            (export "run" (func $mine "run"))
            (export "throw" (func $other "throw"))
            (export "take" (func $other "take"))
            (export "give" (func $other "give")))"#
    )
}

/// That it has ended as a trap does.
#[track_caller]
fn is_trap<R>(what: &str, result: Result<R>) {
    let error = result.err().unwrap_or_else(|| panic!("{what}: the exception was caught"));
    assert_eq!(error.kind(), ErrorKind::Trap, "{what}: {error:?}");
    assert!(error.message().contains("uncaught exception"), "{what}: {error:?}");
}

#[test]
fn no_component_catches_what_another_throws() {
    let calls = [
        "(call $throw)",
        "(call $take (i32.const 0) (i32.const 5))",
        "(call $give (i32.const 16))",
        "(call $drop (call $make (i32.const 7)))",
    ];
    for (strategy, call) in STRATEGIES.into_iter().flat_map(|strategy| calls.map(|call| (strategy, call))) {
        let (mut store, instance) = instantiate(strategy, &text(call));
        let run = instance.unwrap().get_typed_func::<(), (u32,)>(&mut store, "run").unwrap();
        is_trap(call, run.call(&mut store, ()));
        assert_eq!(run.call(&mut store, ()).unwrap_err().message(), "cannot enter component instance");
        assert!(store.take_pending_exception().is_none(), "{call}: it has gone");
    }
}

#[test]
fn hosts_see_a_trap() {
    STRATEGIES.into_iter().for_each(a_host_sees_a_trap);
}

fn a_host_sees_a_trap(strategy: Strategy) {
    let load = || {
        let (store, instance) = instantiate(strategy, &text("nop"));
        (store, instance.unwrap())
    };
    let (mut store, instance) = load();
    is_trap("throw", instance.get_typed_func::<(), ()>(&mut store, "throw").unwrap().call(&mut store, ()));
    let (mut store, instance) = load();
    let take = instance.get_typed_func::<(&str,), ()>(&mut store, "take").unwrap();
    is_trap("realloc", take.call(&mut store, ("text",)));
    assert!(store.take_pending_exception().is_none());
    let (mut store, instance) = load();
    let give = instance.get_typed_func::<(), (String,)>(&mut store, "give").unwrap();
    is_trap("post-return", give.call(&mut store, ()));
    assert!(store.take_pending_exception().is_none());
}

#[test]
fn instantiation_ends_with_a_trap() {
    let text = r#"(component
        (core module $M (tag $thrown) (func $start (throw $thrown)) (start $start))
        (core instance (instantiate $M)))"#;
    for strategy in STRATEGIES {
        let (mut store, instance) = instantiate(strategy, text);
        is_trap("start", instance);
        assert!(store.take_pending_exception().is_none());
    }
}

/// What the host throws on behalf of a guest.
fn throw(mut store: StoreContextMut<'_, ()>) -> Result<()> {
    let ty = TagType::new(FuncType::new(store.engine(), [], []));
    let tag = Tag::new(&mut store, &ty)?;
    let pre = ExnRefPre::new(&mut store, tag);
    let exception = ExnRef::new(&mut store, &pre, &[])?;
    store.throw::<()>(exception)
}

#[test]
fn no_component_catches_what_the_host_throws_when_it_is_asked_for_fuel() {
    // The string costs more than there is, all else less.
    let text = text("(call $take (i32.const 0) (i32.const 60000))");
    for strategy in STRATEGIES {
        let (mut store, instance) = instantiate(strategy, &text);
        let run = instance.unwrap().get_typed_func::<(), (u32,)>(&mut store, "run").unwrap();
        store.set_fuel(100).unwrap();
        store.fuel_exhausted_callback(|store| throw(store).map(|()| Refuel::Stop)).unwrap();
        is_trap("a callback", run.call(&mut store, ()));
        assert!(store.take_pending_exception().is_none());
    }
}

#[test]
fn no_component_catches_what_the_host_throws() {
    let text = r#"(component
        (import "throw" (func $throw))
        (core func $throw' (canon lower (func $throw)))
        (core module $M (import "" "throw" (func $throw))
            (func (export "run") (block $caught (try_table (catch_all $caught) (call $throw)))))
        (core instance $m (instantiate $M (with "" (instance (export "throw" (func $throw'))))))
        (func (export "run") (canon lift (core func $m "run"))))"#;
    for strategy in STRATEGIES {
        let component = Component::new(&engine(strategy), text).unwrap();
        let mut linker = Linker::<()>::new(component.engine());
        linker.root().func_wrap("throw", |store: StoreContextMut<'_, ()>, (): ()| throw(store)).unwrap();
        let mut store = store(component.engine());
        let instance = linker.instantiate(&mut store, &component).unwrap();
        let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
        is_trap("a host function", run.call(&mut store, ()));
        assert!(store.take_pending_exception().is_none());
    }
}
