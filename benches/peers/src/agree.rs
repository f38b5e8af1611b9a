//! Generated programs in Sarsen and in other runtimes: what they return, how they end, and what they leave behind must agree.
//!
//! It owns what is compared. The programs are those of the oracles that compare Sarsen's tiers with each other; how a runtime is
//! observed is in `agree/observe.rs`. What runtimes may choose ends a comparison: fuel, stack and room that are used up.

mod observe;

use crate::Result;
use crate::options::Options;
use observe::Observed;
use sarsen_oracles::random::Random;
use sarsen_oracles::{program, typed};

/// Bytes that a module is generated from.
const SEED_BYTES: usize = 4 << 10;

/// How a runtime makes an observation; an error if it refuses the module.
type Observe = fn(&[u8], u64) -> Result<Observed>;

/// The runtimes that are compared with Sarsen's interpreter: what they are called, whether they are ours, and who observes them.
const RUNTIMES: &[(&str, bool, Observe)] = &[
    ("sarsen, jit", true, observe::jit),
    ("sarsen, tiered", true, observe::tiered),
    #[cfg(feature = "wasmtime")]
    ("wasmtime", false, observe::wasmtime),
    ("wasmi", false, observe::wasmi),
];

/// The command `agree`: fails if a program differs, and says which.
pub(crate) fn agree(options: &mut Options) -> Result<()> {
    let count: u64 = options.take("count")?.unwrap_or(1000);
    let first: u64 = options.take("seed")?.unwrap_or(0);
    options.finish()?;

    let mut compared = [0_u64; RUNTIMES.len()];
    let mut calls = [0; RUNTIMES.len()];
    let mut different = Vec::new();
    for seed in first..first + count {
        let Some(module) = module(seed)? else { continue };
        let may_fuse = program::may_fuse(&module);
        let expected =
            observe::interpreter(&module, seed).map_err(|error| format!("seed {seed}: {error}"))?;
        for (index, (name, is_ours, observe)) in RUNTIMES.iter().enumerate() {
            if may_fuse && !is_ours {
                continue;
            }
            let found = match observe(&module, seed) {
                Ok(found) => found,
                Err(error) if *is_ours => return Err(format!("seed {seed}, {name}: {error}").into()),
                // Whoever lacks a proposal refuses what uses it.
                Err(_) => continue,
            };
            compared[index] += 1;
            calls[index] += found.lines.len();
            if let Some(difference) = expected.difference(&found) {
                eprintln!("seed {seed}, {name}: {difference}");
                different.push(format!("{seed}: {name}"));
            }
        }
    }
    for ((name, ..), (compared, calls)) in RUNTIMES.iter().zip(compared.iter().zip(calls)) {
        println!("{name:20} {compared} of {count} programs, {calls} calls");
    }
    if different.is_empty() { Ok(()) } else { Err(format!("different: {}", different.join(", ")).into()) }
}

/// The program of a seed, of one of three kinds; none if there is none.
fn module(seed: u64) -> Result<Option<Vec<u8>>> {
    let bytes = Random::new(seed).bytes(SEED_BYTES);
    Ok(match seed % 3 {
        0 => Some(wat::parse_str(typed::generate(seed / 3))?),
        1 => program::generate(&bytes),
        _ => program::generate_plain(&bytes),
    })
}
