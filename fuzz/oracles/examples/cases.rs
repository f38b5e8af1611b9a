//! What goes with fuzz targets and needs no fuzzer: inputs to begin with, crashes as golden tests, and a minute of fresh seeds.
//!
//! `cargo xtask fuzz` is its command line; it owns where seeds come from, and how long the minute is.

use sarsen_oracles::case;
use sarsen_oracles::mutate::mutate;
use sarsen_oracles::random::Random;
use sarsen_oracles::{component, program, script, typed};
use sarsen_wast::suites::{self, SUITES};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs};
use wasmparser::Parser;

const USAGE: &str = "usage: cases golden TARGET FILE | seeds TARGET FOLDER | smoke SECONDS";
/// Seeds bigger than this make a fuzzer slow.
const LARGEST: usize = 4096;
/// Random bytes that generators begin with.
const SEEDS: u64 = 200;
/// Bytes of a fresh input.
const LONGEST: usize = 3000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["golden", target, file] => golden(target, Path::new(file)),
        ["seeds", target, folder] => seeds(target, Path::new(folder)),
        ["smoke", seconds] => smoke(seconds),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints what a target makes of an input: of several cases the one that fails.
fn golden(target: &str, file: &Path) -> Result<(), String> {
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let cases = case::of(target, &bytes);
    // If none fails any more, or one ends the process, the last is as good as any.
    let failing = cases.iter().find(|case| catch_unwind(|| case.check()).is_err());
    let case = failing
        .or(cases.last())
        .ok_or_else(|| format!("{}: {target} makes nothing of it", file.display()))?;
    print!("{}", case.golden());
    Ok(())
}

/// Writes inputs that a target begins with: the suites as text and as modules, or bytes for generators.
fn seeds(target: &str, folder: &Path) -> Result<(), String> {
    let mut count = 0;
    let mut write = |bytes: &[u8]| {
        count += 1;
        let file = folder.join(format!("seed-{count:05}"));
        fs::write(&file, bytes).map_err(|error| format!("{}: {error}", file.display()))
    };
    match target {
        "script" | "module" | "component" => {
            let root = suites::root().ok_or_else(|| format!("no suites; set {}", suites::VARIABLE))?;
            for file in SUITES.iter().flat_map(|suite| suite.scripts(&root).unwrap_or_default()) {
                let source =
                    fs::read_to_string(&file.path).map_err(|error| format!("{}: {error}", file.name))?;
                pieces(target, &source).iter().try_for_each(|seed| write(seed))?;
            }
        }
        _ => (0..SEEDS).try_for_each(|seed| write(&bytes(&mut Random::new(seed))))?,
    }
    println!("{count} seeds for {target} in {}", folder.display());
    Ok(())
}

/// What a script is to a target: itself, or its modules or components.
fn pieces(target: &str, source: &str) -> Vec<Vec<u8>> {
    if target == "script" {
        return if source.len() <= LARGEST { vec![source.as_bytes().to_vec()] } else { Vec::new() };
    }
    let is_wanted = |bytes: &Vec<u8>| Parser::is_component(bytes) == (target == "component");
    script::modules(source, LARGEST).into_iter().filter(is_wanted).collect()
}

/// Checks fresh cases of all targets in turns, until the time is over.
fn smoke(seconds: &str) -> Result<(), String> {
    let seconds = seconds.parse().map_err(|error| format!("{seconds:?}: {error}"))?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let since =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(|error| error.to_string())?;
    let first = since.as_nanos() as u64;
    println!("seeds from {first} on");
    let (mut seed, mut count) = (first, 0);
    while Instant::now() < end {
        for target in case::targets() {
            let input = fresh(target, seed);
            let checked =
                catch_unwind(|| case::of(target, &input).iter().inspect(|case| case.check()).count());
            count += checked.map_err(|_| format!("{target} fails with seed {seed}"))?;
        }
        seed = seed.wrapping_add(1);
    }
    println!("{count} cases of {} seeds", seed.wrapping_sub(first));
    Ok(())
}

/// An input of a target that the seed determines. What would not decode as random bytes is a broken copy of something that does.
fn fresh(target: &str, seed: u64) -> Vec<u8> {
    let random = &mut Random::new(seed);
    let program = |random: &mut Random| program::generate(&bytes(random)).unwrap_or_default();
    match target {
        "module" => mutate(&program(random), random),
        "component" => {
            component::generate(&bytes(random)).map_or_else(Vec::new, |valid| mutate(&valid, random))
        }
        "script" => mutate(typed::generate(seed).as_bytes(), random),
        _ => bytes(random),
    }
}

fn bytes(random: &mut Random) -> Vec<u8> {
    let length = 256 + random.below(LONGEST);
    random.bytes(length)
}
