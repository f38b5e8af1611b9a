//! What fuzzing has found once: inputs for which the engine broke a promise, each with what must hold for it in its first line.
//!
//! It owns no inputs: `cargo xtask fuzz TARGET --golden FILE NAME` adds one to `regressions`, as text that may be reduced by hand.

use sarsen_oracles::case::Case;
use std::fs;
use std::path::Path;

#[test]
fn everything_that_was_found_is_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wast"));
    files.sort();
    for file in files {
        let golden = fs::read_to_string(&file).unwrap();
        let case = Case::parse(&golden).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        println!("{}", file.display());
        case.check();
    }
}
