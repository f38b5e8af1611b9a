//! WASI calls by chance against a model of a file system: whatever the host tells must be what the model says, and in the end the
//! folder on disk must be the model's.
//!
//! A sequence follows from its seed. `SARSEN_SEEDS=0..20000` runs other ones than the few that are run always; what fails is said
//! with the calls that are needed for it. The model says what Linux does, so that it is compared there.
//!
//! `p1` is the face of preview 1, `p2` that of WASI 0.2; the file system is the same. Memory that is not there, time and streams that
//! are no files are not tried here; attacks are in `sandbox`.

#![cfg(target_os = "linux")]

mod calls;
mod choose;
mod disk;
#[path = "../p2/forward.rs"]
mod forward;
#[path = "../p2/guest.rs"]
#[expect(dead_code, reason = "the tests of WASI 0.2 use more of it")]
mod guest;
#[path = "../p2/interfaces.rs"]
mod interfaces;
mod listing;
mod names;
#[path = "../p2/network.rs"]
mod network;
mod p1;
mod p2;
#[path = "../sandbox/puppet.rs"]
#[expect(dead_code, reason = "the tests of the sandbox use more of it")]
mod puppet;
#[path = "../../../fuzz/oracles/src/random.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a part of another crate, which has more use for it")]
mod random;
mod rights;
mod tree;
mod walk;

use p1::Preview1;
use p2::Preview2;
use random::Random;
use sarsen_wasi::{FsPerms, WasiCtxBuilder};
use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use tree::{Dir, ROOT, Tree, What};

/// Calls of a sequence.
const CALLS: usize = 80;
/// Sequences that are run always.
const SEEDS: Range<u64> = 0..300;

/// Which sequences are run: those that `SARSEN_SEEDS` says, as `FROM..TO`, or a few.
fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("SARSEN_SEEDS") else { return SEEDS };
    let ends = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    ends.unwrap_or_else(|| panic!("SARSEN_SEEDS is {text:?}, and no range such as 0..1000"))
}

/// A guest with a folder, and a model of both.
trait Face: Sized {
    type Call: Clone + Debug;

    fn new(place: &Place, tree: Tree, read_only: tree::NodeId, max_open: usize) -> Self;

    fn tree(&self) -> &Tree;

    /// The next call.
    fn choose(&self, random: &mut Random) -> Self::Call;

    /// Calls that look at what is open.
    fn looks(&self) -> Vec<Self::Call>;

    /// Makes a call in both. The error says how they differ.
    fn make(&mut self, call: &Self::Call) -> Result<Made, String>;
}

/// What came of a call.
struct Made {
    succeeds: bool,
    told: String,
}

/// A folder that is granted, beside something that is not.
struct Place(tempfile::TempDir);

impl Place {
    fn new(tree: &Tree) -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        fs::create_dir(place.granted()).unwrap();
        fs::write(place.0.path().join("secret"), "secret").unwrap();
        tree.write(ROOT, &place.granted());
        place
    }

    fn granted(&self) -> PathBuf {
        self.0.path().join("granted")
    }

    /// Everything below the folder, and only reading in one directory of it.
    fn grants(&self, max_open: usize) -> WasiCtxBuilder {
        let mut grants = WasiCtxBuilder::new();
        grants
            .preopened_dir(self.granted(), "/", FsPerms::ReadWrite)
            .unwrap()
            .preopened_dir(self.granted().join("read"), "/read", FsPerms::ReadOnly)
            .unwrap()
            .max_open_files(max_open);
        grants
    }

    /// Compares what is on disk.
    fn compare(&self, tree: &Tree) -> Result<(), String> {
        tree.compare(&self.granted())?;
        let outside = fs::read_dir(self.0.path()).unwrap().count();
        let secret = fs::read(self.0.path().join("secret")).unwrap();
        if outside == 2 && secret == b"secret" { Ok(()) } else { Err("something outside has changed".into()) }
    }
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

/// How many files a guest may have open: in some sequences so few that it matters.
fn max_open(seed: u64) -> usize {
    if seed.is_multiple_of(8) { 5 } else { 240 }
}

fn start<F: Face>(max_open: usize) -> (Place, F) {
    let (tree, read) = furniture();
    let place = Place::new(&tree);
    let face = F::new(&place, tree, read, max_open);
    (place, face)
}

/// Runs the sequence of a seed, and counts calls by their names: all, and those that succeed.
fn run<F: Face>(seed: u64, counts: &mut BTreeMap<String, [u64; 2]>) {
    let mut random = Random::new(seed);
    let (place, mut face) = start::<F>(max_open(seed));
    let (mut calls, mut looks) = (Vec::new(), Vec::new());
    loop {
        // In the end, all that is open is looked at.
        if calls.len() == CALLS {
            looks = face.looks();
        }
        let call = match looks.pop() {
            Some(call) => call,
            None if calls.len() < CALLS => face.choose(&mut random),
            None => break,
        };
        let name = format!("{call:?}").split(' ').next().unwrap_or_default().to_owned();
        let made = face.make(&call);
        calls.push(call);
        match made {
            Ok(made) => {
                let count = counts.entry(name).or_default();
                count[0] += 1;
                count[1] += u64::from(made.succeeds);
            }
            Err(_) => fail::<F>(seed, calls),
        }
    }
    if place.compare(face.tree()).is_err() {
        fail::<F>(seed, calls);
    }
}

/// How the host and the model differ after these calls, if they do.
fn difference<F: Face>(max_open: usize, calls: &[F::Call]) -> Option<String> {
    let (place, mut face) = start::<F>(max_open);
    let mut log = String::new();
    for call in calls {
        match face.make(call) {
            Ok(made) => writeln!(log, "{call:?}\n    {}", made.told).unwrap(),
            Err(difference) => return Some(format!("{log}{call:?}\n    {difference}")),
        }
    }
    place.compare(face.tree()).err().map(|difference| log + &difference)
}

/// Leaves calls out as long as something differs, and says what.
fn fail<F: Face>(seed: u64, mut calls: Vec<F::Call>) -> ! {
    let mut found = difference::<F>(max_open(seed), &calls);
    let mut left_out = true;
    while left_out {
        left_out = false;
        for index in (0..calls.len()).rev() {
            let mut fewer = calls.clone();
            fewer.remove(index);
            if let Some(difference) = difference::<F>(max_open(seed), &fewer) {
                (calls, found, left_out) = (fewer, Some(difference), true);
            }
        }
    }
    let found = found.unwrap_or_else(|| "but not when it is run again".to_owned());
    panic!("the host and the model differ with seed {seed}:\n{found}");
}

/// Runs all sequences of a face, which has so many kinds of calls.
fn run_all<F: Face>(kinds: usize) {
    let mut counts = BTreeMap::new();
    let seeds = seeds();
    for seed in seeds.clone() {
        run::<F>(seed, &mut counts);
    }
    let sum = |of: usize| counts.values().map(|count| count[of]).sum::<u64>();
    println!("{} sequences, {} calls, {} that succeed: {counts:?}", seeds.count(), sum(0), sum(1));
    assert!(sum(1) * 3 > sum(0), "most calls are refused");
    let never: Vec<&String> =
        counts.iter().filter(|(_, count)| count[1] == 0).map(|(name, _)| name).collect();
    assert!(sum(0) < 10_000 || (counts.len() == kinds && never.is_empty()), "never tried: {never:?}");
}

#[test]
fn preview_1_does_what_the_model_says() {
    run_all::<Preview1>(28);
}

#[test]
fn wasi_0_2_does_what_the_model_says() {
    run_all::<Preview2>(p2::KINDS);
}
