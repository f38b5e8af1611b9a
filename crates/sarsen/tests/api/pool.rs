//! What stores take over from stores that were dropped, and that nothing of these comes along; and how many can live at once.

use sarsen::{Config, Engine, Instance, InstancePre, Linker, Module, Store};

/// A guest that leaves 0x5a wherever it can: in memory, old and grown, in a table, and by calls within calls on the stack. Then one
/// looks for what is there at first.
const TENANT: &str = r#"(module
  (type $none (func))
  (memory (export "memory") PAGES)
  (data (i32.const 70000) "CONTENT")
  (table $t 3000 funcref)
  (elem (i32.const 0) $leave)
  (elem declare func $fill)
  (global $g (mut i64) (i64.const 0))
  (func $leave (export "leave") (param $depth i32)
    (drop (memory.grow (i32.const 3)))
    (memory.fill (i32.const 0) (i32.const 0x5a) (i32.shl (memory.size) (i32.const 16)))
    (table.fill $t (i32.const 0) (ref.func $fill) (i32.const 3000))
    (drop (table.grow $t (ref.func $fill) (i32.const 100)))
    (global.set $g (i64.const 0x5a5a5a5a5a5a5a5a))
    (drop (call $fill (local.get $depth) (i64.const 0x5a5a5a5a5a5a5a5a))))
  (func $fill (param $depth i32) (param $value i64) (result i64)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64)
    (local.set $a (local.get $value)) (local.set $b (local.get $value))
    (local.set $c (local.get $value)) (local.set $d (local.get $value))
    (if (local.get $depth)
      (then (local.set $a (call $fill (i32.sub (local.get $depth) (i32.const 1)) (local.get $value)))))
    (i64.or (i64.or (local.get $a) (local.get $b)) (i64.or (local.get $c) (local.get $d))))
  ;; How many elements of the table are not null besides the first, and the global.
  (func (export "found") (result i64)
    (local $at i32) (local $found i64)
    (local.set $at (i32.const 1))
    (loop $next
      (local.set $found (i64.add (local.get $found)
        (i64.extend_i32_u (i32.eqz (ref.is_null (table.get $t (local.get $at)))))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (table.size $t))))
    (i64.add (local.get $found) (global.get $g)))
  (func (export "beyond") (result i32) (i32.load8_u (i32.shl (memory.size) (i32.const 16))))
  (func (export "last") (result i32) (i32.load8_u (i32.const 0xffff_ffff))))"#;

fn tenant(pages: usize, content: &str) -> String {
    TENANT.replace("PAGES", &pages.to_string()).replace("CONTENT", content)
}

fn instance_of(pre: &InstancePre<()>) -> (Store<()>, Instance) {
    let mut store = Store::new(pre.module().engine(), ());
    let instance = pre.instantiate(&mut store).unwrap();
    (store, instance)
}

#[test]
fn tenants_find_nothing_of_those_before() {
    let large = "\\a7".repeat(100_000);
    let texts = [tenant(2, "small"), tenant(40, "some"), tenant(40, &large), tenant(20, &large)];
    for keep in [0, 64 << 10, 256 << 10, 64 << 20] {
        let engine = Engine::new(crate::config().pool_keep_resident(keep).pool_checks(true)).unwrap();
        let linker = Linker::new(&engine);
        let modules = texts.each_ref().map(|text| Module::new(&engine, text).unwrap());
        let pres = modules.each_ref().map(|module| linker.instantiate_pre(module).unwrap());
        for at in [0, 0, 1, 1, 2, 2, 2, 3, 2, 1, 0, 3, 3, 2] {
            let (mut store, instance) = instance_of(&pres[at]);
            let memory = instance.get_memory(&mut store, "memory").unwrap();
            let bytes = memory.data(&store);
            let content = &bytes[70_000..];
            let expected = [&b"small"[..], b"some", &[0xa7; 100_000], &[0xa7; 100_000]][at];
            assert!(content.starts_with(expected), "{at} {keep}");
            assert!(bytes[..70_000].iter().chain(&content[expected.len()..]).all(|&byte| byte == 0));
            assert_eq!(bytes.len(), [2, 40, 40, 20][at] << 16);
            for beyond in ["beyond", "last"] {
                let beyond = instance.get_typed_func::<(), i32>(&mut store, beyond).unwrap();
                let error = beyond.call(&mut store, ()).unwrap_err();
                assert_eq!(error.downcast_ref(), Some(&sarsen::Trap::MemoryOutOfBounds));
            }
            let found = instance.get_typed_func::<(), i64>(&mut store, "found").unwrap();
            assert_eq!(found.call(&mut store, ()).unwrap(), 0);
            let old = memory.data(&store).len();
            memory.grow(&mut store, 5).unwrap();
            assert!(memory.data(&store)[old..].iter().all(|&byte| byte == 0));
            let leave = instance.get_typed_func::<i32, ()>(&mut store, "leave").unwrap();
            leave.call(&mut store, 3000).unwrap();
        }
    }
}

/// A module like those of which servers have many instances.
const SMALL: &str = r#"(module (memory (export "memory") 1) (table 10 funcref) (global $calls (mut i32) (i32.const 0))
  (func (export "call") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1))) (global.get $calls)))"#;

#[test]
fn ten_thousand_instances_are_alive_at_once() {
    let engine = crate::engine();
    let module = Module::new(&engine, SMALL).unwrap();
    let pre = Linker::new(&engine).instantiate_pre(&module).unwrap();
    let mut all: Vec<_> = (0..10_000).map(|_| instance_of(&pre)).collect();
    for calls in 1..=2 {
        for (store, instance) in &mut all {
            let call = instance.get_typed_func::<(), i32>(&mut *store, "call").unwrap();
            assert_eq!(call.call(&mut *store, ()).unwrap(), calls);
        }
    }
}

#[test]
fn threads_share_a_pool() {
    for slots in [0, 1, 128] {
        let config: &mut Config = &mut crate::config();
        let engine = Engine::new(config.pool_slots(slots).pool_checks(true)).unwrap();
        let module = Module::new(&engine, tenant(20, "shared")).unwrap();
        let pre = Linker::new(&engine).instantiate_pre(&module).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let (mut store, instance) = instance_of(&pre);
                        let found = instance.get_typed_func::<(), i64>(&mut store, "found").unwrap();
                        assert_eq!(found.call(&mut store, ()).unwrap(), 0);
                        let leave = instance.get_typed_func::<i32, ()>(&mut store, "leave").unwrap();
                        leave.call(&mut store, 10).unwrap();
                    }
                });
            }
        });
    }
}
