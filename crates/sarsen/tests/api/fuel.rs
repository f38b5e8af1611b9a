//! Fuel: the same run costs the same, and without it nothing runs.

use crate::{assert_says, link};
use sarsen::{Caller, Engine, ErrorKind, Instance, Linker, Module, Result, Store, Trap};

const COUNT: &str = r#"(module (func (export "count") (param i32) (result i32) (local i32)
    (loop $again
        (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $again (local.get 0)))
    (local.get 1)))"#;

fn fueled() -> Engine {
    Engine::new(crate::config().consume_fuel(true)).unwrap()
}

/// Fuel that counting to `n` takes in a new store.
fn cost(module: &Module, n: i32) -> u64 {
    let mut store = Store::new(module.engine(), ());
    store.set_fuel(1_000_000).unwrap();
    let instance = Instance::new(&mut store, module, &[]).unwrap();
    let count = instance.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
    assert_eq!(count.call(&mut store, n).unwrap(), n * (n + 1) / 2);
    1_000_000 - store.get_fuel().unwrap()
}

#[test]
fn equal_runs_cost_the_same() {
    let module = Module::new(&fueled(), COUNT).unwrap();
    let first = cost(&module, 100);
    assert!(first >= 100, "{first}");
    assert_eq!(cost(&module, 100), first, "a second run of translated code");
    assert_eq!(cost(&Module::new(&fueled(), COUNT).unwrap(), 100), first, "another engine");
    let step = cost(&module, 101) - first;
    assert!(step > 0);
    assert_eq!(cost(&module, 1100) - first, 1000 * step);
}

#[test]
fn fuel_is_enough_or_it_is_not() {
    let module = Module::new(&fueled(), COUNT).unwrap();
    let needed = cost(&module, 50);
    let mut store = Store::new(module.engine(), ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let count = instance.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
    for fuel in [0, 1, needed / 2] {
        store.set_fuel(fuel).unwrap();
        let error = count.call(&mut store, 50).unwrap_err();
        assert_eq!((error.kind(), error.downcast_ref()), (ErrorKind::Trap, Some(&Trap::OutOfFuel)));
        assert!(store.get_fuel().unwrap() <= fuel, "what is left was not enough for the next block");
    }
    store.set_fuel(needed + 5).unwrap();
    assert_eq!(count.call(&mut store, 50).unwrap(), 1275);
    assert_eq!(store.get_fuel().unwrap(), 5);
}

#[test]
fn endless_loops_run_out_of_fuel() {
    let (mut store, instance) =
        crate::load_in(&fueled(), r#"(module (func (export "f") (loop $again (br $again))))"#);
    store.set_fuel(10_000).unwrap();
    let f = instance.get_typed_func::<(), ()>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, ()).unwrap_err().downcast::<Trap>().unwrap(), Trap::OutOfFuel);
}

#[test]
fn hosts_see_and_refill_fuel_while_guests_run() {
    let engine = fueled();
    let mut linker = Linker::<Vec<u64>>::new(&engine);
    let refill = |mut caller: Caller<'_, Vec<u64>>, fuel: u64| -> Result<()> {
        let left = caller.get_fuel()?;
        caller.data_mut().push(left);
        caller.set_fuel(fuel)
    };
    linker.func_wrap("env", "refill", refill).unwrap();
    let wat = r#"(module (import "env" "refill" (func $refill (param i64)))
        (global $n (export "n") (mut i32) (i32.const 0))
        (func (export "f") (param i64)
            (call $refill (local.get 0))
            (loop $again (global.set $n (i32.add (global.get $n) (i32.const 1))) (br $again))))"#;
    let rounds = |fuel| {
        let mut store = Store::new(&engine, Vec::new());
        store.set_fuel(1000).unwrap();
        let instance = linker.instantiate(&mut store, &Module::new(&engine, wat).unwrap()).unwrap();
        let f = instance.get_typed_func::<u64, ()>(&mut store, "f").unwrap();
        assert_eq!(f.call(&mut store, fuel).unwrap_err().downcast::<Trap>().unwrap(), Trap::OutOfFuel);
        assert!(matches!(store.data()[..], [left] if (900..1000).contains(&left)), "{:?}", store.data());
        instance.get_global(&mut store, "n").unwrap().get(&mut store).unwrap_i32()
    };
    assert_eq!(rounds(0), 0);
    let (few, many) = (rounds(500), rounds(5000));
    assert!(few > 50 && (many - 10 * few).abs() <= 10, "{few} {many}");
}

#[test]
fn engines_without_fuel_say_so() {
    let linker = Linker::<()>::new(&crate::engine());
    let (mut store, instance) = link(&linker, (), COUNT);
    assert_says(&store.get_fuel().unwrap_err(), &["does not count fuel"]);
    assert_says(&store.set_fuel(1).unwrap_err(), &["does not count fuel"]);
    let count = instance.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
    assert_eq!(count.call(&mut store, 10).unwrap(), 55);
}

