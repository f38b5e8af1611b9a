//! What a guest can say through the canonical ABI that is not so: each is a trap with a clear message, in values of any type and in
//! Rust types, as a result and as an argument of a host function; the instance is not called again, and the host keeps no memory
//! for it.

use sarsen::{Config, Engine, ErrorKind, Result, Store, Strategy};
use sarsen_component::{Component, ComponentNamedList, Lift, Linker, Resource, ResourceType, Val};

fn engine() -> Engine {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    Engine::new(&config).unwrap()
}

/// A component whose function `run` returns what lies at address 16, and whose function `pass` passes it to the host.
fn liar(ty: &str, data: &str, encoding: &str) -> String {
    format!(
        r#"(component
            (import "host" (func $host (param "x" {ty})))
            (core module $Libc (memory (export "memory") 1) (data (i32.const 16) "{data}")
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
            (core instance $libc (instantiate $Libc))
            (core func $host' (canon lower (func $host)
                (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")) string-encoding={encoding}))
            (core module $M
                (import "" "host" (func $host (param i32 i32)))
                (import "" "memory" (memory 1))
                (func (export "run") (result i32) (i32.const 16))
                (func (export "pass") (call $host (i32.load (i32.const 16)) (i32.load (i32.const 20)))))
            (core instance $m (instantiate $M (with "" (instance
                (export "host" (func $host')) (export "memory" (memory $libc "memory"))))))
            (func (export "run") (result {ty}) (canon lift (core func $m "run")
                (memory (core memory $libc "memory")) string-encoding={encoding}))
            (func (export "pass") (canon lift (core func $m "pass"))))"#
    )
}

/// Checks that it is a trap with this message, and that the instance is not called any more.
#[track_caller]
fn traps<R: std::fmt::Debug>(outcome: Result<R>, again: Result<R>, message: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trap, "{error}");
    assert!(error.message().contains(message), "expected `{message}`, found `{error}`");
    assert_eq!(again.unwrap_err().message(), "cannot enter component instance");
}

/// Tries a lie about a string or list of type `T`, everywhere.
#[track_caller]
fn lie<T>(ty: &str, data: &str, encoding: &str, message: &str)
where
    T: Lift + std::fmt::Debug + 'static,
    (T,): ComponentNamedList,
{
    let component = Component::new(&engine(), liar(ty, data, encoding)).unwrap();
    let instantiate = |typed: bool| {
        let mut linker = Linker::<()>::new(component.engine());
        let mut root = linker.root();
        if typed {
            root.func_wrap("host", |_, (_,): (T,)| Ok(())).unwrap();
        } else {
            root.func_new("host", |_, _, _, _| Ok(())).unwrap();
        }
        let mut store = Store::new(component.engine(), ());
        let instance = linker.instantiate(&mut store, &component).unwrap();
        (store, instance)
    };
    let (mut store, instance) = instantiate(true);
    let run = instance.get_typed_func::<(), (T,)>(&mut store, "run").unwrap();
    traps(run.call(&mut store, ()), run.call(&mut store, ()), message);
    let (mut store, instance) = instantiate(false);
    let run = instance.get_func(&mut store, "run").unwrap();
    let mut results = [Val::Bool(false)];
    traps(run.call(&mut store, &[], &mut results), run.call(&mut store, &[], &mut results), message);
    for typed in [true, false] {
        let (mut store, instance) = instantiate(typed);
        let pass = instance.get_typed_func::<(), ()>(&mut store, "pass").unwrap();
        traps(pass.call(&mut store, ()), pass.call(&mut store, ()), message);
    }
}

#[test]
fn strings() {
    let outside = "string pointer/length out of bounds of memory";
    lie::<String>("string", r"\00\00\01\00\01\00\00\00", "utf8", outside);
    lie::<String>("string", r"\00\00\00\00\ff\ff\ff\7f", "utf8", outside);
    lie::<String>("string", r"\ff\ff\ff\ff\ff\ff\ff\ff", "utf8", outside);
    lie::<String>("string", r"\18\00\00\00\01\00\00\00\ff", "utf8", "invalid utf-8");
    lie::<String>("string", r"\18\00\00\00\02\00\00\00\e2\82", "utf8", "incomplete utf-8");
    lie::<String>("string", r"\18\00\00\00\03\00\00\00\ed\a0\80", "utf8", "invalid utf-8");
    lie::<String>("string", r"\00\00\00\00\ff\ff\ff\7f", "utf16", outside);
    lie::<String>("string", r"\19\00\00\00\01\00\00\00", "utf16", "unaligned pointer");
    lie::<String>("string", r"\18\00\00\00\01\00\00\00\00\d8", "utf16", "unpaired surrogate");
    lie::<String>("string", r"\18\00\00\00\02\00\00\00\00\dc\00\d8", "utf16", "unpaired surrogate");
    lie::<String>("string", r"\18\00\00\00\01\00\00\80\00\d8", "latin1+utf16", "unpaired surrogate");
    lie::<String>("string", r"\00\00\00\00\ff\ff\ff\ff", "latin1+utf16", outside);
    lie::<String>("string", r"\19\00\00\00\01\00\00\00", "latin1+utf16", "unaligned pointer");
}

#[test]
fn lists() {
    let outside = "list pointer/length out of bounds of memory";
    lie::<Vec<u8>>("(list u8)", r"\00\00\00\00\00\00\00\80", "utf8", outside);
    lie::<Vec<u8>>("(list u8)", r"\ff\ff\00\00\02\00\00\00", "utf8", outside);
    lie::<Vec<u64>>("(list u64)", r"\00\00\00\00\00\00\00\20", "utf8", outside);
    lie::<Vec<u64>>("(list u64)", r"\04\00\00\00\01\00\00\00", "utf8", "unaligned pointer");
    lie::<Vec<u16>>("(list u16)", r"\01\00\00\00\00\00\00\00", "utf8", "unaligned pointer");
    lie::<Vec<char>>(
        "(list char)",
        r"\18\00\00\00\01\00\00\00\00\d8\00\00",
        "utf8",
        "invalid `char` bit pattern",
    );
    lie::<Vec<char>>(
        "(list char)",
        r"\18\00\00\00\01\00\00\00\00\00\11\00",
        "utf8",
        "invalid `char` bit pattern",
    );
    lie::<Vec<Option<u8>>>(
        "(list (option u8))",
        r"\18\00\00\00\01\00\00\00\02\00",
        "utf8",
        "invalid variant discriminant 2",
    );
    lie::<Vec<std::result::Result<(), ()>>>(
        "(list (result))",
        r"\18\00\00\00\01\00\00\00\ff",
        "utf8",
        "invalid variant discriminant 255",
    );
    lie::<Vec<String>>(
        "(list string)",
        r"\18\00\00\00\01\00\00\00\00\00\01\00\01\00\00\00",
        "utf8",
        "string pointer",
    );
}

/// A list that lies in memory, but whose items take more room in the host than it gives a call.
#[test]
fn lists_that_are_cheap_for_the_guest_only() {
    let text = r#"(component
        (core module $M
            (memory (export "memory") 800)
            (func (export "run") (result i32)
                (i32.store (i32.const 16) (i32.const 0)) (i32.store (i32.const 20) (i32.const 50000000))
                (i32.const 16)))
        (core instance $m (instantiate $M))
        (func (export "run") (result (list bool)) (canon lift (core func $m "run") (memory (core memory $m "memory"))))
        (func (export "long") (result (list (list bool))) (canon lift (core func $m "run") (memory (core memory $m "memory")))))"#;
    let component = Component::new(&engine(), text).unwrap();
    let instantiate = || {
        let mut store = Store::new(component.engine(), ());
        let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
        (store, instance)
    };
    let message = "a call passes more than the host takes at once";
    let (mut store, instance) = instantiate();
    let run = instance.get_func(&mut store, "run").unwrap();
    let mut results = [Val::Bool(false)];
    traps(run.call(&mut store, &[], &mut results), run.call(&mut store, &[], &mut results), message);
    // As bytes it is not too much.
    let (mut store, instance) = instantiate();
    let run = instance.get_typed_func::<(), (Vec<bool>,)>(&mut store, "run").unwrap();
    assert_eq!(run.call(&mut store, ()).unwrap().0.len(), 50_000_000);

    // As many values as a value has parts, and names that are longer than what they name.
    let (wide, name) = ("u8 ".repeat(1000), "n".repeat(10_000));
    for (ty, byte, count) in [
        (format!("(tuple {wide})"), 0, 10_000),
        (format!(r#"(flags "{name}" "{name}2")"#), 3, 10_000),
        (format!(r#"(record (field "{name}" u8))"#), 0, 15_000),
        (format!(r#"(enum "{name}")"#), 0, 15_000),
        ("(list u8 1000)".into(), 0, 10_000),
    ] {
        let text = format!(
            r#"(component
                (core module $M
                    (memory (export "memory") 160)
                    (func (export "run") (result i32)
                        (memory.fill (i32.const 16) (i32.const {byte}) (i32.const 20000))
                        (i32.store (i32.const 16) (i32.const 24)) (i32.store (i32.const 20) (i32.const {count}))
                        (i32.const 16)))
                (core instance $m (instantiate $M))
                (type $T' {ty}) (export $T "t" (type $T'))
                (func (export "run") (result (list $T)) (canon lift (core func $m "run") (memory (core memory $m "memory")))))"#
        );
        let component = Component::new(&engine(), text).unwrap();
        let mut store = Store::new(component.engine(), ());
        let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
        let run = instance.get_func(&mut store, "run").unwrap();
        traps(run.call(&mut store, &[], &mut results), run.call(&mut store, &[], &mut results), message);
    }
}

/// Places of results and of parameters that are in memory.
#[test]
fn pointers() {
    let component = |ptr: &str| {
        format!(
            r#"(component
                (core module $M (memory (export "memory") 1)
                    (func (export "run") (result i32) (i32.const {ptr})))
                (core instance $m (instantiate $M))
                (func (export "run") (result (tuple u32 u32))
                    (canon lift (core func $m "run") (memory (core memory $m "memory")))))"#
        )
    };
    for (ptr, message) in
        [("2", "unaligned pointer"), ("65532", "pointer out of bounds"), ("-4", "pointer out of bounds")]
    {
        let component = Component::new(&engine(), component(ptr)).unwrap();
        let mut store = Store::new(component.engine(), ());
        let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
        let run = instance.get_typed_func::<(), ((u32, u32),)>(&mut store, "run").unwrap();
        traps(run.call(&mut store, ()), run.call(&mut store, ()), message);
    }
}

/// What `realloc` returns when the host passes a string.
#[test]
fn memory_that_is_none() {
    for (ptr, message) in [
        ("(i32.const -1)", "realloc return: beyond end of memory"),
        ("(i32.const 65535)", "realloc return: beyond end of memory"),
        ("unreachable", "unreachable"),
    ] {
        let text = format!(
            r#"(component
                (core module $M (memory (export "memory") 1)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) {ptr})
                    (func (export "run") (param i32 i32)))
                (core instance $m (instantiate $M))
                (func (export "run") (param "x" string) (canon lift (core func $m "run")
                    (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))"#
        );
        let component = Component::new(&engine(), text).unwrap();
        let mut store = Store::new(component.engine(), ());
        let instance = Linker::new(component.engine()).instantiate(&mut store, &component).unwrap();
        let run = instance.get_typed_func::<(&str,), ()>(&mut store, "run").unwrap();
        traps(run.call(&mut store, ("hello",)), run.call(&mut store, ("hello",)), message);
    }
}

/// A host's resource.
struct Thing;

/// A component that does something with handles of two types of the host's; `make` gives it one that it owns.
fn with_handles(body: &str) -> String {
    format!(
        r#"(component
            (import "thing" (type $Thing (sub resource)))
            (import "other" (type $Other (sub resource)))
            (import "make" (func $make (result (own $Thing))))
            (import "take" (func $take (param "x" (own $Thing))))
            (import "look" (func $look (param "x" (borrow $Thing)) (param "y" (own $Thing))))
            (core func $make' (canon lower (func $make)))
            (core func $take' (canon lower (func $take)))
            (core func $look' (canon lower (func $look)))
            (core func $drop (canon resource.drop $Thing))
            (core func $drop-other (canon resource.drop $Other))
            (core module $M
                (import "" "make" (func $make (result i32)))
                (import "" "take" (func $take (param i32)))
                (import "" "look" (func $look (param i32 i32)))
                (import "" "drop" (func $drop (param i32)))
                (import "" "drop-other" (func $drop-other (param i32)))
                (func (export "run") (local $h i32) (local $n i32) (local.set $h (call $make)) {body})
                (func (export "keep") (param i32)))
            (core instance $m (instantiate $M (with "" (instance
                (export "make" (func $make')) (export "take" (func $take')) (export "look" (func $look'))
                (export "drop" (func $drop)) (export "drop-other" (func $drop-other))))))
            (func (export "run") (canon lift (core func $m "run")))
            (func (export "keep") (param "x" (borrow $Thing)) (canon lift (core func $m "keep"))))"#
    )
}

fn things(linker: &mut Linker<Vec<u32>>) {
    let mut root = linker.root();
    let dropped = |mut store: sarsen::StoreContextMut<'_, Vec<u32>>, rep| {
        store.data_mut().push(rep);
        Ok(())
    };
    root.resource("thing", ResourceType::host::<Thing>(), dropped).unwrap();
    root.resource("other", ResourceType::host::<String>(), dropped).unwrap();
    root.func_wrap("make", |_, (): ()| Ok((Resource::<Thing>::new_own(7),))).unwrap();
    root.func_wrap("take", |_, (_,): (Resource<Thing>,)| Ok(())).unwrap();
    root.func_wrap("look", |_, (_, _): (Resource<Thing>, Resource<Thing>)| Ok(())).unwrap();
}

#[test]
fn handles() {
    for (body, message) in [
        ("(call $take (i32.const 5))", "unknown handle index 5"),
        ("(call $take (i32.const 0))", "unknown handle index 0"),
        ("(call $drop (i32.const -1))", "unknown handle index 4294967295"),
        ("(call $drop (local.get $h)) (call $take (local.get $h))", "unknown handle index 1"),
        ("(call $take (local.get $h)) (call $drop (local.get $h))", "unknown handle index 1"),
        ("(call $drop-other (local.get $h))", "handle index 1 used with the wrong type"),
        ("(call $look (local.get $h) (local.get $h))", "cannot remove owned resource while borrowed"),
    ] {
        let component = Component::new(&engine(), with_handles(body)).unwrap();
        let mut linker = Linker::new(component.engine());
        things(&mut linker);
        let mut store = Store::new(component.engine(), Vec::new());
        let instance = linker.instantiate(&mut store, &component).unwrap();
        let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
        traps(run.call(&mut store, ()), run.call(&mut store, ()), message);
    }
}

#[test]
fn what_is_lent_has_to_be_given_back() {
    let component = Component::new(&engine(), with_handles("(call $drop (local.get $h))")).unwrap();
    let mut linker = Linker::new(component.engine());
    things(&mut linker);
    let mut store = Store::new(component.engine(), Vec::new());
    let instance = linker.instantiate(&mut store, &component).unwrap();
    instance.get_typed_func::<(), ()>(&mut store, "run").unwrap().call(&mut store, ()).unwrap();
    assert_eq!(store.data(), &[7], "the destructor runs, once");
    let keep = instance.get_typed_func::<(Resource<Thing>,), ()>(&mut store, "keep").unwrap();
    let outcome = keep.call(&mut store, (Resource::new_borrow(7),));
    let again = keep.call(&mut store, (Resource::new_borrow(7),));
    traps(outcome, again, "borrow handles still remain at the end of the call");
    assert_eq!(store.data(), &[7], "what was only lent is not destroyed");
}

/// What the host is given and neither drops nor passes on stays with it: that has a bound as well.
#[test]
fn resources_that_the_host_forgets() {
    let body = "(loop $more (call $take (call $make)) (br $more))";
    let component = Component::new(&engine(), with_handles(body)).unwrap();
    let mut linker = Linker::new(component.engine());
    things(&mut linker);
    linker.allow_shadowing(true);
    let mut root = linker.root();
    root.func_new("take", |_, _, _, _| Ok(())).unwrap();
    let mut store = Store::new(component.engine(), Vec::new());
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
    traps(run.call(&mut store, ()), run.call(&mut store, ()), "the host holds too many resources");
}

/// Handles are memory of the host's, whichever instance has them.
#[test]
fn handles_without_end() {
    let body = "(loop $more (drop (call $make))
        (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 600_000))))";
    let component = Component::new(&engine(), with_handles(body)).unwrap();
    let mut linker = Linker::new(component.engine());
    things(&mut linker);
    let mut store = Store::new(component.engine(), Vec::new());
    let mut instance = || linker.instantiate(&mut store, &component).unwrap();
    let (first, second) = (instance(), instance());
    let run = first.get_typed_func::<(), ()>(&mut store, "run").unwrap();
    run.call(&mut store, ()).unwrap();
    let run = second.get_typed_func::<(), ()>(&mut store, "run").unwrap();
    let message = "the instances of a store have more than 1048576 handles";
    traps(run.call(&mut store, ()), run.call(&mut store, ()), message);
}
