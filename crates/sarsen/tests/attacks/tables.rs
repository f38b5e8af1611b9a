//! Tables with 64-bit indices: the high half of an index counts, in every operator, in every way of running code.

use crate::{call, configs, load};
use sarsen::{Trap, Val};

const TEXT: &str = r#"(module
    (type $answer (func (result i32)))
    (table $t (export "t") i64 10 20 funcref)
    (table $fixed i64 10 10 funcref)
    (table $host i64 10 externref)
    (elem (table $t) (i64.const 0) func $seven $seven $seven)
    (elem (table $fixed) (i64.const 0) func $seven $seven $seven)
    (elem $more func $seven $seven $seven)
    (func $seven (type $answer) (i32.const 7))
    (func (export "get") (param i64) (drop (table.get $t (local.get 0))))
    (func (export "get fixed") (param i64) (drop (table.get $fixed (local.get 0))))
    (func (export "get host") (param i64) (drop (table.get $host (local.get 0))))
    (func (export "set") (param i64) (table.set $t (local.get 0) (ref.func $seven)))
    (func (export "set host") (param i64) (table.set $host (local.get 0) (ref.null extern)))
    (func (export "call") (param i64) (drop (call_indirect $t (type $answer) (local.get 0))))
    (func (export "call fixed") (param i64) (drop (call_indirect $fixed (type $answer) (local.get 0))))
    (func (export "tail") (param i64) (drop (call $tail (local.get 0))))
    (func $tail (param i64) (result i32) (return_call_indirect $fixed (type $answer) (local.get 0)))
    (func (export "fill at") (param i64) (table.fill $t (local.get 0) (ref.func $seven) (i64.const 1)))
    (func (export "fill many") (param i64)
        (table.fill $t (i64.const 0) (ref.func $seven) (i64.add (local.get 0) (i64.const 1))))
    (func (export "copy to") (param i64) (table.copy $t $fixed (local.get 0) (i64.const 0) (i64.const 1)))
    (func (export "copy from") (param i64) (table.copy $t $fixed (i64.const 0) (local.get 0) (i64.const 1)))
    (func (export "copy many") (param i64)
        (table.copy $t $fixed (i64.const 0) (i64.const 0) (i64.add (local.get 0) (i64.const 1))))
    (func (export "init at") (param i64) (table.init $t $more (local.get 0) (i32.const 0) (i32.const 1)))
    (func (export "grow") (param i64) (result i64) (table.grow $t (ref.null func) (local.get 0))))"#;

#[test]
fn the_high_half_of_an_index_counts() {
    let (module, functions) = (TEXT, TEXT.matches("(export \"").count());
    let names: Vec<&str> =
        module.split("(func (export \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(names.len(), functions - 1, "all exports but the table");
    for (way, config) in configs() {
        let (mut store, instance) = load(&config, module);
        for name in names.iter().filter(|name| **name != "grow") {
            let outside = if name.contains("call") || *name == "tail" {
                Trap::UndefinedElement
            } else {
                Trap::TableOutOfBounds
            };
            let inside = call(&mut store, &instance, name, &[Val::I64(1)]);
            assert!(inside.is_ok(), "{way}: {name}: {inside:?}");
            for index in
                [10_u64, 1 << 32, 1 << 32 | 1, 1 << 63, 1 << 63 | 1, u64::MAX - 1, 0xFFFF_FFFF_0000_0001]
            {
                let end = call(&mut store, &instance, name, &[Val::I64(index as i64)]);
                assert_eq!(end.map(drop), Err(outside), "{way}: {name} at {index:#x}");
            }
        }
        for by in [11_u64, 1 << 32, 1 << 32 | 1, 1 << 63 | 1, u64::MAX] {
            let grown = call(&mut store, &instance, "grow", &[Val::I64(by as i64)]).unwrap();
            assert_eq!(grown.unwrap().unwrap_i64(), -1, "{way}: by {by:#x}");
        }
        let grown = call(&mut store, &instance, "grow", &[Val::I64(10)]).unwrap();
        assert_eq!(grown.unwrap().unwrap_i64(), 10, "{way}");
    }
}
