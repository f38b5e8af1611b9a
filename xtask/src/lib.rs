//! Sarsen's development tasks: `cargo xtask TASK`.
//!
//! [`tidy`] checks what compilers do not, [`handlers`] what they made of the interpreter, [`suites`] fetches the official
//! test suites, [`cross`] runs them on other processors, [`guests`] builds the example guests, [`capi`] makes the C API's
//! header and installs it, [`fuzz`] builds and runs fuzz targets, [`defences`] takes defences away to see tests fail,
//! [`delegate`] starts cargo for the rest.
//! It depends on no crate of the workspace, so that it works while they do not compile.

#![forbid(unsafe_code)]

pub mod capi;
pub mod cross;
pub mod defences;
pub mod delegate;
pub mod fuzz;
pub mod guests;
pub mod handlers;
pub mod sanitize;
pub mod suites;
pub mod tidy;

use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}
