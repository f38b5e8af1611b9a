//! Types and modules that exist already stand for those of WIT.

use super::set_up;
use sarsen::Result;
use sarsen_component::{HasSelf, Resource, ResourceTable, bindgen};

mod shared {
    //! What another crate would have.
    use sarsen_component::bindgen;

    bindgen!({
        inline: r#"
            package test:shared@1.0.0;
            interface units {
                enum unit { meter, foot }
                default-unit: func() -> unit;
            }
            world all { import units; }
        "#,
    });
}

bindgen!({
    inline: r#"
        package test:using;

        interface shapes {
            use test:shared/units@1.0.0.{unit};
            resource shape {
                constructor(side: u32, unit: unit);
                side: func() -> u32;
            }
        }

        world drawing {
            import shapes;
            export run: func() -> u32;
        }

        package test:shared@1.0.0 {
            interface units {
                enum unit { meter, foot }
                default-unit: func() -> unit;
            }
        }
    "#,
    with: {
        "test:shared/units": shared::test::shared::units,
        "test:using/shapes/shape": Shape,
    },
});

use shared::test::shared::units::{self, Unit};
use test::using::shapes;

const COMPONENT: &str = r#"(component
    (import "test:shared/units@1.0.0" (instance $units
        (type $unit' (enum "meter" "foot"))
        (export "unit" (type $unit (eq $unit')))
        (export "default-unit" (func (result $unit)))))
    (alias export $units "unit" (type $unit))
    (import "test:using/shapes" (instance $shapes
        (alias outer 1 $unit (type $unit'))
        (export "unit" (type $unit (eq $unit')))
        (export "shape" (type $shape (sub resource)))
        (export "[constructor]shape" (func (param "side" u32) (param "unit" $unit) (result (own $shape))))
        (export "[method]shape.side" (func (param "self" (borrow $shape)) (result u32)))))
    (core func $default (canon lower (func $units "default-unit")))
    (core func $new (canon lower (func $shapes "[constructor]shape")))
    (core func $side (canon lower (func $shapes "[method]shape.side")))
    (core module $m
        (import "" "default" (func $default (result i32)))
        (import "" "new" (func $new (param i32 i32) (result i32)))
        (import "" "side" (func $side (param i32) (result i32)))
        (func (export "run") (result i32)
            (call $side (call $new (i32.const 6) (call $default)))))
    (core instance $i (instantiate $m (with "" (instance
        (export "default" (func $default)) (export "new" (func $new)) (export "side" (func $side))))))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))"#;

/// What a shape is.
struct Shape {
    side: u32,
    unit: Unit,
}

#[derive(Default)]
struct Host {
    table: ResourceTable,
}

impl units::Host for Host {
    fn default_unit(&mut self) -> Unit {
        Unit::Foot
    }
}

impl shapes::HostShape for Host {
    fn new(&mut self, side: u32, unit: Unit) -> Resource<Shape> {
        self.table.push(Shape { side, unit }).expect("room")
    }

    fn side(&mut self, self_: Resource<Shape>) -> u32 {
        let shape = self.table.get(&self_).expect("a shape");
        shape.side * if shape.unit == Unit::Foot { 10 } else { 1 }
    }

    fn drop(&mut self, rep: Resource<Shape>) -> Result<()> {
        self.table.delete(rep).map_err(sarsen::Error::new).map(drop)
    }
}

impl shapes::Host for Host {}

#[test]
fn types_that_exist_are_used() -> Result<()> {
    let (component, mut linker, mut store) = set_up(COMPONENT, Host::default())?;
    units::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
    Drawing::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
    let drawing = Drawing::instantiate(&mut store, &component, &linker)?;
    assert_eq!(drawing.call_run(&mut store)?, 60);
    Ok(())
}
