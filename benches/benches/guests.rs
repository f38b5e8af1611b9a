//! Run time of every guest program in Sarsen, one criterion bench each.
//!
//! Each sample is one call of `run` in a fresh instance; making the instance is not timed. What surrounds a run is in
//! `embedding.rs`; other runtimes are in `benches/peers`.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use sarsen::{Engine, Instance, Module, Store, TypedFunc};
use sarsen_benches::GUESTS;

fn guests(criterion: &mut Criterion) {
    let engine = Engine::default();
    let mut group = criterion.benchmark_group("guest");
    group.sample_size(10);
    for guest in GUESTS {
        let module = Module::new(&engine, guest.wasm).expect("the catalogue's modules are valid");
        let prepare = || {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[]).expect("guests have no imports");
            let run: TypedFunc<i32, i64> =
                instance.get_typed_func(&mut store, "run").expect("guests export run");
            (store, run)
        };
        group.bench_function(guest.name, |bencher| {
            bencher.iter_batched_ref(
                prepare,
                |(store, run)| {
                    let result = run.call(store, guest.n).expect("guests do not trap");
                    assert_eq!(result, guest.checksum, "{} is wrong", guest.name);
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, guests);
criterion_main!(benches);
