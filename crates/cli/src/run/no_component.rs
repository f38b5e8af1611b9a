//! In place of running components, in builds without them.

use super::options::Options;
use super::stats::Stopwatch;
use super::words::Words;
use crate::component::Component;
use crate::failure::Failure;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

/// There is none to run.
pub(super) fn run(
    component: &Component,
    _options: &Options,
    _words: &mut Words,
    _command_line: &[OsString],
    _config: Option<&Path>,
    _stopwatch: &mut Stopwatch,
    _out: &mut impl Write,
) -> Result<(), Failure> {
    match *component {}
}
