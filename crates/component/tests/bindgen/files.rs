//! WIT in files, with packages that it depends on, several versions of one among them.

use super::set_up;
use sarsen::Result;
use sarsen_component::{HasSelf, bindgen};

bindgen!({
    path: "tests/bindgen/wit",
    world: "files",
});

use test::shared1_0_0::names as old;
use test::shared2_0_0::names as new;

const COMPONENT: &str = r#"(component
    (import "test:shared/names@1.0.0" (instance $old (export "count" (func (result u32)))))
    (import "test:shared/names@2.0.0" (instance $new (export "count" (func (param "type" u32) (result u32)))))
    (core func $old (canon lower (func $old "count")))
    (core func $new (canon lower (func $new "count")))
    (core module $m
        (import "" "old" (func $old (result i32)))
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "run") (result i32) (call $new (call $old))))
    (core instance $i (instantiate $m (with "" (instance (export "old" (func $old)) (export "new" (func $new))))))
    (func $run (result u32) (canon lift (core func $i "run")))
    (instance $main (export "run" (func $run)))
    (export "test:files/main@0.1.0" (instance $main)))"#;

struct Names;

impl old::Host for Names {
    fn count(&mut self) -> u32 {
        1
    }
}

impl new::Host for Names {
    fn count(&mut self, type_: u32) -> u32 {
        type_ + 1
    }
}

#[test]
fn wit_in_files() -> Result<()> {
    let (component, mut linker, mut store) = set_up(COMPONENT, Names)?;
    Files::add_to_linker::<_, HasSelf<Names>>(&mut linker, |names| names)?;
    let files = Files::instantiate(&mut store, &component, &linker)?;
    assert_eq!(files.test_files_main().call_run(&mut store)?, 2);
    Ok(())
}
