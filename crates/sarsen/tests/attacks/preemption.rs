//! Operations on many bytes or elements: one operator is no way around a deadline.

use crate::configs;
use sarsen::{Engine, Instance, Module, Store, Trap, UpdateDeadline};

/// One operator each, on 16 MiB or four million elements.
const TEXT: &str = r#"(module
    (type $bytes (array (mut i8)))
    (memory 512)
    (table $t 4194304 funcref)
    (global $a (mut (ref null $bytes)) (ref.null $bytes))
    (global $b (mut (ref null $bytes)) (ref.null $bytes))
    (func (export "prepare")
        (global.set $a (array.new_default $bytes (i32.const 16777216)))
        (global.set $b (array.new_default $bytes (i32.const 16777216))))
    (func (export "memory.fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 16777216)))
    (func (export "memory.copy") (memory.copy (i32.const 0) (i32.const 16777216) (i32.const 16777216)))
    (func (export "table.fill") (table.fill $t (i32.const 0) (ref.null func) (i32.const 4194304)))
    (func (export "table.copy") (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 4194303)))
    (func (export "array.fill")
        (array.fill $bytes (global.get $a) (i32.const 0) (i32.const 1) (i32.const 16777216)))
    (func (export "array.copy")
        (array.copy $bytes $bytes (global.get $a) (i32.const 0) (global.get $b) (i32.const 0) (i32.const 16777216)))
    (func (export "array.new") (global.set $a (array.new $bytes (i32.const 1) (i32.const 16777216)))))"#;

#[test]
fn bulk_operations_can_be_ended() {
    for (way, config) in configs() {
        let mut config = config.clone();
        let engine = Engine::new(config.epoch_interruption(true)).unwrap();
        let module = Module::new(&engine, TEXT).unwrap();
        for (name, looks) in [
            ("memory.fill", 12),
            ("memory.copy", 12),
            ("array.fill", 12),
            ("array.copy", 12),
            ("table.fill", 12),
            ("table.copy", 12),
            // It is looked at before it begins: what limits the heap limits how long it takes.
            ("array.new", 1),
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
