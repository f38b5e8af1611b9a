//! Random bytes, and broken copies of text, of components, of compiled modules and of every module of the official suites: never a panic, always an answer.
//!
//! It owns the seeds.

use proptest::prelude::*;
use sarsen::{ArtifactInfo, Config, Dispatch, Engine, Strategy};
use sarsen_component::Component;
use sarsen_oracles::counting::Counting;
use sarsen_oracles::oracle::{self, Outcome};
use sarsen_oracles::random::Random;
use sarsen_oracles::{component, crossing, mutate, program, script, typed};
use sarsen_wast::suites::{self, SUITES};
use std::fs;
use wast::parser::{self, ParseBuffer};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Broken copies of each module.
const COPIES: u64 = 2;
/// Modules that the generator makes.
const GENERATED: u64 = 1000;
/// Components that another generator makes.
const COMPONENTS: u64 = 1000;
/// Components that pass values to each other.
const CROSSINGS: u64 = 300;
/// Broken copies of generated text.
const TEXTS: u64 = 500;
/// Compiled modules, and broken copies of each.
const ARTIFACTS: u64 = 5;
const COPIES_OF_ARTIFACTS: u64 = 2000;
/// Modules bigger than this are broken in their own tests.
const SIZE: usize = 100_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        oracle::module(&bytes);
        let module = [b"\0asm\x01\0\0\0", bytes.as_slice()].concat();
        oracle::module(&module);
    }

    #[test]
    fn random_text(source in "[ -~\\n()\"$]{0,256}") {
        oracle::text(&source);
        oracle::script(&format!("(module {source}"));
    }
}

#[test]
fn generated_modules_are_the_same_in_every_form() {
    let mut ran = 0;
    for seed in 0..GENERATED {
        let mut random = Random::new(seed);
        let length = 256 + random.below(1792);
        let Some(module) = program::generate(&random.bytes(length)) else { continue };
        let outcome = oracle::tiers(&module);
        assert_ne!(outcome, Outcome::Refused, "seed {seed}");
        ran += usize::from(matches!(outcome, Outcome::Ran(calls) if !calls.is_empty()));
    }
    assert!(ran > GENERATED as usize / 4, "the generator made too little: {ran} modules ran");
}

#[test]
fn every_prefix_of_a_module() {
    let module = wat("(module (memory 1) (data (i32.const 0) \"x\") (table 1 funcref) (elem (i32.const 0) $f)
        (global i32 (i32.const 1)) (type $s (struct)) (tag) (func $f (export \"f\") (result i32) (i32.const 7)))");
    for length in 0..module.len() {
        oracle::module(&module[..length]);
    }
}

#[test]
fn broken_copies_of_the_suites_modules() {
    let Some(root) = suites::root() else {
        assert!(std::env::var_os("CI").is_none(), "no suites; set {}", suites::VARIABLE);
        return;
    };
    let (mut refused, mut accepted, mut compared) = (0, 0, 0);
    for suite in SUITES {
        for file in suite.scripts(&root).unwrap_or_default() {
            let source = fs::read_to_string(&file.path).expect("the suites are text");
            for (index, module) in (0..).zip(script::modules(&source, SIZE)) {
                for copy in 0..COPIES {
                    let mut random = Random::new(index * COPIES + copy);
                    let mutant = mutate::mutate(&module, &mut random);
                    match oracle::module(&mutant) {
                        Outcome::Refused => refused += 1,
                        Outcome::NotInstantiated(_) | Outcome::Ran(_) => accepted += 1,
                    }
                    if copy == 0 && !program::waits(&mutant) {
                        compared += usize::from(oracle::ways(&mutant, index) != Outcome::Refused);
                    }
                }
            }
        }
    }
    let counts = format!("{refused} refused, {accepted} accepted, {compared} compared");
    assert!(refused > 1000 && accepted > 100 && compared > 100, "too few modules: {counts}");
}

#[test]
fn broken_copies_of_components() {
    let mut valid = 0;
    for seed in 0..COMPONENTS {
        let mut random = Random::new(seed);
        let length = 512 + random.below(4096);
        let Some(bytes) = component::generate(&random.bytes(length)) else { continue };
        valid += usize::from(component::component(&bytes, seed) != Outcome::Refused);
        component::component(&mutate::mutate(&bytes, &mut random), seed);
    }
    assert!(valid > COMPONENTS as usize / 10, "too few components: {valid}");
}

/// What components pass to each other and to the host, of memories full of anything.
#[test]
fn values_that_cross_borders() {
    let (mut returned, mut trapped) = (0, 0);
    for seed in 0..CROSSINGS {
        let text = crossing::generate(seed);
        match component::component(text.as_bytes(), seed) {
            Outcome::Ran(calls) => {
                returned += calls.iter().filter(|call| call.is_ok()).count();
                trapped += calls.iter().filter(|call| call.is_err()).count();
            }
            outcome => {
                let error = Component::new(&oracle::engine(Dispatch::Threaded), text.as_bytes()).err();
                panic!("seed {seed}: {outcome:?} {error:?}");
            }
        }
    }
    println!("{returned} calls returned, {trapped} trapped");
    assert!(returned.min(trapped) > CROSSINGS as usize, "{returned} calls returned, {trapped} trapped");
}

/// Text whose words were dropped, doubled or swapped: most of it still parses, and some is valid.
#[test]
fn broken_copies_of_text() {
    let (mut refused, mut accepted) = (0, 0);
    for seed in 0..TEXTS {
        let mut random = Random::new(seed);
        let source = typed::generate(random.next_u64());
        let mut words: Vec<&str> = source.split_inclusive([' ', '(', ')', '\n']).collect();
        for _ in 0..=random.below(2) {
            let (one, other) = (random.below(words.len()), random.below(words.len()));
            match random.below(4) {
                0 => words.swap(one, other),
                1 => words.insert(one, words[other]),
                2 => words[one] = words[other],
                _ => _ = words.remove(one),
            }
        }
        match oracle::text(&words.concat()) {
            Outcome::Refused => refused += 1,
            Outcome::NotInstantiated(_) | Outcome::Ran(_) => accepted += 1,
        }
    }
    assert!(refused > TEXTS / 4 && accepted > TEXTS / 100, "{refused} refused, {accepted} accepted");
}

/// What can be read of a compiled module without trusting it, where any of its bytes is another.
#[test]
fn broken_copies_of_artifacts() {
    let engine = Engine::new(Config::new().strategy(Strategy::Jit)).expect("the host has a compiler");
    for program in 0..ARTIFACTS {
        let source = typed::generate(program);
        let artifact = engine.precompile_module(source.as_bytes()).expect("the program is valid");
        assert!(ArtifactInfo::read(&artifact).is_ok());
        let mut random = Random::new(program);
        for _ in 0..COPIES_OF_ARTIFACTS {
            let mut bytes = artifact.clone();
            let range = if random.flip() { 512 } else { bytes.len() };
            let at = random.below(range);
            match random.below(3) {
                0 => bytes.truncate(at),
                1 => bytes[at] ^= 1 << random.below(8),
                _ => bytes[at] = 0xff,
            }
            let intact = ArtifactInfo::read(&bytes).is_ok_and(|info| info.is_intact(&bytes));
            assert!(!intact || bytes == artifact, "byte {at} of program {program} is not missed");
        }
    }
}

fn wat(source: &str) -> Vec<u8> {
    let buffer = ParseBuffer::new(source).expect("the test's text is right");
    parser::parse::<wast::Wat<'_>>(&buffer)
        .and_then(|mut wat| wat.encode())
        .expect("the test's text is right")
}
