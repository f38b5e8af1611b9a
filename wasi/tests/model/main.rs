//! WASI calls by chance against a model of a file system: whatever the host tells must be what the model says, and in the end the
//! folder on disk must be the model's.
//!
//! A sequence follows from its seed. `SARSEN_SEEDS=0..20000` runs other ones than the few that are run always; what fails is said
//! with the calls that are needed for it. The model says what Linux does, so that it is compared there.
//!
//! Memory that is not there, time and streams are not tried here; attacks are in `sandbox`.

#![cfg(target_os = "linux")]

mod calls;
mod choose;
mod disk;
mod listing;
mod names;
mod p1;
#[path = "../sandbox/puppet.rs"]
#[expect(dead_code, reason = "the tests of the sandbox use more of it")]
mod puppet;
#[path = "../../../fuzz/oracles/src/random.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a part of another crate, which has more use for it")]
mod random;
mod tree;
mod walk;

use calls::{Call, Told};
use p1::Model;
use puppet::Puppet;
use random::Random;
use sarsen_wasi::{FsPerms, WasiCtxBuilder};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use tree::{Dir, ROOT, Tree, What};

/// Calls of a sequence.
const CALLS: usize = 80;
/// Sequences that are run always.
const SEEDS: Range<u64> = 0..400;

/// Which sequences are run: those that `SARSEN_SEEDS` says, as `FROM..TO`, or a few.
fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("SARSEN_SEEDS") else { return SEEDS };
    let ends = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    ends.unwrap_or_else(|| panic!("SARSEN_SEEDS is {text:?}, and no range such as 0..1000"))
}

/// A guest with a folder, and a model of both.
struct Pair {
    place: tempfile::TempDir,
    guest: Puppet,
    model: Model,
}

/// What is there before the first call; and the directory below which nothing may be changed.
fn furniture() -> (Tree, tree::NodeId) {
    let mut tree = Tree::new();
    let file = |contents: &str| What::File(contents.into());
    let link = |target: &str| What::Link(target.to_owned());
    let dir = tree.add(ROOT, "dir", What::Dir(Dir::default()));
    tree.add(ROOT, "file", file("0123456789"));
    tree.add(dir, "file", file("inside of a directory"));
    let inner = tree.add(dir, "inner", What::Dir(Dir::default()));
    tree.add(inner, "up", link("../.."));
    let read = tree.add(ROOT, "read", What::Dir(Dir::default()));
    tree.add(read, "file", file("only read from here"));
    tree.add(read, "dir", What::Dir(Dir::default()));
    tree.add(read, "link", link("dir/../file"));
    for (name, target) in [
        ("link", "dir/file"),
        ("to dir", "dir/"),
        ("up", ".."),
        ("out", "../secret"),
        ("absolute", "/etc/passwd"),
        ("loop", "loop"),
        ("dangling", "dir/new"),
        ("dangling dir", "dir/new/"),
    ] {
        tree.add(ROOT, name, link(target));
    }
    (tree, read)
}

impl Pair {
    fn new(max_open: usize) -> Pair {
        let place = tempfile::tempdir().unwrap();
        let (tree, read) = furniture();
        let granted = place.path().join("granted");
        fs::create_dir(&granted).unwrap();
        fs::write(place.path().join("secret"), "secret").unwrap();
        tree.write(ROOT, &granted);
        let mut grants = WasiCtxBuilder::new();
        grants
            .preopened_dir(&granted, "/", FsPerms::ReadWrite)
            .unwrap()
            .preopened_dir(granted.join("read"), "/read", FsPerms::ReadOnly)
            .unwrap()
            .max_open_files(max_open);
        Pair { guest: Puppet::new(&mut grants), model: Model::new(tree, read, max_open), place }
    }

    fn granted(&self) -> PathBuf {
        self.place.path().join("granted")
    }

