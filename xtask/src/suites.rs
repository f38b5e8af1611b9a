//! Fetches the official test suites from their pinned upstream commits.
//!
//! Owns the pins and the folders that `spec-tests` expects.
//! It does not run anything of what it fetched.

use crate::delegate::run;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

/// A folder of scripts in an upstream repository at a commit, and where it goes.
struct Source {
    repository: &'static str,
    commit: &'static str,
    from: &'static str,
    to: &'static str,
}

const SPEC: (&str, &str) = ("WebAssembly/spec", "285a9032950cbad6a9f84de11183008e286092a2");
const MIRROR: (&str, &str) = ("WebAssembly/testsuite", "193e551ff22663995b1ac95dc62344133669e14b");
const THREADS: (&str, &str) = ("WebAssembly/threads", "979d0fcb994439423d63b2f0a8a7332d6285dd84");
const COMPACT: (&str, &str) =
    ("WebAssembly/compact-import-section", "baa86dc09c869a4ae7beefa0f2749335502a8668");

const SOURCES: &[Source] = &[
    source(SPEC, "test/core", "spec/core"),
    source(SPEC, "test/custom", "spec/custom"),
    source(MIRROR, "proposals/threads", "spec/proposals/threads"),
    source(MIRROR, "proposals/custom-page-sizes", "spec/proposals/custom-page-sizes"),
    source(MIRROR, "proposals/wide-arithmetic", "spec/proposals/wide-arithmetic"),
    source(THREADS, "test/core/threads", "spec/proposals/threads-upstream"),
    source(COMPACT, "test/core/compact-import-section", "spec/proposals/compact-import-section"),
];

const fn source(
    (repository, commit): (&'static str, &'static str),
    from: &'static str,
    to: &'static str,
) -> Source {
    Source { repository, commit, from, to }
}

/// Fetches every suite into `target/suites`, where `cargo test` finds them.
pub fn fetch(workspace: &Path) -> Result<(), String> {
    let target = workspace.join("target/suites");
    for source in SOURCES {
        let checkout = target.join("git").join(source.repository);
        if !checkout.join(source.from).is_dir() {
            clone(source, &checkout)?;
        }
        let to = target.join(source.to);
        let count = copy_scripts(&checkout.join(source.from), &to)
            .map_err(|error| format!("{}: {error}", to.display()))?;
        println!("{}: {count} scripts", source.to);
    }
    Ok(())
}

/// Fetches one commit, without its history.
fn clone(source: &Source, checkout: &Path) -> Result<(), String> {
    fs::create_dir_all(checkout).map_err(|error| error.to_string())?;
    let url = format!("https://github.com/{}.git", source.repository);
    let git = |arguments: &[&str]| run(Command::new("git").arg("-C").arg(checkout).args(arguments));
    git(&["init", "--quiet"])?;
    git(&["fetch", "--quiet", "--depth", "1", &url, source.commit])?;
    git(&["checkout", "--quiet", "--detach", "FETCH_HEAD"])
}

/// Copies the scripts of a folder and its folders; `*.fail.wast` test the runner of the reference interpreter.
fn copy_scripts(from: &Path, to: &Path) -> io::Result<usize> {
    fs::create_dir_all(to)?;
    let mut count = 0;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            count += copy_scripts(&path, &to.join(name))?;
        } else if name.ends_with(".wast") && !name.ends_with(".fail.wast") {
            fs::copy(&path, to.join(name))?;
            count += 1;
        }
    }
    Ok(count)
}
