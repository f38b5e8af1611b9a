//! What the embedder pays: loading, instantiating, calling in, calling out.
//!
//! The guests' own run time is in `guests.rs`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sarsen::{Caller, Config, Engine, Func, Instance, Module, Store};
use std::hint::black_box;

/// Stands for a module of about 1 kB.
const SMALL_GUEST: &str = "nbody";

const CALLS: &str = r#"
(module
  (import "host" "next" (func $next (param i32) (result i32)))
  (func (export "identity") (param i32) (result i32) (local.get 0))
  (func (export "call_out") (param $n i32) (result i32)
    (local $value i32)
    (loop $again
      (local.set $value (call $next (local.get $value)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $value)))
"#;

fn load(criterion: &mut Criterion) {
    let engine = Engine::default();
    let wasm = sarsen_benches::find(SMALL_GUEST).expect("it is in the catalogue").wasm;
    let mut group = criterion.benchmark_group("load");
    group.throughput(Throughput::Bytes(wasm.len() as u64));
    group.bench_function("module of 1 kB", |bencher| bencher.iter(|| Module::new(&engine, black_box(wasm))));
    group.finish();

    let module = Module::new(&engine, wasm).expect("the catalogue's modules are valid");
    criterion.bench_function("store and instance", |bencher| {
        bencher.iter(|| {
            let mut store = Store::new(&engine, ());
            Instance::new(&mut store, &module, &[]).expect("guests have no imports")
        });
    });
}

/// Instances of a module with data, of which one byte is read.
fn instances(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("instance");
    for kilobytes in [4, 16, 64, 256, 1024] {
        let data = "\\77".repeat(kilobytes << 10);
        let text = format!(
            r#"(module (memory 32) (data (i32.const 65536) "{data}")
                (func (export "run") (result i32) (i32.load8_u (i32.const 65536))))"#
        );
        for (name, maps) in [("copied", false), ("mapped", true)] {
            let engine = Engine::new(Config::new().memory_init_cow(maps)).expect("it interprets");
            let module = Module::new(&engine, &text).expect("the text above is valid");
            group.bench_function(format!("{kilobytes} kB of data, {name}"), |bencher| {
                bencher.iter(|| {
                    let mut store = Store::new(&engine, ());
                    let instance = Instance::new(&mut store, &module, &[]).expect("it has no imports");
                    let run = instance.get_typed_func::<(), i32>(&mut store, "run").expect("it is exported");
                    run.call(&mut store, ()).expect("it does not trap")
                });
            });
        }
    }
    group.finish();
}

/// Instances of one module that so many threads make, call and drop at once.
fn contention(criterion: &mut Criterion) {
    const EACH: usize = 100;
    let engine = Engine::default();
    let text = r#"(module (memory 1) (func (export "run") (result i32) (i32.load8_u (i32.const 0))))"#;
    let module = Module::new(&engine, text).expect("the text above is valid");
    let work = || {
        for _ in 0..EACH {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[]).expect("it has no imports");
            let run = instance.get_typed_func::<(), i32>(&mut store, "run").expect("it is exported");
            black_box(run.call(&mut store, ()).expect("it does not trap"));
        }
    };
    let mut group = criterion.benchmark_group("contention");
    for threads in [1, 2, 4, 8] {
        group.throughput(Throughput::Elements((threads * EACH) as u64));
        group.bench_function(format!("{threads} threads"), |bencher| {
            bencher.iter(|| {
                std::thread::scope(|scope| {
                    for _ in 0..threads {
                        scope.spawn(work);
                    }
                });
            });
        });
    }
    group.finish();
}

fn calls(criterion: &mut Criterion) {
    const ROUNDS: i32 = 1000;
    let engine = Engine::default();
    let module = Module::new(&engine, CALLS).expect("the text above is valid");
    let mut store = Store::new(&engine, 0_u64);
    let next = Func::wrap(&mut store, |mut caller: Caller<'_, u64>, value: i32| {
        *caller.data_mut() += 1;
        value + 1
    });
    let instance = Instance::new(&mut store, &module, &[next.into()]).expect("the import fits");
    let identity = instance.get_typed_func::<i32, i32>(&mut store, "identity").expect("it is exported");
    let call_out = instance.get_typed_func::<i32, i32>(&mut store, "call_out").expect("it is exported");

    criterion.bench_function("call in", |bencher| {
        bencher.iter(|| identity.call(&mut store, black_box(7)).expect("it does not trap"));
    });
    let mut group = criterion.benchmark_group("call out");
    group.throughput(Throughput::Elements(ROUNDS as u64));
    group.bench_function("a host function", |bencher| {
        bencher.iter(|| call_out.call(&mut store, black_box(ROUNDS)).expect("it does not trap"));
    });
    group.finish();
}

criterion_group!(benches, load, instances, contention, calls);
criterion_main!(benches);
