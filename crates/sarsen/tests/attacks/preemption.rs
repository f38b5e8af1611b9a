//! Operations on many bytes or elements: one operator is no way around a deadline.

use crate::configs;
use sarsen::{Engine, Instance, Module, Store, Trap, UpdateDeadline};

/// Bytes, and elements, of segments.
const SEGMENT: usize = 4 << 20;

/// One operator each, on 16 MiB or four million elements, or on all of a segment.
const TEXT: &str = r#"(module
    (type $functions (array (mut funcref)))
    (func $f)
    (global $c (mut (ref null $functions)) (ref.null $functions))
    (func (export "memory.init") (memory.init $bytes (i32.const 0) (i32.const 0) (i32.const 4194304)))
    (func (export "table.init") (table.init $t $elements (i32.const 0) (i32.const 0) (i32.const 4194304)))
    (func (export "array.init_data")
        (array.init_data $bytes $bytes (global.get $a) (i32.const 0) (i32.const 0) (i32.const 4194304)))
    (func (export "array.init_elem")
        (array.init_elem $functions $elements (global.get $c) (i32.const 0) (i32.const 0) (i32.const 4194304)))
    (func (export "array.new_data")
        (global.set $a (array.new_data $bytes $bytes (i32.const 0) (i32.const 4194304))))
    (func (export "array.new_elem")
        (global.set $c (array.new_elem $functions $elements (i32.const 0) (i32.const 4194304))))
    (type $bytes (array (mut i8)))
    (memory 512)
    (table $t 4194304 funcref)
    (global $a (mut (ref null $bytes)) (ref.null $bytes))
    (global $b (mut (ref null $bytes)) (ref.null $bytes))
    (func (export "prepare")
        (global.set $a (array.new_default $bytes (i32.const 16777216)))
        (global.set $b (array.new_default $bytes (i32.const 16777216)))
        (global.set $c (array.new_default $functions (i32.const 4194304))))
    (func (export "memory.fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 16777216)))
    (func (export "memory.copy") (memory.copy (i32.const 0) (i32.const 16777216) (i32.const 16777216)))
    (func (export "table.fill") (table.fill $t (i32.const 0) (ref.null func) (i32.const 4194304)))
    (func (export "table.copy") (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 4194303)))
    (func (export "array.fill")
        (array.fill $bytes (global.get $a) (i32.const 0) (i32.const 1) (i32.const 16777216)))
    (func (export "array.copy")
        (array.copy $bytes $bytes (global.get $a) (i32.const 0) (global.get $b) (i32.const 0) (i32.const 16777216)))
    (func (export "array.new") (global.set $a (array.new $bytes (i32.const 1) (i32.const 16777216))))"#;

#[test]
fn bulk_operations_can_be_ended() {
    let elements = " $f".repeat(SEGMENT);
    let text = format!("{TEXT} (data $bytes \"{}\") (elem $elements func{elements}))", "x".repeat(SEGMENT));
    for (way, config) in configs() {
        let mut config = config.clone();
        let engine = Engine::new(config.epoch_interruption(true)).unwrap();
        let module = Module::new(&engine, &text).unwrap();
        for (name, looks) in [
            ("memory.fill", 12),
            ("memory.copy", 12),
            ("array.fill", 12),
            ("array.copy", 12),
            ("table.fill", 12),
            ("table.copy", 12),
            ("memory.init", 3),
            ("table.init", 3),
            ("array.init_data", 3),
            ("array.init_elem", 3),
            // It is looked at before they begin: what limits the heap limits how long they take.
            ("array.new", 1),
            ("array.new_data", 1),
            ("array.new_elem", 1),
        ] {
            let mut store = Store::new(&engine, 0_u32);
            store.set_epoch_deadline(1);
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            instance.get_typed_func::<(), ()>(&mut store, "prepare").unwrap().call(&mut store, ()).unwrap();
            // The deadline has passed for good: each look is counted, and the last ends it.
            store.epoch_deadline_callback(move |mut store| {
                *store.data_mut() += 1;
                let is_last = *store.data() == looks;
                Ok(if is_last { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(0) })
            });
            store.set_epoch_deadline(0);
            let func = instance.get_typed_func::<(), ()>(&mut store, name).unwrap();
            let error = func.call(&mut store, ()).expect_err(name);
            assert_eq!(error.downcast_ref(), Some(&Trap::Interrupt), "{way}: {name}");
            assert_eq!(*store.data(), looks, "{way}: {name}");
        }
    }
}
