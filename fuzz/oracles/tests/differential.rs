//! Generated modules in ways that chance has configured: nothing differs that a guest can see, and nobody allocates without bound.
//!
//! It owns the seeds. Each input has to be answered within [`SECONDS`]; bytes of all inputs at a time are bounded by
//! [`counting`].

use sarsen::{Config, Dispatch, Engine, Module, Strategy};
use sarsen_oracles::counting::{self, Counting};
use sarsen_oracles::oracle::{self, Outcome};
use sarsen_oracles::random::Random;
use sarsen_oracles::{aot, program, typed};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Modules of each generator.
const MODULES: u64 = 300;
/// Compiled modules, and damaged copies of each.
const ARTIFACTS: u64 = 4;
const COPIES: u64 = 500;
/// What an input may take in all ways together, in a build without optimization on a machine that does other things too.
const SECONDS: Duration = Duration::from_secs(60);

/// Asks the oracle about modules; how many of them ran.
fn ask(generate: impl Fn(&mut Random) -> Option<Vec<u8>>) -> usize {
    let mut ran = 0;
    for seed in 0..MODULES {
        let Some(module) = generate(&mut Random::new(seed)) else { continue };
        let started = Instant::now();
        let outcome = oracle::ways(&module, seed);
        assert!(started.elapsed() < SECONDS, "seed {seed} took {:?}", started.elapsed());
        assert_ne!(outcome, Outcome::Refused, "seed {seed}");
        ran += usize::from(matches!(outcome, Outcome::Ran(calls) if !calls.is_empty()));
    }
    ran
}

#[test]
fn modules_with_imports_are_the_same_in_every_way() {
    let ran = ask(|random| {
        let length = 256 + random.below(3000);
        program::generate_open(&random.bytes(length))
    });
    assert!(ran > MODULES as usize / 10, "the generator made too little: {ran} modules ran");
}

#[test]
fn programs_of_every_operator_are_the_same_in_every_way() {
    for seed in 0..typed::PROGRAMS {
        let program = typed::generate(seed);
        let started = Instant::now();
        let outcome = oracle::ways(program.as_bytes(), seed);
        assert!(started.elapsed() < SECONDS, "seed {seed} took {:?}", started.elapsed());
        let why = || Module::new(&oracle::engine(Dispatch::Threaded), &program).err();
        assert!(matches!(outcome, Outcome::Ran(_)), "seed {seed}: {:?}", why());
    }
}

/// Headers, tables and declarations that lie, in compiled modules whose checksums are right.
#[test]
fn damaged_artifacts_are_loaded_or_refused() {
    let engine = Engine::new(Config::new().strategy(Strategy::Jit)).expect("the host has a compiler");
    let file = std::env::temp_dir().join(format!("sarsen-damaged-{}", std::process::id()));
    let (mut loaded, mut refused) = (0, 0);
    for program in 0..ARTIFACTS {
        let source = typed::generate(program);
        let artifact = engine.precompile_module(source.as_bytes()).expect("the program is valid");
        assert!(aot::load(&engine, &artifact, &file), "it can be loaded as it was written");
        for copy in 0..COPIES {
            let damaged = aot::damage(&artifact, &mut Random::new(program * COPIES + copy));
            match aot::load(&engine, &damaged, &file) {
                true => loaded += 1,
                false => refused += 1,
            }
        }
    }
    std::fs::remove_file(&file).expect("it was written");
    assert!(loaded > 100 && refused > 100, "{loaded} loaded, {refused} refused");
}

#[test]
fn allocations_are_counted() {
    const BYTES: usize = 8 << 20;
    let bytes = vec![1_u8; BYTES];
    let live = counting::live();
    assert!(live >= BYTES, "{live} bytes are said to live beside {}", bytes.len());
}

/// A memory that moves while an operator between two stores is paid for: the host makes it grow when fuel runs out.
#[test]
fn memories_that_move_are_found_again() {
    let source = "(module (memory (export \"m\") i64 1)
        (func (export \"f\") (param i64)
            (local.set 0 (i64.and (local.get 0) (i64.const 0xf8)))
            (i32.store (local.get 0) (i32.const 41))
            (memory.copy (i64.const 32768) (i64.const 0) (i64.const 32000))
            (i32.store (local.get 0) (i32.const 42)))
        (func (export \"g\") (result i64) (memory.size)))";
    let mut sizes = Vec::new();
    for seed in 0..100 {
        let Outcome::Ran(ends) = oracle::ways(source.as_bytes(), seed) else { panic!("it runs") };
        sizes.push(ends[1].as_ref().expect("it returns")[0].clone());
    }
    assert!(
        sizes.iter().any(|size| size == "i64 1") && sizes.iter().any(|size| size != "i64 1"),
        "{sizes:?}"
    );
}
