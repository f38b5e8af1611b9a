//! What inputs leave behind: the same inputs again take no more memory, and no more of the process's map.
//!
//! It owns the seeds. There is one test: what others allocate at the same time would be counted.

use sarsen_oracles::counting::{self, Counting};
use sarsen_oracles::random::Random;
use sarsen_oracles::{component, crossing, oracle, program, typed};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Inputs of each kind, and how often all of them are tried.
const INPUTS: u64 = 12;
const ROUNDS: usize = 4;
/// Rounds in which caches are filled.
const WARM: usize = 2;

#[test]
fn the_same_inputs_again_leave_nothing_behind() {
    let mut left = Vec::new();
    for _ in 0..ROUNDS {
        for seed in 0..INPUTS {
            oracle::ways(typed::generate(seed).as_bytes(), seed);
            if let Some(module) = program::generate_open(&Random::new(seed).bytes(2000)) {
                oracle::ways(&module, seed);
            }
            component::component(crossing::generate(seed).as_bytes(), seed);
        }
        left.push((counting::live(), mappings()));
    }
    let (bytes, maps) = left[WARM - 1];
    for (live, mapped) in &left[WARM..] {
        assert!(*live <= bytes && *mapped <= maps, "bytes and mappings after each round: {left:?}");
    }
}

/// How many there are in the map of the process, where one can see it.
fn mappings() -> usize {
    std::fs::read_to_string("/proc/self/maps").map_or(0, |maps| maps.lines().count())
}
