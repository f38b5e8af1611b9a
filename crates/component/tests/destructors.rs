//! How resources of the host's end when instances in one store are told different things about one type.

use sarsen::{Config, Engine, Store, StoreContextMut, Strategy};
use sarsen_component::{Component, Linker, Resource, ResourceAny, ResourceType};

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
