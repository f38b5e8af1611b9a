//! What goes with fuzz targets and needs no fuzzer: inputs to begin with, crashes as golden tests, and a minute of fresh seeds.
//!
//! `cargo xtask fuzz` is its command line; it owns where seeds come from, and how long the minute is.

use sarsen_oracles::case::{self, Case};
use sarsen_oracles::counting::Counting;
use sarsen_oracles::mutate::mutate;
use sarsen_oracles::random::Random;
use sarsen_oracles::{component, program, script, typed};
use sarsen_wast::suites::{self, SUITES};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, thread};
use wasmparser::Parser;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const USAGE: &str =
    "usage: cases golden TARGET FILE | check TARGET FILE NUMBER | seeds TARGET FOLDER | smoke SECONDS FOLDER";
/// How long an input may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a child is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// What the main thread has by default, and other threads are given here.
const STACK: usize = 8 << 20;
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
        ["check", target, file, number] => check(target, Path::new(file), number),
        ["smoke", seconds, folder] => smoke(seconds, Path::new(folder)),
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

/// Prints what a target makes of an input: of several cases the first that fails, or the last if none does any more.
fn golden(target: &str, file: &Path) -> Result<(), String> {
    let cases = cases(target, file)?;
    let mut number = 0;
    while number + 1 < cases.len() && !fails(target, file, number)? {
        number += 1;
    }
    print!("{}", cases[number].golden());
    Ok(())
}

/// What a target makes of a file; at least one case.
fn cases(target: &str, file: &Path) -> Result<Vec<Case>, String> {
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let cases = case::of(target, &bytes);
    if cases.is_empty() {
        Err(format!("{}: {target} makes nothing of it", file.display()))
    } else {
        Ok(cases)
    }
}

/// Checks the case of this number.
fn check(target: &str, file: &Path, number: &str) -> Result<(), String> {
    let number: usize = number.parse().map_err(|error| format!("{number:?}: {error}"))?;
    let case = cases(target, file)?;
    case.get(number).ok_or_else(|| format!("there are {} cases", case.len()))?.check();
    Ok(())
}

/// Whether a case fails, in a process of its own: it may end that, or not end at all.
fn fails(target: &str, file: &Path, number: usize) -> Result<bool, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args(["check", target]).arg(file).arg(number.to_string());
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let end = Instant::now() + PATIENCE;
    loop {
        match child.try_wait().map_err(|error| format!("{command:?}: {error}"))? {
            Some(status) => return Ok(!status.success()),
            None if Instant::now() < end => thread::sleep(LOOK),
            None => break,
        }
    }
    // It may have ended just now.
    let _ = child.kill();
    child.wait().map(|_| true).map_err(|error| format!("{command:?}: {error}"))
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
            for suite in SUITES {
                for file in suite.scripts(&root).map_err(|error| error.to_string())? {
                    let source =
                        fs::read_to_string(&file.path).map_err(|error| format!("{}: {error}", file.name))?;
                    pieces(target, &source).iter().try_for_each(|seed| write(seed))?;
                }
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

/// Checks fresh cases of all targets in turns, until the time is over. Each input is written to the folder of its target before it is
/// tried, and stays there if that is its end.
fn smoke(seconds: &str, folder: &Path) -> Result<(), String> {
    let seconds = seconds.parse().map_err(|error| format!("{seconds:?}: {error}"))?;
    let since =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(|error| error.to_string())?;
    let first = since.as_nanos() as u64;
    println!("seeds from {first} on");
    let (sender, receiver) = mpsc::channel();
    let folder = folder.to_owned();
    let end = Instant::now() + Duration::from_secs(seconds);
    let tries = move || try_until(end, first, &folder, &sender);
    let tries = thread::Builder::new().stack_size(STACK).spawn(tries).map_err(|error| error.to_string())?;
    let (mut count, mut tried) = (0, PathBuf::new());
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(Progress::Begun(file)) => tried = file,
            Ok(Progress::Ended(cases)) => count += cases,
            Ok(Progress::Failed(why)) => return Err(format!("{} fails: {why}", tried.display())),
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!("{} takes more than {PATIENCE:?}", tried.display()));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    // What made the inputs may have failed.
    tries.join().map_err(|_| format!("after {}, what tries inputs has panicked", tried.display()))?;
    println!("{count} cases");
    Ok(())
}

/// What becomes of inputs.
enum Progress {
    Begun(PathBuf),
    /// There were so many cases in it.
    Ended(usize),
    Failed(&'static str),
}

fn try_until(end: Instant, mut seed: u64, folder: &Path, progress: &Sender<Progress>) {
    // Nobody hears what is said after the first failure.
    let say = |what| _ = progress.send(what);
    while Instant::now() < end {
        for target in case::targets() {
            let input = fresh(target, seed);
            let file = folder.join(target).join(format!("smoke-{seed}"));
            say(Progress::Begun(file.clone()));
            if fs::create_dir_all(folder.join(target)).and_then(|()| fs::write(&file, &input)).is_err() {
                return say(Progress::Failed("it cannot be written"));
            }
            match catch_unwind(|| case::of(target, &input).iter().inspect(|case| case.check()).count()) {
                Ok(cases) => say(Progress::Ended(cases)),
                Err(_) => return say(Progress::Failed("what is above")),
            }
            if fs::remove_file(&file).is_err() {
                return say(Progress::Failed("it cannot be removed"));
            }
        }
        seed = seed.wrapping_add(1);
    }
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
        "script" => mutate(typed::script(seed).as_bytes(), random),
        _ => bytes(random),
    }
}

fn bytes(random: &mut Random) -> Vec<u8> {
    let length = 256 + random.below(LONGEST);
    random.bytes(length)
}
