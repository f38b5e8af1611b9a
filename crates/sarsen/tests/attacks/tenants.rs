//! What stores leave behind for those after them, beside memories that are pooled, which `api/pool.rs` looks at: the heap, small
//! memories, locals and values on the stack, also where a trap or a deadline has ended a guest in the middle.

use crate::configs;
use sarsen::{Engine, Instance, Module, Store, Trap};

/// Leaves 0x5a everywhere, and ends in one of three ways; `found` counts what is not as it is at first.
const TEXT: &str = r#"(module
    (type $bytes (array (mut i8)))
    (type $pair (struct (field (mut i64)) (field (mut i64))))
    (memory $m 1)
    (global $kept (mut (ref null $bytes)) (ref.null $bytes))
    (func (export "leave") (param $end i32) (local $turns i32)
        (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const 65536))
        (local.set $turns (i32.const 2000))
        (loop $again
            (global.set $kept (array.new $bytes (i32.const 0x5a) (i32.const 500)))
            (drop (struct.new $pair (i64.const 0x5a5a5a5a5a5a5a5a) (i64.const 0x5a5a5a5a5a5a5a5a)))
            (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
        (drop (call $deep (i32.const 500) (i64.const 0x5a5a5a5a5a5a5a5a) (local.get $end))))
    (func $deep (param $depth i32) (param $value i64) (param $end i32) (result i64)
        (local $a i64) (local $v v128)
        (local.set $a (local.get $value)) (local.set $v (i64x2.splat (local.get $value)))
        (if (local.get $depth)
            (then (local.set $a
                (call $deep (i32.sub (local.get $depth) (i32.const 1)) (local.get $value) (local.get $end))))
            (else
                (if (i32.eq (local.get $end) (i32.const 1)) (then (unreachable)))
                (if (i32.eq (local.get $end) (i32.const 2)) (then (loop $endless (br $endless))))))
        (i64.add (local.get $a) (i64x2.extract_lane 1 (local.get $v))))
    (func $locals (param $depth i32) (result i64)
        (local $a i64) (local $v v128) (local $r (ref null $bytes)) (local $turns i32)
        (loop $again
            (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $turns) (i32.const 3))))
        (i64.or
            (i64.or (local.get $a) (i64x2.extract_lane 1 (local.get $v)))
            (i64.or
                (i64.extend_i32_u (i32.eqz (ref.is_null (local.get $r))))
                (if (result i64) (local.get $depth)
                    (then (call $locals (i32.sub (local.get $depth) (i32.const 1))))
                    (else (i64.const 0))))))
    (func (export "found") (result i64)
        (local $found i64) (local $at i32) (local $new (ref null $bytes)) (local $turns i32)
        (loop $next
            (local.set $found (i64.or (local.get $found) (i64.load (local.get $at))))
            (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 65536))))
        (local.set $turns (i32.const 300))
        (loop $again
            (local.set $new (array.new_default $bytes (i32.const 500)))
            (local.set $at (i32.const 0))
            (loop $next
                (local.set $found (i64.or (local.get $found)
                    (i64.extend_i32_u (array.get_u $bytes (local.get $new) (local.get $at)))))
                (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 500))))
            (local.set $found (i64.or (local.get $found) (struct.get $pair 1 (struct.new_default $pair))))
            (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
        (i64.or (local.get $found) (call $locals (i32.const 500)))))"#;

#[test]
fn nothing_is_left_by_guests_that_ended_in_any_way() {
    for (way, config) in configs() {
        let mut config = config.clone();
        let engine = Engine::new(config.epoch_interruption(true).pool_checks(true)).unwrap();
        let module = Module::new(&engine, TEXT).unwrap();
        for (end, trap) in
            [None, Some(Trap::UnreachableCodeReached), Some(Trap::Interrupt), None].into_iter().enumerate()
        {
            let mut store = Store::new(&engine, ());
            store.set_epoch_deadline(1_000_000);
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let found = instance.get_typed_func::<(), i64>(&mut store, "found").unwrap();
            assert_eq!(found.call(&mut store, ()).unwrap(), 0, "{way}, before {end}");
            let leave = instance.get_typed_func::<i32, ()>(&mut store, "leave").unwrap();
            if trap == Some(Trap::Interrupt) {
                store.set_epoch_deadline(1);
                let weak = engine.weak();
                std::thread::spawn(move || {
                    std::thread::sleep(std::time::Duration::from_millis(50));
                    if let Some(engine) = weak.upgrade() {
                        engine.increment_epoch();
                    }
                });
            }
            let ended = leave.call(&mut store, end as i32);
            assert_eq!(ended.err().and_then(|error| error.downcast().ok()), trap, "{way}");
        }
    }
}

/// Guests share the heap of a store: where the objects of one were, those of another one begin as new ones do.
#[test]
fn nothing_is_left_in_the_heap_of_a_store() {
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, TEXT).unwrap();
        let mut store = Store::new(&engine, ());
        for guest in 0..3 {
            // What is looked at is what was left last: objects that begin as zeros would be found where others began as such.
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let leave = instance.get_typed_func::<i32, ()>(&mut store, "leave").unwrap();
            leave.call(&mut store, 0).unwrap();
            store.gc();
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let found = instance.get_typed_func::<(), i64>(&mut store, "found").unwrap();
            assert_eq!(found.call(&mut store, ()).unwrap(), 0, "{way}, {guest}");
        }
    }
}
