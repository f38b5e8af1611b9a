//! How resources of the host's end when instances in one store are told different things about one type.

use sarsen::{Config, Engine, Store, StoreContextMut, Strategy};
use sarsen_component::{Component, Linker, Resource, ResourceAny, ResourceDynamic, ResourceType, Val};

/// Drops what it is given, or gives it back.
const TEXT: &str = r#"(component
    (import "thing" (type $Thing (sub resource)))
    (core func $drop (canon resource.drop $Thing))
    (core module $M
        (import "" "drop" (func $drop (param i32)))
        (func (export "drop") (param i32) (call $drop (local.get 0)))
        (func (export "same") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func (export "drop") (param "x" (own $Thing)) (canon lift (core func $m "drop")))
    (func (export "same") (param "x" (own $Thing)) (result (own $Thing)) (canon lift (core func $m "same"))))"#;

struct Thing;

/// Who has dropped what.
type Dropped = Vec<(&'static str, u32)>;

fn engine() -> Engine {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    Engine::new(&config).unwrap()
}

/// A linker whose destructor says its name.
fn linker(engine: &Engine, name: &'static str) -> Linker<Dropped> {
    let mut linker = Linker::new(engine);
    let dropped = move |mut store: StoreContextMut<'_, Dropped>, rep| {
        store.data_mut().push((name, rep));
        Ok(())
    };
    linker.root().resource("thing", ResourceType::host::<Thing>(), dropped).unwrap();
    linker
}

#[test]
fn each_linker_has_its_own() {
    let component = Component::new(&engine(), TEXT).unwrap();
    let mut store = Store::new(component.engine(), Dropped::new());
    let instances = ["first", "second"]
        .map(|name| linker(component.engine(), name).instantiate(&mut store, &component).unwrap());
    for (instance, rep) in instances.iter().zip(1..) {
        let drop = instance.get_typed_func::<(Resource<Thing>,), ()>(&mut store, "drop").unwrap();
        drop.call(&mut store, (Resource::new_own(rep),)).unwrap();
        // What the host drops ends as where it comes from.
        let same = instance.get_typed_func::<(Resource<Thing>,), (ResourceAny,)>(&mut store, "same").unwrap();
        let (any,) = same.call(&mut store, (Resource::new_own(rep + 10),)).unwrap();
        any.resource_drop(&mut store).unwrap();
    }
    assert_eq!(store.data(), &[("first", 1), ("first", 11), ("second", 2), ("second", 12)]);
    // What has come from nowhere ends as the first says.
    let any = Resource::<Thing>::new_own(3).try_into_resource_any(&mut store).unwrap();
    any.resource_drop(&mut store).unwrap();
    assert_eq!(store.data().last(), Some(&("first", 3)));
}

/// Who is given a type by another instance is told nothing about its end.
#[test]
fn what_is_passed_on_ends_as_before() {
    let engine = engine();
    let text = r#"(component (import "thing" (type $Thing (sub resource))) (export "thing" (type $Thing)))"#;
    let (giver, taker) = (Component::new(&engine, text).unwrap(), Component::new(&engine, TEXT).unwrap());
    let mut store = Store::new(&engine, Dropped::new());
    let giver = linker(&engine, "giver").instantiate(&mut store, &giver).unwrap();
    let mut given = Linker::new(&engine);
    given.root().component_instance(&mut store, giver).unwrap();
    let taker = given.instantiate(&mut store, &taker).unwrap();
    let drop = taker.get_typed_func::<(Resource<Thing>,), ()>(&mut store, "drop").unwrap();
    drop.call(&mut store, (Resource::new_own(5),)).unwrap();
    assert_eq!(store.data(), &[("giver", 5)]);
}

/// A type that is a number is told from others by it.
#[test]
fn types_can_be_numbers() {
    let component = Component::new(&engine(), TEXT).unwrap();
    let mut store = Store::new(component.engine(), Dropped::new());
    let early = ResourceDynamic::new_own(1, 7).try_into_resource_any(&mut store).unwrap_err();
    assert!(early.message().contains("no instance in the store knows"), "{early}");
    let mut linker = Linker::new(component.engine());
    let dropped = |mut store: StoreContextMut<'_, Dropped>, rep| {
        store.data_mut().push(("seven", rep));
        Ok(())
    };
    linker.root().resource("thing", ResourceType::host_dynamic(7), dropped).unwrap();
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let same = instance.get_func(&mut store, "same").unwrap();
    let any = ResourceDynamic::new_own(5, 7).try_into_resource_any(&mut store).unwrap();
    let mut results = [Val::Bool(false)];
    same.call(&mut store, &[Val::Resource(any)], &mut results).unwrap();
    let [Val::Resource(found)] = results else { panic!("{results:?}") };
    // Looking at it changes nothing.
    for _ in 0..2 {
        assert_eq!(found.rep(&mut store, ResourceType::host_dynamic(7)).unwrap(), 5);
    }
    for other in [ResourceType::host_dynamic(8), ResourceType::host::<Thing>()] {
        assert!(found.rep(&mut store, other).unwrap_err().message().contains("expected a resource"));
    }
    assert!(any.rep(&mut store, ResourceType::host_dynamic(7)).unwrap_err().message().contains("passed on"));
    let taken = ResourceDynamic::try_from_resource_any(found, &mut store).unwrap();
    assert_eq!((taken.rep(), taken.ty(), taken.owned()), (5, 7, true));
    assert!(found.resource_drop(&mut store).is_err());
    assert!(store.data().is_empty());
    let any = taken.try_into_resource_any(&mut store).unwrap();
    any.resource_drop(&mut store).unwrap();
    assert_eq!(store.data(), &[("seven", 5)]);
    let lent = ResourceDynamic::new_borrow(1, 7).try_into_resource_any(&mut store).unwrap_err();
    assert!(lent.message().contains("only lent"));
}