    /// Makes a call in both. The error says how they differ.
    fn make(&mut self, call: &Call) -> Result<Result<Told, puppet::Errno>, String> {
        let told = call.make(&mut self.guest);
        match self.model.check(call, &told) {
            Ok(()) => Ok(told),
            Err(difference) => Err(format!("{call:?}\n    told {told:?}, {difference}")),
        }
    }

    /// Compares what is on disk.
    fn compare(&self) -> Result<(), String> {
        self.model.tree.compare(&self.granted())?;
        let outside = fs::read_dir(self.place.path()).unwrap().count();
        let secret = fs::read(self.place.path().join("secret")).unwrap();
        if outside == 2 && secret == b"secret" { Ok(()) } else { Err("something outside has changed".into()) }
    }
}

/// How many files a guest may have open: in some sequences so few that it matters.
fn max_open(seed: u64) -> usize {
    if seed.is_multiple_of(8) { 5 } else { 240 }
}

/// Runs the sequence of a seed, and counts calls by their names: all, and those that succeed.
fn run(seed: u64, counts: &mut BTreeMap<String, [u64; 2]>) {
    let mut random = Random::new(seed);
    let mut pair = Pair::new(max_open(seed));
    let mut calls = Vec::new();
    let mut last = Vec::new();
    loop {
        // In the end, all that is open is looked at.
        if calls.len() == CALLS {
            let looks = |&fd: &u32| [Call::FdStat { fd }, Call::FileStat { fd }, Call::Tell { fd }];
            last = pair.model.descriptors.keys().flat_map(looks).collect();
        }
        let call = match last.pop() {
            Some(call) => call,
            None if calls.len() < CALLS => choose::choose(&mut random, &pair.model),
            None => break,
        };
        let name = format!("{call:?}").split(' ').next().unwrap_or_default().to_owned();
        let told = pair.make(&call);
        calls.push(call);
        match told {
            Ok(told) => {
                let count = counts.entry(name).or_default();
                count[0] += 1;
                count[1] += u64::from(told.is_ok());
            }
            Err(_) => fail(seed, calls),
        }
    }
    if pair.compare().is_err() {
        fail(seed, calls);
    }
}

/// How the host and the model differ after these calls, if they do.
fn difference(max_open: usize, calls: &[Call]) -> Option<String> {
    let mut pair = Pair::new(max_open);
    let mut log = String::new();
    for call in calls {
        match pair.make(call) {
            Ok(told) => writeln!(log, "{call:?}\n    {told:?}").unwrap(),
            Err(difference) => return Some(log + &difference),
        }
    }
    pair.compare().err().map(|difference| log + &difference)
}

/// Leaves calls out as long as something differs, and says what.
fn fail(seed: u64, mut calls: Vec<Call>) -> ! {
    let mut found = difference(max_open(seed), &calls);
    let mut left_out = true;
    while left_out {
        left_out = false;
        for index in (0..calls.len()).rev() {
            let mut fewer = calls.clone();
            fewer.remove(index);
            if let Some(difference) = difference(max_open(seed), &fewer) {
                (calls, found, left_out) = (fewer, Some(difference), true);
            }
        }
    }
    let found = found.unwrap_or_else(|| "but not when it is run again".to_owned());
    panic!("the host and the model differ with seed {seed}:\n{found}");
}

#[test]
fn the_host_does_what_the_model_says() {
    let mut counts = BTreeMap::new();
    let seeds = seeds();
    for seed in seeds.clone() {
        run(seed, &mut counts);
    }
    let sum = |of: usize| counts.values().map(|count| count[of]).sum::<u64>();
    println!("{} sequences, {} calls, {} that succeed: {counts:?}", seeds.count(), sum(0), sum(1));
    assert!(sum(1) * 3 > sum(0), "most calls are refused");
    let never: Vec<&String> =
        counts.iter().filter(|(_, count)| count[1] == 0).map(|(name, _)| name).collect();
    assert!(sum(0) < 10_000 || (counts.len() == 28 && never.is_empty()), "never tried: {never:?}");
}
