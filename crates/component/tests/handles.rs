//! Handles that are not what they are used as: of a type that was instantiated twice, of an instance beside, dropped with their number
//! given again, lent to several calls at once; and what the host holds, in other stores, for other types, and after it has gone.

use sarsen::{Config, Engine, ErrorKind, Result, Store, Strategy};
use sarsen_component::{Component, Instance, Linker, Resource, ResourceAny, ResourceType, Val};

fn engine() -> Engine {
    let mut config = Config::new();
    Engine::new(config.strategy(Strategy::Interpreter)).unwrap()
}

/// A component that defines a resource: `make` one that stands for a number, `get` the number of a lent one, `take` a given one.
/// What `drop`s are is told by `dropped`: the numbers so far, as decimal digits.
const MAKER: &str = r#"
    (core module $M
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (global $dropped (mut i32) (i32.const 0))
        (func (export "dtor") (param i32)
            (global.set $dropped (i32.add (i32.mul (global.get $dropped) (i32.const 10)) (local.get 0))))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "get") (param i32) (result i32) (local.get 0))
        (func (export "take") (param i32) (call $drop (local.get 0)))
        (func (export "both") (param i32 i32) (call $drop (local.get 1)))
        (func (export "dropped") (result i32) (global.get $dropped)))
    (core module $Dtor
        (table (export "table") 1 funcref)
        (type $dtor (func (param i32)))
        (func (export "dtor") (param i32) (call_indirect (type $dtor) (local.get 0) (i32.const 0))))
    (core instance $dtor (instantiate $Dtor))
    (type $T' (resource (rep i32) (dtor (core func $dtor "dtor"))))
    (core func $new (canon resource.new $T'))
    (core func $drop (canon resource.drop $T'))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
    (core module $Fill
        (import "" "table" (table 1 funcref)) (import "" "dtor" (func $dtor (param i32))) (elem (i32.const 0) func $dtor))
    (core instance (instantiate $Fill
        (with "" (instance (export "table" (table $dtor "table")) (export "dtor" (func $m "dtor"))))))
    (export $T "t" (type $T'))
    (func (export "make") (param "rep" u32) (result (own $T)) (canon lift (core func $m "make")))
    (func (export "get") (param "x" (borrow $T)) (result u32) (canon lift (core func $m "get")))
    (func (export "take") (param "x" (own $T)) (canon lift (core func $m "take")))
    (func (export "both") (param "x" (borrow $T)) (param "y" (own $T)) (canon lift (core func $m "both")))
    (func (export "dropped") (result u32) (canon lift (core func $m "dropped")))"#;

/// Two makers, whose resources are of different types, and a user of both, which does this with locals `$a` and `$b`. Behind the user
/// is another one, which knows the first type and has no handles: `beside` passes it a number as it is.
fn component(body: &str) -> String {
    let user = |body: &str| {
        format!(
            r#"(core module $M
                (import "1" "make" (func $make1 (param i32) (result i32)))
                (import "1" "get" (func $get1 (param i32) (result i32)))
                (import "1" "take" (func $take1 (param i32)))
                (import "1" "both" (func $both1 (param i32 i32)))
                (import "1" "drop" (func $drop1 (param i32)))
                (import "2" "make" (func $make2 (param i32) (result i32)))
                (import "2" "get" (func $get2 (param i32) (result i32)))
                (import "2" "drop" (func $drop2 (param i32)))
                (import "0" "beside" (func $beside (param i32) (result i32)))
                (func (export "run") (result i32) (local $a i32) (local $b i32) {body})
                (func (export "beside") (param i32) (result i32) (call $get1 (local.get 0))))"#
        )
    };
    let lowered = r#"
        (core func $make1 (canon lower (func $one "make"))) (core func $get1 (canon lower (func $one "get")))
        (core func $take1 (canon lower (func $one "take"))) (core func $both1 (canon lower (func $one "both")))
        (core func $make2 (canon lower (func $two "make"))) (core func $get2 (canon lower (func $two "get")))
        (alias export $one "t" (type $T1)) (alias export $two "t" (type $T2))
        (core func $drop1 (canon resource.drop $T1)) (core func $drop2 (canon resource.drop $T2))
        (core func $beside (canon lower (func $beside)))
        (core instance $m (instantiate $M
            (with "0" (instance (export "beside" (func $beside))))
            (with "1" (instance (export "make" (func $make1)) (export "get" (func $get1)) (export "take" (func $take1))
                (export "both" (func $both1)) (export "drop" (func $drop1))))
            (with "2" (instance (export "make" (func $make2)) (export "get" (func $get2)) (export "drop" (func $drop2))))))"#;
    let imports = r#"
        (type $Maker (instance (export "t" (type $t (sub resource)))
            (export "make" (func (param "rep" u32) (result (own $t))))
            (export "get" (func (param "x" (borrow $t)) (result u32)))
            (export "take" (func (param "x" (own $t))))
            (export "both" (func (param "x" (borrow $t)) (param "y" (own $t))))))
        (import "one" (instance $one (type $Maker)))
        (import "two" (instance $two (type $Maker)))
        (import "beside" (func $beside (param "n" u32) (result u32)))"#;
    let (module, nothing) = (user(body), user("(i32.const 0)"));
    format!(
        r#"(component
            (component $Maker {MAKER})
            (component $None (core module $M (func (export "f") (param i32) (result i32) unreachable))
                (core instance $m (instantiate $M))
                (func (export "f") (param "n" u32) (result u32) (canon lift (core func $m "f"))))
            (component $User {imports} {module} {lowered}
                (func (export "run") (result u32) (canon lift (core func $m "run"))))
            (component $Beside {imports} {nothing} {lowered}
                (func (export "beside") (param "n" u32) (result u32) (canon lift (core func $m "beside"))))
            (instance $one (instantiate $Maker))
            (instance $two (instantiate $Maker))
            (instance $none (instantiate $None))
            (instance $beside (instantiate $Beside
                (with "one" (instance $one)) (with "two" (instance $two)) (with "beside" (func $none "f"))))
            (instance $user (instantiate $User
                (with "one" (instance $one)) (with "two" (instance $two)) (with "beside" (func $beside "beside"))))
            (export "one" (instance $one))
            (export "two" (instance $two))
            (export "run" (func $user "run")))"#
    )
}

fn instantiate(component: &Component) -> (Store<()>, Instance) {
    let mut store = Store::new(component.engine(), ());
    let instance = Linker::new(component.engine()).instantiate(&mut store, component).unwrap();
    (store, instance)
}

/// What a user returns that does this.
fn run(engine: &Engine, body: &str) -> Result<u32> {
    let (mut store, instance) = instantiate(&Component::new(engine, component(body)).unwrap());
    let run = instance.get_typed_func::<(), (u32,)>(&mut store, "run").unwrap();
    run.call(&mut store, ()).map(|(value,)| value)
}

#[test]
fn guests_use_handles_as_what_they_are() {
    let engine = engine();
    let (one, two) =
        ("(local.set $a (call $make1 (i32.const 7)))", "(local.set $b (call $make2 (i32.const 8)))");
    for (body, value) in [
        ("(call $get1 (local.get $a))", 7),
        ("(call $get2 (local.get $b))", 8),
        // The number is given again, for another type and for the same.
        (
            "(call $drop1 (local.get $a)) (local.set $b (call $make2 (i32.const 9))) (call $get2 (local.get $a))",
            9,
        ),
        (
            "(call $take1 (local.get $a)) (local.set $b (call $make1 (i32.const 6))) (call $get1 (local.get $a))",
            6,
        ),
        ("(call $both1 (local.get $a) (call $make1 (i32.const 5))) (call $get1 (local.get $a))", 7),
    ] {
        assert_eq!(run(&engine, &format!("{one} {two} {body}")).unwrap(), value, "{body}");
    }
}

#[test]
fn guests_that_confuse_handles_are_ended() {
    let engine = engine();
    let (one, two) =
        ("(local.set $a (call $make1 (i32.const 7)))", "(local.set $b (call $make2 (i32.const 8)))");
    for (body, message) in [
        // Both come from one component, which was instantiated twice.
        ("(call $get2 (local.get $a))", "used with the wrong type"),
        ("(call $get1 (local.get $b))", "used with the wrong type"),
        ("(call $take1 (local.get $b)) (i32.const 0)", "used with the wrong type"),
        ("(call $drop2 (local.get $a)) (i32.const 0)", "used with the wrong type"),
        ("(call $both1 (local.get $b) (local.get $a)) (i32.const 0)", "used with the wrong type"),
        // What is dropped or passed on is nothing, until its number is given again: as another type.
        ("(call $drop1 (local.get $a)) (call $get1 (local.get $a))", "unknown handle index 1"),
        ("(call $take1 (local.get $a)) (call $take1 (local.get $a)) (i32.const 0)", "unknown handle index 1"),
        (
            "(call $drop1 (local.get $a)) (drop (call $make2 (i32.const 9))) (call $get1 (local.get $a))",
            "used with the wrong type",
        ),
        (
            "(call $take1 (local.get $a)) (drop (call $make2 (i32.const 9))) (call $drop1 (local.get $a)) (i32.const 0)",
            "used with the wrong type",
        ),
        // Lent and given in one call.
        (
            "(call $both1 (local.get $a) (local.get $a)) (i32.const 0)",
            "cannot remove owned resource while borrowed",
        ),
        // Another instance has handles of its own.
        ("(call $beside (local.get $a))", "unknown handle index 1"),
        ("(call $get1 (i32.const 3))", "unknown handle index 3"),
        ("(call $get1 (i32.const 0x80000001))", "unknown handle index 2147483649"),
    ] {
        let error = run(&engine, &format!("{one} {two} {body}")).expect_err(body);
        assert_eq!(error.kind(), ErrorKind::Trap, "{body}: {error}");
        assert!(error.message().contains(message), "{body}: expected `{message}`, found `{error}`");
    }
}

/// The host's functions for a resource of one of the makers, by name.
fn func(store: &mut Store<()>, instance: &Instance, maker: &str, name: &str) -> sarsen_component::Func {
    let (_, maker) = instance.get_export(&mut *store, None, maker).expect(maker);
    let (_, func) = instance.get_export(&mut *store, Some(&maker), name).expect(name);
    instance.get_func(&mut *store, &func).expect(name)
}

fn make(store: &mut Store<()>, instance: &Instance, maker: &str, rep: u32) -> ResourceAny {
    let mut results = [Val::Bool(false)];
    func(store, instance, maker, "make").call(&mut *store, &[Val::U32(rep)], &mut results).unwrap();
    match results {
        [Val::Resource(resource)] => resource,
        other => panic!("no resource: {other:?}"),
    }
}

#[test]
fn hosts_that_confuse_resources_get_errors() {
    let engine = engine();
    let component = Component::new(&engine, component("(i32.const 0)")).unwrap();
    let (mut store, instance) = instantiate(&component);
    let (mut other_store, other_instance) = instantiate(&component);
    let resource = make(&mut store, &instance, "one", 7);
    let foreign = make(&mut other_store, &other_instance, "one", 9);
    let mut call = |maker: &str, name: &str, args: &[ResourceAny]| {
        let args: Vec<Val> = args.iter().map(|resource| Val::Resource(*resource)).collect();
        let mut results = vec![Val::Bool(false); usize::from(name == "get" || name == "dropped")];
        let func = func(&mut store, &instance, maker, name);
        func.call(&mut store, &args, &mut results).map(|()| results.pop())
    };
    let refused = |outcome: Result<Option<Val>>, message: &str| {
        let error = outcome.expect_err(message);
        assert!(format!("{error:#}").contains(message), "expected `{message}`, found `{error:#}`");
    };
    assert_eq!(call("one", "get", &[resource]).unwrap(), Some(Val::U32(7)));
    refused(call("two", "get", &[resource]), "expected a");
    refused(call("two", "take", &[resource]), "expected a");
    // Instances define types of their own, in whatever store.
    refused(call("one", "get", &[foreign]), "expected a");
    refused(call("one", "take", &[foreign]), "expected a");
    refused(call("one", "both", &[resource, resource]), "lent to a call");
    // None of these has taken it, or called anything.
    assert_eq!(call("one", "get", &[resource]).unwrap(), Some(Val::U32(7)));
    call("one", "take", &[resource]).unwrap();
    for name in ["get", "take"] {
        refused(call("one", name, &[resource]), "dropped or passed on before");
    }
    assert_eq!(call("one", "dropped", &[]).unwrap(), Some(Val::U32(7)), "its destructor ran, once");
    foreign.resource_drop(&mut store).unwrap_err();
    foreign.resource_drop(&mut other_store).unwrap();
    assert!(foreign.resource_drop(&mut other_store).is_err(), "once");
}

/// A host's resource.
struct Thing;

#[test]
fn a_resource_is_of_one_store_though_its_type_is_of_all() {
    let text = r#"(component
        (import "thing" (type $Thing (sub resource)))
        (core module $M (func (export "take") (param i32)))
        (core instance $m (instantiate $M))
        (func (export "take") (param "x" (own $Thing)) (canon lift (core func $m "take"))))"#;
    let component = Component::new(&engine(), text).unwrap();
    let mut linker = Linker::<()>::new(component.engine());
    linker.root().resource("thing", ResourceType::host::<Thing>(), |_, _| Ok(())).unwrap();
    let (mut store, mut other) = (Store::new(component.engine(), ()), Store::new(component.engine(), ()));
    let instance = linker.instantiate(&mut store, &component).unwrap();
    linker.instantiate(&mut other, &component).unwrap();
    // Both are the first of their store.
    let own = Resource::<Thing>::new_own(5).try_into_resource_any(&mut store).unwrap();
    let foreign = Resource::<Thing>::new_own(7).try_into_resource_any(&mut other).unwrap();
    let take = instance.get_typed_func::<(ResourceAny,), ()>(&mut store, "take").unwrap();
    let error = take.call(&mut store, (foreign,)).unwrap_err();
    assert!(format!("{error:#}").contains("belongs to another store"), "{error:#}");
    assert!(foreign.rep(&mut store, ResourceType::host::<Thing>()).is_err());
    assert_eq!(own.rep(&mut store, ResourceType::host::<Thing>()).unwrap(), 5);
    take.call(&mut store, (own,)).unwrap();
}
