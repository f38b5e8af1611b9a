//! The perf map: a line per stretch of code, which `perf report` reads if the process ran code in memory without a file.

use super::super::code::NativeCode;
use super::super::symbols::{Symbol, symbols};
use super::path_of;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// Where `perf` looks for it, whatever the environment says of temporary files.
pub(super) fn path() -> PathBuf {
    path_of("/tmp", "perf-", ".map")
}

/// The file.
pub(super) struct Map(File);

impl Map {
    /// One in an empty file.
    pub(super) fn new(file: File) -> Map {
        Map(file)
    }

    /// Appends code.
    pub(super) fn publish(&mut self, code: &NativeCode) -> io::Result<()> {
        let mut out = BufWriter::new(&self.0);
        for symbol in symbols(code) {
            write(&mut out, &symbol)?;
        }
        out.flush()
    }
}

/// Address and length in hexadecimal digits, and the name.
fn write(out: &mut impl Write, symbol: &Symbol<'_>) -> io::Result<()> {
    writeln!(out, "{:x} {:x} {}", symbol.address, symbol.code.len(), symbol.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_perf_reads_them() {
        let mut out = Vec::new();
        let symbol = Symbol { name: "core::f <i32>".to_owned(), address: 0x7f00_1000, code: &[0; 26] };
        write(&mut out, &symbol).unwrap();
        assert_eq!(out, b"7f001000 1a core::f <i32>\n");
    }
}
