//! The official suites: where they lie, which files they have, and what each of them needs.
//!
//! Owns the table [`SUITES`] and the search for the folder that holds them.
//! It does not fetch them: `cargo xtask suites` does.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// One official suite.
#[derive(Clone, Copy, Debug)]
pub struct Suite {
    /// As trials and totals name it.
    pub name: &'static str,
    /// Its folder, relative to [`root`].
    pub folder: &'static str,
    /// How many scripts it has.
    pub files: usize,
    /// How many assertions its scripts have.
    pub assertions: usize,
    /// Features that must be off, as the command line spells them.
    pub without: &'static [&'static str],
}

/// Every suite that `cargo test` runs, in the order of the totals.
pub const SUITES: &[Suite] = &[
    Suite { name: "core", folder: "spec/core", files: 258, assertions: 62_598, without: &[] },
    Suite { name: "custom", folder: "spec/custom", files: 3, assertions: 20, without: &[] },
    // These scripts are older than Wasm 3.0 and assert that what it added is malformed.
    Suite {
        name: "threads",
        folder: "spec/proposals/threads",
        files: 4,
        assertions: 444,
        without: &["multi-memory", "reference-types"],
    },
    Suite {
        name: "threads-upstream",
        folder: "spec/proposals/threads-upstream",
        files: 13,
        assertions: 317,
        without: &[],
    },
    Suite {
        name: "custom-page-sizes",
        folder: "spec/proposals/custom-page-sizes",
        files: 5,
        assertions: 164,
        without: &[],
    },
    Suite {
        name: "wide-arithmetic",
        folder: "spec/proposals/wide-arithmetic",
        files: 1,
        assertions: 107,
        without: &[],
    },
    Suite {
        name: "compact-import-section",
        folder: "spec/proposals/compact-import-section",
        files: 2,
        assertions: 19,
        without: &[],
    },
    Suite { name: "component-binary", folder: "component/binary", files: 1, assertions: 96, without: &[] },
    Suite { name: "component-linking", folder: "component/linking", files: 4, assertions: 207, without: &[] },
    Suite {
        name: "component-resources",
        folder: "component/resources",
        files: 3,
        assertions: 17,
        without: &[],
    },
    Suite {
        name: "component-validation",
        folder: "component/validation",
        files: 13,
        assertions: 366,
        without: &[],
    },
    Suite { name: "component-values", folder: "component/values", files: 8, assertions: 133, without: &[] },
];

/// A script of a suite.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// Its path below the suite's folder without the extension, with `/` between folders.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl Suite {
    /// The suite's scripts below `root`, sorted by name.
    pub fn scripts(&self, root: &Path) -> io::Result<Vec<File>> {
        let folder = root.join(self.folder);
        let mut files = Vec::new();
        collect(&folder, "", &mut files)?;
        files.sort();
        Ok(files)
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.is_dir() {
            // A folder's name may contain a dot (`metadata.code.branch_hint`), so its stem is not its name.
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(stem);
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else if path.extension().is_some_and(|extension| extension == "wast") {
            files.push(File { name: format!("{prefix}{stem}"), path });
        }
    }
    Ok(())
}

/// The environment variable that names the folder of the suites.
pub const VARIABLE: &str = "SARSEN_SUITES";

/// The folder of the suites: what [`VARIABLE`] names, else `../shared/suites` beside the workspace, else what
/// `cargo xtask suites` fetched.
pub fn root() -> Option<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE) {
        return Some(PathBuf::from(named));
    }
    let workspace = workspace();
    let candidates = [workspace.join("../shared/suites"), workspace.join(FETCHED)];
    candidates.into_iter().find(|folder| folder.join("spec/core").is_dir())
}

/// Where `cargo xtask suites` puts the suites, relative to the workspace.
pub const FETCHED: &str = "target/suites";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