#[test]
fn bulk_operations_pay_by_size() {
    let wat = r#"(module (memory 32) (func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0))))"#;
    let (mut store, instance) = crate::load_in(&fueled(), wat);
    let fill = instance.get_typed_func::<i32, ()>(&mut store, "fill").unwrap();
    let mut cost = |len: i32| {
        store.set_fuel(1_000_000).unwrap();
        fill.call(&mut store, len).unwrap();
        1_000_000 - store.get_fuel().unwrap()
    };
    let nothing = cost(0);
    assert!(nothing < 10, "{nothing}");
    assert_eq!(cost(1 << 16) - nothing, 1 << 10);
    assert_eq!(cost(1 << 21) - nothing, 1 << 15, "more than one piece");
    store.set_fuel(1000).unwrap();
    let trap = fill.call(&mut store, 1 << 20).unwrap_err().downcast::<Trap>().unwrap();
    assert_eq!(trap, Trap::OutOfFuel);
}

#[test]
fn bulk_operations_without_fuel_do_nothing() {
    let wat = r#"(module (type $bytes (array (mut i8))) (type $funcs (array (mut funcref)))
        (memory 2) (data $d "DATA")
        (table $t 5000 9000 funcref) (table $u 5000 funcref) (elem $e func BODIES)
        (global $a (mut (ref null $bytes)) (ref.null $bytes)) (global $f (mut (ref null $funcs)) (ref.null $funcs))
        (func $g)
        (func (export "setup")
            (global.set $a (array.new_default $bytes (i32.const 8000)))
            (global.set $f (array.new_default $funcs (i32.const 4000))))
        (func (export "memory.init") (param i32) (memory.init $d (i32.const 0) (i32.const 0) (local.get 0)))
        (func (export "table.init") (param i32) (table.init $t $e (i32.const 0) (i32.const 0) (local.get 0)))
        (func (export "table.fill") (param i32) (table.fill $t (i32.const 0) (ref.func $g) (local.get 0)))
        (func (export "table.copy") (param i32)
            (table.set $u (i32.const 0) (ref.func $g))
            (table.copy $t $u (i32.const 0) (i32.const 0) (local.get 0)))
        (func (export "table.grow") (param i32)
            (if (i32.eq (table.grow $t (ref.func $g) (local.get 0)) (i32.const -1)) (then unreachable)))
        (func (export "array.fill") (param i32)
            (array.fill $bytes (global.get $a) (i32.const 0) (i32.const 1) (local.get 0)))
        (func (export "array.init_data") (param i32)
            (array.init_data $bytes $d (global.get $a) (i32.const 0) (i32.const 0) (local.get 0)))
        (func (export "array.init_elem") (param i32)
            (array.init_elem $funcs $e (global.get $f) (i32.const 0) (i32.const 0) (local.get 0)))
        (func (export "seen") (result i32)
            (i32.add (i32.load8_u (i32.const 0)) (i32.add
                (i32.add (i32.eqz (ref.is_null (table.get $t (i32.const 0)))) (i32.sub (table.size $t) (i32.const 5000)))
                (i32.add (array.get_u $bytes (global.get $a) (i32.const 0))
                    (i32.eqz (ref.is_null (array.get $funcs (global.get $f) (i32.const 0)))))))))"#;
    let wat = wat.replace("DATA", &"x".repeat(8000)).replace("BODIES", &"$g ".repeat(4000));
    let module = Module::new(&fueled(), &wat).unwrap();
    for (name, len, bytes, beyond) in [
        ("memory.init", 8000, 8000, Some(8001)),
        ("table.init", 4000, 32_000, Some(4001)),
        ("table.fill", 4000, 32_000, Some(5001)),
        ("table.copy", 4000, 32_000, Some(5001)),
        ("table.grow", 4000, 32_000, None),
        ("array.fill", 8000, 8000, Some(8001)),
        ("array.init_data", 8000, 8000, Some(8001)),
        ("array.init_elem", 4000, 32_000, Some(4001)),
    ] {
        let mut store = Store::new(module.engine(), ());
        store.set_fuel(10_000).unwrap();
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        instance.get_typed_func::<(), ()>(&mut store, "setup").unwrap().call(&mut store, ()).unwrap();
        let run = instance.get_typed_func::<i32, ()>(&mut store, name).unwrap();
        let seen = instance.get_typed_func::<(), i32>(&mut store, "seen").unwrap();
        store.set_fuel(bytes / 64).unwrap();
        let trap = run.call(&mut store, len).unwrap_err().downcast::<Trap>().unwrap();
        assert_eq!(trap, Trap::OutOfFuel, "{name}: its own cost is missing");
        store.set_fuel(100).unwrap();
        assert_eq!(seen.call(&mut store, ()).unwrap(), 0, "{name}: nothing was done");
        if let Some(beyond) = beyond {
            store.set_fuel(20).unwrap();
            let trap = run.call(&mut store, beyond).unwrap_err().downcast::<Trap>().unwrap();
            assert_ne!(trap, Trap::OutOfFuel, "{name}: operands that trap come first");
        }
        store.set_fuel(1000).unwrap();
        run.call(&mut store, len).unwrap();
        let spent = 1000 - store.get_fuel().unwrap();
        assert!((bytes / 64..bytes / 64 + 20).contains(&spent), "{name}: {spent}");
        assert_ne!(seen.call(&mut store, ()).unwrap(), 0, "{name}");
    }
}
